"""Circuit breakers: how often something outside may fail in a row before it is left alone, and for how long."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import structlog
from purgatory import AsyncCircuitBreakerFactory
from purgatory.domain.model import OpenedState

from domain.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from purgatory.domain.messages.base import Event

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Limit:
    """`failures` in a row open it; after `open_s` seconds one success closes it and one failure opens it again."""

    failures: int
    open_s: float


MODEL: Final = Limit(5, 30)
EXPERT: Final = Limit(5, 120)
TOOL: Final = Limit(3, 60)
"""For tools of others. The bank's own stay without: see docs/adr/0022."""


class Breakers:
    """A breaker for each name, in this process. What is excused is no failure: a refusal shows that somebody is there.

    `async with breakers.guard("server"): …` raises UnavailableError without entering while that one is open.
    """

    def __init__(self, limit: Limit, *excused: type[BaseException]) -> None:
        # who hangs up has not failed
        never: list[type[BaseException]] = [asyncio.CancelledError, GeneratorExit, *excused]
        self._factory = AsyncCircuitBreakerFactory(limit.failures, limit.open_s, exclude=[*never])
        self._factory.add_listener(_told)

    @asynccontextmanager
    async def guard(self, name: str) -> AsyncGenerator[None]:
        """Count what happens within as this one's success or failure."""
        breaker = await self._factory.get_breaker(name)
        try:
            breaker.context.handle_new_request()
        except OpenedState:
            raise UnavailableError(f"{name} is left alone for now") from None
        async with breaker:
            yield

    async def is_open(self, name: str) -> bool:
        """Whether a call would be turned away now."""
        context = (await self._factory.get_breaker(name)).context
        return context.opened_at is not None and time.time() <= context.opened_at + context.ttl


def _told(name: str, what: str, event: Event) -> None:
    if what == "state_changed":
        _log.warning("breaker_changed", name=name, state=str(getattr(event, "state", "")))
