"""Takes notices to their customers, by text message and by mail, at least once each."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NoReturn

import structlog

from activities.ports import Message
from adapters.cancelled import heed_cancellation
from domain.errors import DeliveryFailedError, UnavailableError
from domain.notices import SUBJECT, notice

if TYPE_CHECKING:
    from activities.ports import Directory, Messenger
    from adapters.postgres.pool import Pool, Row

_log = structlog.get_logger(__name__)
_MOST: Final = 20


class Notices:
    """Any number may run: what one has taken the others leave alone for a minute."""

    def __init__(self, pool: Pool, directory: Directory, messenger: Messenger, poll_s: float = 1.0) -> None:
        self._pool = pool
        self._directory = directory
        self._messenger = messenger
        self._poll_s = poll_s

    async def run(self) -> NoReturn:
        """Until cancelled. Survives the loss of Postgres, of the carrier and of the mail server."""
        while True:
            heed_cancellation()
            try:
                await self.deliver()
            except UnavailableError as error:
                _log.info("notices wait", code=error.code)
            await asyncio.sleep(self._poll_s)

    async def deliver(self) -> int:
        """What waits, once; how many were taken in."""
        told = 0
        for row in await self._pool.rows("SELECT * FROM take_notices(%s) ORDER BY notice_id", _MOST):
            try:
                await self._send(row)
            except (UnavailableError, DeliveryFailedError) as error:
                _log.info("a notice waits", code=error.code)
                continue
            await self._pool.row("SELECT note_told(%s)", row["notice_id"])
            told += 1
        return told

    async def _send(self, row: Row) -> None:
        """By the notice's own way, whichever the customer has chosen for codes."""
        customer = replace(await self._directory.customer(row["user_id"]), code_channel=row["channel"])
        await self._messenger.send(customer, Message(SUBJECT, notice(row["about"])), f"notice-{row['notice_id']}")
