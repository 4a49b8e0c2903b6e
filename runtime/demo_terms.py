"""The demo customers' loans, credit cards, cards on their way and bills to come. What is past is moved on by months."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    import psycopg

_AHEAD: Final = 3
"""Months for which bills are known."""


class _Bill(NamedTuple):
    owner: str
    day: int
    payee: str
    minor: int
    kind: str


class _Sent(NamedTuple):
    """Days that have passed since each step of a card's way; None: not yet."""

    card: str
    number: int
    status: str
    ordered: int
    produced: int | None = None
    shipped: int | None = None
    expected: int | None = None
    delivered: int | None = None
    returned: int | None = None
    carrier: str = ""
    tracking: str = ""


_LOANS: Final = (  # account, principal, rate, instalment, day of the month, instalments left
    ("maya", 25_000_00, 590, 412_50, 15, 51),
    ("omar", 12_000_00, 745, 205_00, 10, 53),
)
_CREDIT: Final = (("maya", 20, 35_00, True), ("omar", 21, 25_00, False))
_BILLS: Final = (
    _Bill("maya", 1, "Harbor Homes", 1_560_00, "standing"),
    _Bill("maya", 6, "City Power", 92_00, "bill"),
    _Bill("maya", 12, "Lumen Mobile", 45_00, "bill"),
    _Bill("omar", 1, "Harbor Homes", 1_150_00, "standing"),
    _Bill("omar", 8, "City Power", 76_00, "bill"),
)
_CARDS: Final = (
    ("maya_debit", "maya", "checking", "debit", "4821"),
    ("maya_credit", "maya", "credit card", "credit", "7730"),
    ("omar_debit", "omar", "checking", "debit", "1964"),
    ("omar_credit", "omar", "credit card", "credit", "5502"),
)
_SENT: Final = (
    _Sent("maya_debit", 1, "delivered", 220, 218, 217, 213, 214, None, "PostExpress", "PX4402117835"),
    _Sent("maya_credit", 1, "shipped", 6, 4, 2, -3, None, None, "PostExpress", "PX5519032264"),
    _Sent("omar_debit", 1, "produced", 3, 1, None, -6),
    _Sent("omar_credit", 1, "returned", 30, 28, 27, 22, None, 19, "Parcel One", "P1-88213004"),
    _Sent("omar_credit", 2, "ordered", 1, None, None, -9),
)


def load_terms(connection: psycopg.Connection, today: date) -> None:
    """Write what is missing, and put what has fallen due where it is due next."""
    with connection.cursor() as cursor:
        cursor.executemany(
            """INSERT INTO loans (account_id, principal_minor, rate_bp, instalment_minor, next_due, instalments_left,
                   pays_from) VALUES (%s, %s, %s, %s, %s, %s, %s)
               ON CONFLICT (account_id) DO UPDATE SET next_due = excluded.next_due WHERE loans.next_due < %s""",
            [
                (f"acct_{owner}_loan", principal, rate, instalment, _next(today, day), left, _checking(owner), today)
                for owner, principal, rate, instalment, day, left in _LOANS
            ],
        )
        cursor.executemany(
            """INSERT INTO credit_terms (account_id, payment_due, minimum_minor, pays_from) VALUES (%s, %s, %s, %s)
               ON CONFLICT (account_id) DO UPDATE SET payment_due = excluded.payment_due
               WHERE credit_terms.payment_due < %s""",
            [
                (f"acct_{owner}_credit_card", _next(today, day), minor, _checking(owner) if itself else None, today)
                for owner, day, minor, itself in _CREDIT
            ],
        )
        cursor.executemany(
            """INSERT INTO scheduled_payments (scheduled_id, account_id, payee, amount_minor, currency, due_on, kind)
               VALUES (%s, %s, %s, %s, 'USD', %s, %s) ON CONFLICT (scheduled_id) DO NOTHING""",
            [
                (f"{_checking(b.owner)}-{b.payee}-{due}", _checking(b.owner), b.payee, b.minor, due, b.kind)
                for b in _BILLS
                for due in _coming(today, b.day)
            ],
        )
    _cards(connection, today)


def _cards(connection: psycopg.Connection, today: date) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            """INSERT INTO cards (card_id, user_id, account_id, kind, last4) VALUES (%s, %s, %s, %s, %s)
               ON CONFLICT (card_id) DO NOTHING""",
            [
                (f"card_{card}", f"user_{owner}", f"acct_{owner}_{account.replace(' ', '_')}", kind, last4)
                for card, owner, account, kind, last4 in _CARDS
            ],
        )
        cursor.executemany(
            """INSERT INTO card_deliveries (card_id, number, status, ordered_on, produced_on, shipped_on, expected_on,
                   delivered_on, returned_on, carrier, tracking) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
               ON CONFLICT (card_id, number) DO NOTHING""",
            [
                (
                    *(f"card_{sent.card}", sent.number, sent.status),
                    *(None if days is None else today - timedelta(days=days) for days in sent[3:9]),
                    *(sent.carrier, sent.tracking),
                )
                for sent in _SENT
            ],
        )


def _next(today: date, day: int) -> date:
    """The next time that it is this day of a month, today included."""
    return _coming(today, day)[0]


def _coming(today: date, day: int) -> list[date]:
    months = [today.replace(day=1)]
    for _ in range(_AHEAD):
        months.append((months[-1] + timedelta(days=32)).replace(day=1))
    return [due for month in months if (due := month.replace(day=day)) >= today]


def _checking(owner: str) -> str:
    return f"acct_{owner}_checking"
