"""Takes the ledger's events from the outbox to the alerts that they may set off: at least once, in any number."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING, Final, NoReturn, Protocol

import structlog

from adapters.cancelled import heed_cancellation
from adapters.postgres.alerts import terms_of
from domain.alerts import LedgerEvent, meets
from domain.errors import AlertNotFoundError, UnavailableError

if TYPE_CHECKING:
    from adapters.postgres.pool import Pool, Row

_log = structlog.get_logger(__name__)
_MOST: Final = 100
_LEASE_S: Final = 10.0


class Watchers(Protocol):
    """The alerts' workflows, as the feed reaches them."""

    async def posted(self, alert_id: str, event: LedgerEvent) -> None:
        """Raises AlertNotFoundError where it has ended, UnavailableError."""
        ...


class AlertFeed:
    """How far it has come stands in Postgres, and moves on only once every alert concerned has been told.

    Redis has no part in it. Only what meets an alert's terms is told to it, so that a busy account costs it nothing.
    """

    def __init__(self, pool: Pool, watchers: Watchers, poll_s: float = 1.0, lease_s: float = _LEASE_S) -> None:
        self._pool = pool
        self._watchers = watchers
        self._poll_s = poll_s
        self._lease_s = lease_s

    async def run(self) -> NoReturn:
        """Until cancelled. Survives the loss of Postgres and of Temporal."""
        while True:
            heed_cancellation()
            try:
                while await self.carry():
                    heed_cancellation()
            except UnavailableError as error:
                _log.info("the ledger's events wait", code=error.code)
            await asyncio.sleep(self._poll_s)

    async def carry(self) -> int:
        """The next events; how many. Where somebody else is at them: none."""
        rows = await self._pool.rows("SELECT * FROM take_postings(%s, %s)", _MOST, self._lease_s)
        for row in rows:
            await self._tell(row)
        if rows:
            await self._pool.row("SELECT note_postings(%s)", rows[-1]["seq"])
        return len(rows)

    async def _tell(self, row: Row) -> None:
        event = _event(row)
        watching = await self._pool.rows(
            """SELECT alert_id, terms FROM alerts WHERE user_id = %s AND state = 'ACTIVE'
                   AND kind IN ('low_balance', 'large_transaction', 'deposit_received')
                   AND coalesce(account_id, %s) = %s AND active_since <= %s""",
            row["user_id"],
            event.account_id,
            event.account_id,
            datetime.fromisoformat(event.at),
        )
        for each in watching:
            if meets(terms_of(each["terms"]), event):
                await self._reach(each["alert_id"], event)

    async def _reach(self, alert_id: str, event: LedgerEvent) -> None:
        try:
            await self._watchers.posted(alert_id, event)
        except AlertNotFoundError:
            _log.info("an alert has ended meanwhile", alert_id=alert_id)


def _event(row: Row) -> LedgerEvent:
    body = row["body"]
    return LedgerEvent(
        seq=row["seq"],
        transfer_id=body["transfer_id"],
        account_id=body["account_id"],
        account=body["account"],
        minor=body["amount_minor"],
        before_minor=body["before_minor"],
        after_minor=body["after_minor"],
        currency=body["currency"],
        counterparty=body["counterparty"],
        at=row["created_at"].isoformat(),
    )
