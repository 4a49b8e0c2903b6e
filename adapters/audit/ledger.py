"""Runs the checks of the ledger: in one snapshot of the database, so that what is under way is never half seen.

What takes two transactions is looked at again: what a rail has said is noted, and then posted or given back.
"""

from __future__ import annotations

import time
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
    from collections.abc import Iterable, Iterator

    import psycopg

CHECKS: Final[tuple[Check, ...]] = (*BOOKS, *PAYMENTS, *REVERSALS, *AUTHORITY, *ORDERS, *EVENTS, *RAIL, *GUARDS)
MOST: Final = 1000
"""Differences that one check tells of; who finds more has no need of a list."""
_AGAIN_S: Final = 0.5
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


def look_again(connection: psycopg.Connection, found: Iterable[Difference], patience_s: float) -> Iterator[Difference]:
    """Of what was found that which counts: where its check may find what passes, it has differed for `patience_s`.

    The connection must be in no transaction. Raises psycopg.Error where the database cannot be read.
    """
    end = time.monotonic() + patience_s
    checks = [check for check in CHECKS if check.passing]
    names, wrong = {check.name for check in checks}, dict[tuple[str, str], Difference]()
    for each in found:
        if each.check in names:
            wrong[each.check, each.row] = each
        else:
            yield each
    while wrong and time.monotonic() < end:
        time.sleep(_AGAIN_S)
        with connection.transaction():
            connection.execute(SNAPSHOT)
            again = {(each.check, each.row): each for check in checks for each in look_at(connection, check)}
        wrong = {key: again[key] for key in wrong if key in again}
    yield from wrong.values()


def look_at(connection: psycopg.Connection, check: Check) -> Iterator[Difference]:
    """What one check finds, in the transaction that is open."""
    differs = f"SELECT * FROM ({check.statement}) AS differs (row, found) ORDER BY 1, 2 LIMIT {MOST}"  # noqa: S608 - own
    rows = connection.execute(differs.encode())
    for row, found in rows:
        yield Difference(check.name, row, found)
