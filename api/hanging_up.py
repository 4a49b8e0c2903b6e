"""Who signs out hangs up: a call does not outlive the sign-in that its ticket was given to."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NoReturn, Protocol

import structlog

from adapters.cancelled import heed_cancellation
from domain.errors import UnavailableError

if TYPE_CHECKING:
    from adapters.postgres.sessions import PgSessions

_EVERY_S: Final = 2.0
_log = structlog.get_logger(__name__)


class Rooms(Protocol):
    """Where calls take place."""

    async def close(self, room_name: str) -> None:
        """Send everybody out. Raises UnavailableError."""
        ...


@dataclass(frozen=True, slots=True)
class HangingUp:
    """Any number may do it, and as often as they like."""

    sessions: PgSessions
    rooms: Rooms

    async def now(self) -> None:
        """What can be hung up; the rest is tried again by `run`. Signing out fails for none of it."""
        try:
            for session in await self.sessions.abandoned():
                await self.rooms.close(session.room_name)
                await self.sessions.end(session.session_id)
                _log.info("hung up", session_id=session.session_id)
        except UnavailableError as error:
            _log.info("calls wait to be hung up", code=error.code)

    async def run(self) -> NoReturn:
        """Until cancelled: sign-ins end by themselves, and by a token that was used twice, as well."""
        while True:
            await asyncio.sleep(_EVERY_S)
            heed_cancellation()
            await self.now()
