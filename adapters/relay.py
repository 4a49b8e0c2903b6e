"""The relay: gives committed events their order and takes them to Redis. Any number may run, one numbers at a time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import structlog

from adapters.cancelled import heed_cancellation
from adapters.postgres.waker import waker
from adapters.redis.stream import KEPT
from domain.errors import UnavailableError

if TYPE_CHECKING:
    from adapters.postgres.outbox import PgOutbox
    from adapters.postgres.waker import Waker
    from adapters.redis.stream import EventStream

_log = structlog.get_logger(__name__)
_GATHER_S: Final = 0.01
"""Under load events are carried in batches rather than one by one."""


class Relay:
    """Carries at once what is written, and looks at the latest every `poll_s` seconds."""

    def __init__(self, outbox: PgOutbox, stream: EventStream, poll_s: float = 1.0) -> None:
        self._outbox = outbox
        self._stream = stream
        self._poll_s = poll_s
        self._lost: set[str] = set()

    async def run(self) -> None:
        """Until cancelled. Survives the loss of Postgres and of Redis."""
        while True:
            try:
                async with waker(self._outbox.url) as sleep:
                    self._note("postgres")
                    while True:
                        await self._round(sleep)
            except UnavailableError as error:
                self._note("postgres", error)
                await asyncio.sleep(self._poll_s)

    async def _round(self, sleep: Waker) -> None:
        heed_cancellation()
        if count := await self._carry():
            _log.debug("relay_carried", events=count)
            await asyncio.sleep(_GATHER_S)
            heed_cancellation()
        async with sleep.dozing():
            if not await self._carry():
                await sleep.wait(self._poll_s)

    async def _carry(self) -> int:
        numbered = await self._outbox.sequence()
        await self._publish_missing(numbered[-1].seq if numbered else 0)
        return len(numbered)

    async def _publish_missing(self, newest: int) -> None:
        """Redis says what it has, so a Redis that came back empty is filled again by the same step."""
        try:
            last = await self._stream.last_seq()
        except UnavailableError as error:
            self._note("redis", error)
            return
        if last >= newest:  # asked for after Redis was: another relay may have numbered more meanwhile
            newest = await self._outbox.last_seq()
        if last > newest:
            await self._forget()
            last = 0
        last = max(last, newest - KEPT)
        while last < newest and (events := await self._outbox.after(last)):
            try:
                await self._stream.publish(events)
            except UnavailableError as error:
                self._note("redis", error)
                return
            last = events[-1].seq
        self._note("redis")

    async def _forget(self) -> None:
        try:
            await self._stream.clear()
        except UnavailableError as error:
            self._note("redis", error)

    def _note(self, server: str, error: UnavailableError | None = None) -> None:
        if error is not None and server not in self._lost:
            self._lost.add(server)
            _log.warning("relay_lost_server", server=server, reason=error.detail)
        elif error is None and server in self._lost:
            self._lost.discard(server)
            _log.info("relay_found_server", server=server)
