"""`python -m runtime.demo_data`: people, accounts and a little history to try the product with. Harmless to repeat."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, NamedTuple

import psycopg
from argon2.exceptions import VerificationError

from adapters.passwords import hasher
from runtime.demo_history import OTHERS, Past, history, opened
from runtime.demo_terms import load_terms
from runtime.settings import Settings, settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from argon2 import PasswordHasher

_EQUITY: Final = "bank_equity"


class _Person(NamedTuple):
    username: str
    display_name: str
    role: str
    customer_ref: str
    platform: str
    phone: str

    @property
    def user_id(self) -> str:
        return f"user_{self.username}"


class _Holding(NamedTuple):
    owner: str
    kind: str
    closing_minor: int
    limit_minor: int = 0

    @property
    def account_id(self) -> str:
        return f"acct_{self.owner}_{self.kind.replace(' ', '_')}"


_PEOPLE: Final = (
    _Person("maya", "Maya Lindqvist", "customer", "cust_7f3a", "web", "+15550100101"),
    _Person("omar", "Omar Haddad", "customer", "cust_91c4", "mobile", "+15550100102"),
    _Person("sam", "Sam Okafor", "supervisor", "staff_2b60", "web", "+15550100111"),
    _Person("sue", "Sue Tanaka", "supervisor", "staff_2b61", "web", "+15550100112"),
    _Person("cora", "Cora Weiss", "compliance", "staff_3c70", "web", "+15550100113"),
    _Person("ada", "Ada Byrne", "admin", "staff_4d80", "web", "+15550100114"),
)
_IDS: Final = [person.user_id for person in _PEOPLE]
_SUPERVISORS: Final = (
    ("user_sam", "supervisors", 10_000_00),
    ("user_sue", "senior_supervisors", 50_000_00),
)
_CLOSING: Final = (  # what each account shall hold once the history below has been booked
    _Holding("maya", "checking", 4_211_00),
    _Holding("maya", "savings", 12_500_00),
    _Holding("maya", "credit card", -640_25, 5_000_00),
    _Holding("maya", "loan", -18_400_00, 25_000_00),
    _Holding("omar", "checking", 1_985_40),
    _Holding("omar", "savings", 7_320_15),
    _Holding("omar", "credit card", -212_80, 3_000_00),
    _Holding("omar", "loan", -9_150_00, 12_000_00),
)
_PAYEES: Final = ("acct_sarah_chen", "acct_john_doe", "acct_city_power")
_ELSEWHERE: Final = (  # account here, name, their bank's routing number, their account there
    ("acct_out_lakeside_dental", "Lakeside Dental", "021000021", "4471902236"),
    ("acct_out_harvest_books", "Harvest Books", "011401533", "8830217745"),
)


def load(chosen: Settings) -> None:
    """Write what is missing. Raises SystemExit in production or without a demo password."""
    if chosen.environment == "production":
        sys.exit("demo data is refused in production")
    if not chosen.demo_password:
        sys.exit("COUNTERSIGN_DEMO_PASSWORD is not set: the demo logins need a password")
    with psycopg.connect(chosen.migrations_url, connect_timeout=5) as connection:
        connection.execute("SET LOCAL ROLE countersign_owner")
        connection.execute("SELECT pg_advisory_xact_lock(hashtext('countersign.demo'))")
        _people(connection, chosen)
        _accounts(connection)
        _payees(connection)
        _elsewhere(connection)
        _supervisors(connection)
        now = datetime.now(UTC)
        _history(connection, now)
        load_terms(connection, now.date())


def _people(connection: psycopg.Connection, chosen: Settings) -> None:
    using = hasher()
    rows = connection.execute("SELECT user_id, password_hash FROM users WHERE user_id = ANY(%s)", [_IDS]).fetchall()
    found = {row[0]: row[1] for row in rows}
    # they were given the same password at the same time: one that fits, which is slow to find out, speaks for all
    fits = _IDS[0] in found and _fits(using, found[_IDS[0]], chosen.demo_password)
    for person in _PEOPLE:
        if not fits or person.user_id not in found:
            connection.execute(
                """INSERT INTO users (user_id, username, display_name, role, tenant_id, customer_ref, platform, phone,
                       email, password_hash) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
                   ON CONFLICT (user_id) DO UPDATE SET password_hash = excluded.password_hash""",
                [
                    person.user_id,
                    person.username,
                    person.display_name,
                    person.role,
                    chosen.tenant_id,
                    person.customer_ref,
                    person.platform,
                    person.phone,
                    f"{person.username}@example.com",
                    using.hash(chosen.demo_password),
                ],
            )


def _fits(using: PasswordHasher, stored: str, password: str) -> bool:
    try:
        return using.verify(stored, password) and not using.check_needs_rehash(stored)
    except VerificationError:
        return False


def _accounts(connection: psycopg.Connection) -> None:
    rows = [(_EQUITY, None, "equity", "Opening balance", None)]
    rows += [(name, None, "checking", label, 0) for name, label in OTHERS.items()]
    rows += [(h.account_id, f"user_{h.owner}", h.kind, h.kind.title(), h.limit_minor) for h in _CLOSING]
    with connection.cursor() as cursor:
        cursor.executemany(
            """INSERT INTO accounts (account_id, user_id, kind, name, currency, overdraft_limit_minor)
               VALUES (%s, %s, %s, %s, 'USD', %s) ON CONFLICT (account_id) DO NOTHING""",
            rows,
        )


def _payees(connection: psycopg.Connection) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            """INSERT INTO payees (payee_id, user_id, name, account_id, created_at)
               SELECT id, owner, name, account, now() - interval '90 days'
               FROM (VALUES (%s::text, %s::text, %s::text, %s::text)) AS one (id, owner, name, account)
               WHERE NOT EXISTS (SELECT FROM removed_payees WHERE payee_id = id)
               ON CONFLICT (payee_id) DO UPDATE SET created_at = least(payees.created_at, excluded.created_at)""",
            [
                (f"payee_{owner}_{account.removeprefix('acct_')}", f"user_{owner}", OTHERS[account], account)
                for owner in ("maya", "omar")
                for account in _PAYEES
            ],
        )


def _elsewhere(connection: psycopg.Connection) -> None:
    """Payees of both customers who bank elsewhere: a clearing account of ours each, and who is paid from it."""
    with connection.cursor() as cursor:
        for account, name, bank, theirs in _ELSEWHERE:
            cursor.execute(
                """INSERT INTO accounts (account_id, kind, name, currency, overdraft_limit_minor)
                   VALUES (%s, 'clearing', %s, 'USD', 0) ON CONFLICT (account_id) DO NOTHING""",
                [account, name],
            )
            cursor.execute(
                """INSERT INTO creditors (account_id, name, bank, account) VALUES (%s, %s, %s, %s)
                   ON CONFLICT (account_id) DO NOTHING""",
                [account, name, bank, theirs],
            )
            for owner in ("maya", "omar"):
                cursor.execute(
                    """INSERT INTO payees (payee_id, user_id, name, account_id, created_at)
                       VALUES (%s, %s, %s, %s, now() - interval '90 days') ON CONFLICT (payee_id) DO NOTHING""",
                    [f"payee_{owner}_{account.removeprefix('acct_')}", f"user_{owner}", name, account],
                )


def _supervisors(connection: psycopg.Connection) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            """INSERT INTO supervisors (user_id, approver_group, limit_minor) VALUES (%s, %s, %s)
               ON CONFLICT (user_id) DO NOTHING""",
            _SUPERVISORS,
        )


def _history(connection: psycopg.Connection, now: datetime) -> None:
    """Once for all: booked again on another day it would be another history, and end in other balances."""
    done = connection.execute("SELECT FROM transfers WHERE payment_id = 'opening-payroll' AND step = 'book'")
    if done.fetchone() is not None:
        return
    with connection.cursor() as cursor:
        cursor.executemany(
            "SELECT book(%s, %s, %s, %s, %s, %s)",
            [(key, p.debit, p.credit, p.minor, p.purpose, p.at) for key, p in _bookings(now)],
        )


def _bookings(now: datetime) -> Iterator[tuple[str, Past]]:
    """Opening balances first, each such that the history after it ends in the closing balance above."""
    past, opening_day = history(now), opened(now)
    yield "opening-payroll", Past(opening_day, _EQUITY, "acct_northwind", 100_000_00, "Opening balance")
    for holding in _CLOSING:
        account = holding.account_id
        moved = sum(p.minor * ((p.credit == account) - (p.debit == account)) for p in past)
        opening = holding.closing_minor - moved
        pair = (_EQUITY, account) if opening > 0 else (account, _EQUITY)
        yield f"opening-{account}", Past(opening_day, *pair, abs(opening), "Opening balance")
    for number, each in enumerate(past):
        yield f"history-{number}", each


if __name__ == "__main__":
    load(settings())
