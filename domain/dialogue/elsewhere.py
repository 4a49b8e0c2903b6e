"""What the assistant says of payments to other banks: what is not known is not claimed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from domain.dialogue.sums import money

if TYPE_CHECKING:
    from domain.dialogue.state import Held

_WHY: Final = {
    "rail_refused": "The other bank refused it.",
    "rail_not_reached": "It could not be handed to the other bank.",
}


def not_known(amount: str, currency: str, payee: str) -> str:
    """It was handed over, and nobody has said what became of it."""
    return (
        f"I don't know yet whether {money(amount, currency)} has reached {payee}: their bank has not confirmed it. "
        "The money stays reserved, and I'll tell you as soon as I know. There is no need to pay again."
    )


def waits(held: Held) -> str:
    """The same, of one that was told of before."""
    what = f"Your payment of {money(held.amount, held.currency)} to {held.payee}"
    return f"{what} is not confirmed yet by their bank. The money stays reserved until it is."


def too_late(held: Held) -> str:
    """It is to be cancelled or changed."""
    return f"I can't take that back or change it now. {waits(held)}"


def returned(amount: str, currency: str, payee: str, account: str) -> str:
    """It was paid, and has come back."""
    what = f"Your payment of {money(amount, currency)} to {payee} came back from their bank."
    return f"{what} The money is in your {account} account again."


def with_reason(text: str, error_code: str) -> str:
    """Why a payment to another bank did not go through."""
    why = _WHY.get(error_code)
    return f"{text} {why}" if why else text
