"""Following events: from Redis while it is there, from a slower source while it is not; nothing missed or repeated."""

from __future__ import annotations

import asyncio
import json
from itertools import takewhile
from typing import TYPE_CHECKING, Any, Final

import structlog
from redis.exceptions import RedisError

from adapters.cancelled import heed_cancellation
from adapters.redis.stream import STREAM, connect, event_from
from domain.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from redis.asyncio import Redis

    from domain.events import Event

_log = structlog.get_logger(__name__)
_PAGE: Final = 200
_BLOCK_S: Final = 5.0


class EventFeed:
    """Any number of readers may follow one feed.

    `fallback(after_seq)` returns events of greater seq in order, from where none is ever lost; it may leave out those
    that its reader does not want, and may return only the first page. `poll_s`: how often it is asked while Redis is
    away.
    """

    def __init__(
        self,
        url: str,
        fallback: Callable[[int], Awaitable[list[Event]]],
        poll_s: float = 1.0,
        block_s: float = _BLOCK_S,
    ) -> None:
        self._redis: Redis = connect(url, wait_s=block_s + 2)
        self._fallback = fallback
        self._poll_s = poll_s
        self._block_ms = max(1, round(block_s * 1000))
        self._live = True

    async def follow(
        self, after_seq: int, *, user_id: str | None = None, session_id: str | None = None
    ) -> AsyncGenerator[Event]:
        """Every event with a greater seq, each once and in order; of this user, of this session, where given."""
        seq = after_seq
        while True:
            heed_cancellation()
            for event in await self._next(seq):
                if event.seq <= seq:
                    continue
                seq = event.seq
                if user_id in {None, event.user_id} and session_id in {None, event.session_id}:
                    yield event

    async def close(self) -> None:
        """Give the connections back."""
        await self._redis.aclose()

    async def _next(self, seq: int) -> list[Event]:
        try:
            events = await self._read(seq)
        except (RedisError, OSError) as error:
            self._note(live=False, reason=type(error).__name__)
            missed = await self._ask(seq)
            if not missed:
                await asyncio.sleep(self._poll_s)
            return missed
        self._note(live=True)
        if events and events[0].seq == seq + 1:
            return _unbroken(events)
        missed = await self._ask(seq)  # a gap, or a long silence: see what Redis does not have
        if not events:
            return missed
        return [event for event in missed if event.seq < events[0].seq] or _unbroken(events)

    async def _read(self, seq: int) -> list[Event]:
        found: Any = await self._redis.xread({STREAM: f"{seq}-0"}, count=_PAGE, block=self._block_ms)
        return [event_from(json.loads(fields["event"])) for _, fields in found[0][1]] if found else []

    async def _ask(self, seq: int) -> list[Event]:
        while True:
            try:
                return await self._fallback(seq)
            except UnavailableError:
                await asyncio.sleep(self._poll_s)

    def _note(self, *, live: bool, reason: str = "") -> None:
        if live != self._live:
            self._live = live
            _log.info("event_stream_live" if live else "event_stream_lost", reason=reason)


def _unbroken(events: list[Event]) -> list[Event]:
    first = events[0].seq
    return [event for _, event in takewhile(lambda pair: pair[1].seq == first + pair[0], enumerate(events))]
