"""What the rail says that it has paid beside what is booked: key by key, from the rail's own statement.

The statement and the ledger are of two moments, so what differs is looked at again, and counts only once it has
differed for a while. Both may be long: they are laid beside each other in a database of their own on disk, which
vanishes with the auditor, who may make no table in the bank's.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING, Final, Protocol

from adapters.audit.check import Check, Difference
from adapters.audit.ledger import MOST, SNAPSHOT
from domain.errors import UnavailableError
from domain.rail import RailReply

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import psycopg

STATEMENT: Final = Check(
    "rail.statement", "what the rail says it has paid, refused and sent back, key by key, with what is booked", ""
)
_PAGE: Final = 500
_AGAIN_S: Final = 0.5

# All that was asked of the rail and all that is booked for it. What is held may still end either way. What is booked by
# hand under a key of the rail's counts for it.
_LEDGER: Final = b"""
    WITH booked AS (
        SELECT CASE t.step WHEN 'book' THEN t.payment_id ELSE t.payment_id || '-' || t.version END AS key,
            bool_and(t.step = 'book') AS by_hand, sum(greatest(e.amount_minor, 0)) AS paid,
            sum(greatest(-e.amount_minor, 0)) AS given_back, min(e.currency) AS currency
        FROM entries e JOIN accounts a USING (account_id) JOIN transfers t USING (transfer_id)
        WHERE a.kind = 'clearing' GROUP BY 1)
    SELECT key, r.key IS NOT NULL OR NOT b.by_hand, coalesce(h.state = 'held', false), r.amount_minor,
        coalesce(r.currency, b.currency), r.creditor_account, coalesce(b.paid, 0)::bigint,
        coalesce(b.given_back, 0)::bigint, coalesce(h.state, 'nothing held')
    FROM rail_payments r LEFT JOIN holds h USING (payment_id, version) FULL JOIN booked b USING (key)
"""
_TABLES: Final = """
    CREATE TABLE said (key TEXT, status TEXT, minor INTEGER, currency TEXT, account TEXT);
    CREATE TABLE ours (key TEXT PRIMARY KEY, asked INTEGER, moving INTEGER, minor INTEGER, currency TEXT, account TEXT,
        paid INTEGER, given_back INTEGER, hold TEXT);
"""
# `coming`: what the rail has taken on and not paid yet
_DIFFERS: Final = """
    WITH rail AS (
        SELECT key, group_concat(status, ', ') AS said, min(currency) AS currency, max(currency) AS other,
            min(account) AS account, max(account) AS another, count(*) AS lines,
            sum(CASE WHEN status IN ('settled', 'returned') THEN minor ELSE 0 END) AS paid,
            sum(CASE status WHEN 'returned' THEN minor ELSE 0 END) AS returned,
            sum(CASE status WHEN 'pending' THEN minor ELSE 0 END) AS coming,
            sum(status IN ('settled', 'returned', 'pending')) AS moves, sum(status = 'unreadable') AS unread
        FROM said GROUP BY key)
    SELECT key, format('rail %s%s, ledger %s: %s paid, %s given back%s', coalesce(said, 'knows nothing of it'),
        CASE WHEN moves > 0 THEN format(' %s %s', rail.paid + coming, rail.currency) ELSE '' END,
        CASE WHEN ours.asked THEN hold ELSE 'never asked' END, coalesce(ours.paid, 0), coalesce(given_back, 0),
        CASE WHEN moves > 0 AND (rail.account <> ours.account OR another <> ours.account) THEN ', to another account'
        ELSE '' END)
    FROM rail FULL JOIN ours USING (key)
    WHERE coalesce(unread, 0) > 0
        OR (moves > 0 AND (rail.currency <> ours.currency OR other <> ours.currency OR rail.account <> ours.account
            OR another <> ours.account OR rail.paid + coming <> ours.minor))
        OR (NOT coalesce(moving, 0) AND (rail.key IS NOT NULL OR ours.asked)
            AND (coalesce(rail.paid, 0), coalesce(returned, 0), coalesce(coming, 0))
                IS NOT (coalesce(ours.paid, 0), coalesce(given_back, 0), 0))
    ORDER BY key LIMIT ?
"""


class Rail(Protocol):
    """Who says what was paid."""

    def statement(self) -> AsyncIterator[tuple[str, RailReply]]:
        """Key and state of everything that the rail has. Raises UnavailableError."""
        ...


class Statement:
    """Compares the rail's statement with the books. Keeps in memory what differs, and a page of the rest."""

    def __init__(self, rail: Rail, books: psycopg.AsyncConnection) -> None:
        self._rail = rail
        self._books = books

    async def differences(self, patience_s: float) -> list[Difference]:
        """What has differed all the time for `patience_s`; a rail that gives no statement is asked again as long.

        Raises UnavailableError, psycopg.Error, sqlite3.Error.
        """
        end = time.monotonic() + patience_s
        wrong = await self._compared_by(end)
        while wrong and time.monotonic() < end:
            await asyncio.sleep(_AGAIN_S)
            again = await self._compared_by(end)
            wrong = {key: again[key] for key in wrong if key in again}
        return [Difference(STATEMENT.name, key, found) for key, found in sorted(wrong.items())]

    async def _compared_by(self, end: float) -> dict[str, str]:
        while True:
            try:
                return await self._compared()
            except UnavailableError:
                if time.monotonic() >= end:
                    raise
            await asyncio.sleep(_AGAIN_S)

    async def _compared(self) -> dict[str, str]:
        with closing(sqlite3.connect("")) as beside:
            beside.executescript(_TABLES)
            await self._lay_out_statement(beside)
            await self._lay_out_ledger(beside)
            return dict(beside.execute(_DIFFERS, [MOST]))

    async def _lay_out_statement(self, beside: sqlite3.Connection) -> None:
        page: list[tuple[str | int, ...]] = []
        async for key, reply in self._rail.statement():
            status = reply.status.value if reply.status else "unreadable"
            page.append((key, status, reply.amount_minor, reply.currency, reply.account))
            if len(page) == _PAGE:
                beside.executemany("INSERT INTO said VALUES (?, ?, ?, ?, ?)", page)
                page.clear()
        beside.executemany("INSERT INTO said VALUES (?, ?, ?, ?, ?)", page)

    async def _lay_out_ledger(self, beside: sqlite3.Connection) -> None:
        async with self._books.transaction(), self._books.cursor("asked_and_booked") as found:
            await self._books.execute(SNAPSHOT)
            await found.execute(_LEDGER)
            while page := await found.fetchmany(_PAGE):
                beside.executemany("INSERT INTO ours VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", page)
