"""Gives back what is held for payments that nobody works on any more: their workflow was terminated, or lost."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NoReturn, Protocol

import structlog

from adapters.cancelled import heed_cancellation
from domain.errors import BankError, UnavailableError

if TYPE_CHECKING:
    from adapters.postgres.holds import PgHolds

_log = structlog.get_logger(__name__)


class Workflows(Protocol):
    """The payments' workflows, as the sweep sees them."""

    async def goes_on(self, payment_id: str) -> bool:
        """Whether its workflow is running. Raises UnavailableError."""
        ...


class Sweep:
    """Any number may run: a hold is given back once."""

    def __init__(self, holds: PgHolds, workflows: Workflows, every_s: float = 60.0) -> None:
        self._holds = holds
        self._workflows = workflows
        self._every_s = every_s

    async def run(self) -> NoReturn:
        """Until cancelled. Survives the loss of Postgres and of Temporal."""
        while True:
            heed_cancellation()
            try:
                await self.once()
            except UnavailableError as error:
                _log.info("overdue holds wait", code=error.code)
            await asyncio.sleep(self._every_s)

    async def once(self) -> list[str]:
        """The payments whose hold was given back. A workflow that is still there knows better than any date."""
        expired: list[str] = []
        last = ""
        while page := await self._holds.overdue(last):
            for payment_id in page:
                heed_cancellation()
                if not await self._workflows.goes_on(payment_id) and await self._expire(payment_id):
                    expired.append(payment_id)
            last = page[-1]
        return expired

    async def _expire(self, payment_id: str) -> bool:
        try:
            await self._holds.expire(payment_id)
        except UnavailableError:
            raise
        except BankError as error:  # the rail has not settled it: the money may be gone
            _log.info("an overdue hold stays", payment_id=payment_id, code=error.code)
            return False
        _log.warning("an overdue hold was given back", payment_id=payment_id)
        return True
