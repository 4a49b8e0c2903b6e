"""Runs the checks of the ledger: in one snapshot of the database, so that what is under way is never half seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from adapters.audit.authority import AUTHORITY
from adapters.audit.books import BOOKS
from adapters.audit.check import Check, Difference
from adapters.audit.events import EVENTS
from adapters.audit.guards import GUARDS
from adapters.audit.orders import ORDERS
from adapters.audit.payments import PAYMENTS
from adapters.audit.rail import RAIL
from adapters.audit.reversals import REVERSALS

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

CHECKS: Final[tuple[Check, ...]] = (*BOOKS, *PAYMENTS, *REVERSALS, *AUTHORITY, *ORDERS, *EVENTS, *RAIL, *GUARDS)
MOST: Final = 1000
"""Differences that one check tells of; who finds more has no need of a list."""
SNAPSHOT: Final = b"""
    SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;
    SET LOCAL work_mem = '64MB'; SET LOCAL jit = off; SET LOCAL statement_timeout = 0
"""


def look(connection: psycopg.Connection) -> Iterator[Difference]:
    """Whatever is not as it must be, by check, at most MOST of each. The connection must be in no transaction.

    Raises psycopg.Error where the database cannot be read.
    """
    with connection.transaction():
        connection.execute(SNAPSHOT)
        for check in CHECKS:
            yield from look_at(connection, check)


def look_at(connection: psycopg.Connection, check: Check) -> Iterator[Difference]:
    """What one check finds, in the transaction that is open."""
    differs = f"SELECT * FROM ({check.statement}) AS differs (row, found) ORDER BY 1, 2 LIMIT {MOST}"  # noqa: S608 - own
    rows = connection.execute(differs.encode())
    for row, found in rows:
        yield Difference(check.name, row, found)
