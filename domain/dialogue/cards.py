"""What was looked up, as rows of label and value to show beside what is said."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from domain.dialogue import windows
from domain.dialogue.card_words import tail
from domain.dialogue.sums import minor

if TYPE_CHECKING:
    from datetime import date

Rows = tuple[tuple[str, str], ...]
Found = Mapping[str, Any]

TITLES: Final[Mapping[str, str]] = {
    "balance": "Balances",
    "transactions": "Transactions",
    "spending": "Spending",
    "loans": "Loans",
    "credit": "Credit cards",
    "cards": "Your cards",
    "scheduled": "Coming up",
}


def rows(tool: str, found: Found, today: date) -> Rows:
    """The card's rows; what a row does not know is left out."""
    return tuple((label, value) for label, value in _ROWS[tool](found, today) if value)


def masked(number: object) -> str:
    """`****1234`."""
    return f"****{tail(number)}" if number else ""


def _balance(found: Found, _: date) -> Rows:
    return tuple((str(row["name"]), _sum(row, "balance")) for row in found.get("accounts", []))


def _transactions(found: Found, today: date) -> Rows:
    listed: list[Found] = found.get("transactions", [])
    return tuple((_label(str(row["counterparty"]), row.get("at"), today), _sum(row, "amount")) for row in listed)


def _spending(found: Found, today: date) -> Rows:
    return (
        ("Spent", _sum(found, "total")),
        ("At", str(found.get("payee") or "")),
        ("Payments", str(found["count"])),
        ("From", _day(found.get("from"), today)),
        ("To", _day(found.get("to"), today)),
    )


def _loans(found: Found, today: date) -> Rows:
    return tuple(
        row
        for loan in found.get("loans", [])
        for row in (
            (str(loan["name"]), _sum(loan, "outstanding")),
            ("Interest", f"{loan['rate']}" if loan.get("rate") else ""),
            ("Next instalment", _sum(loan, "instalment")),
            ("Due", _day(loan.get("next_due"), today)),
            ("Instalments left", str(loan.get("instalments_left") or "")),
        )
    )


def _credit(found: Found, today: date) -> Rows:
    return tuple(
        row
        for card in found.get("cards", [])
        for row in (
            (str(card["name"]), ""),
            ("Limit", _sum(card, "limit")),
            ("Available", _sum(card, "available")),
            ("Owed", _sum(card, "owed")),
            ("At least due", _sum(card, "minimum") if card.get("payment_due") else ""),
            ("Due", _day(card.get("payment_due"), today)),
        )
    )


def _cards(found: Found, today: date) -> Rows:
    return tuple(
        row
        for card in found.get("cards", [])
        for row in (
            (f"{str(card['kind']).capitalize()} {masked(card['last4'])}", str(card["status"]).capitalize()),
            ("Shipped", _day(card.get("shipped_on"), today)),
            ("Carrier", str(card.get("carrier") or "")),
            ("Tracking", masked(card.get("tracking"))),
            ("Delivered", _day(card.get("delivered_on"), today)),
            ("Expected", "" if card.get("delivered_on") else _day(card.get("expected_on"), today)),
        )
    )


def _scheduled(found: Found, today: date) -> Rows:
    coming: list[Found] = found.get("payments", [])
    return tuple((_label(str(row["payee"]), row.get("due_on"), today), _sum(row, "amount")) for row in coming)


def _sum(row: Found, part: str) -> str:
    return minor(int(row.get(f"{part}_minor") or 0), str(row["currency"]))


def _day(value: object, today: date) -> str:
    day = windows.day_of(str(value or ""))
    return windows.spoken(day, today) if day else ""


def _label(name: str, at: object, today: date) -> str:
    day = _day(at, today)
    return f"{name}, {day}" if day else name


_ROWS: Final[Mapping[str, Callable[[Found, date], Rows]]] = {
    "balance": _balance,
    "transactions": _transactions,
    "spending": _spending,
    "loans": _loans,
    "credit": _credit,
    "cards": _cards,
    "scheduled": _scheduled,
}
