"""Where a bank card is, in words. Numbers only by their last digits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from domain.dialogue import windows

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

_TAIL: Final = 4


def line(card: Mapping[str, Any], today: date) -> str:
    """`Your debit card ending 1234 was shipped on 18 November with FedEx, tracking ending 4471, and should …`."""
    name = f"Your {str(card['kind']).lower().removesuffix(' card')} card ending {tail(card['last4'])}"
    match str(card["status"]):
        case "delivered":
            return f"{name} was delivered{_on(card, 'delivered_on', today)}."
        case "shipped":
            return f"{name} was shipped{_on(card, 'shipped_on', today)}{_carried(card)}{_expected(card, today)}."
        case "returned":
            return f"{name} came back to us{_carried(card)}. Please call us, and we'll send it once more."
        case "produced":
            return f"{name} has been made and will be shipped soon{_expected(card, today)}."
        case _:
            return f"{name} was ordered{_on(card, 'ordered_on', today)} and is being made{_expected(card, today)}."


def tail(number: object) -> str:
    """The last four digits or letters of a number."""
    return str(number)[-_TAIL:]


def _on(card: Mapping[str, Any], name: str, today: date) -> str:
    when = windows.on(str(card.get(name) or ""), today)
    return f" {when}" if when else ""


def _carried(card: Mapping[str, Any]) -> str:
    carrier, number = card.get("carrier"), card.get("tracking")
    return (f" with {carrier}" if carrier else "") + (f", tracking ending {tail(number)}" if number else "")


def _expected(card: Mapping[str, Any], today: date) -> str:
    """`, and should arrive by Tuesday`; of a day that is over nothing is promised."""
    day = windows.day_of(str(card.get("expected_on") or ""))
    if day is None:
        return ""
    if day < today:
        return f". It should have arrived by {windows.spoken(day, today)}"
    return f", and should arrive by {windows.soon(day, today)}"
