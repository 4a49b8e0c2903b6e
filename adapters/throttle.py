"""Guesses slowed down: who guesses wrong waits, twice as long each time. Nobody else does.

Two things are counted: a name tried from an address, and the address. Never a name alone, so that its owner still gets
in while somebody guesses from elsewhere. A try counts when it begins, so that many at once gain nothing.
"""

from __future__ import annotations

import hashlib
import math
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

import structlog

from adapters.edge.addresses import household
from domain.errors import RateLimitedError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_log = structlog.get_logger(__name__)
_MOST: Final = 20_000
_AWAY_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Limits:
    """Tries before the first delay, by key in the order of the keys; the first and the longest delay in seconds."""

    free: tuple[int, ...]
    longest_s: int
    first_s: int = 1

    def delay_s(self, over: int) -> int:
        """1, 2, 4 … times the first delay for the first, second, third … try over what is free."""
        return 0 if over <= 0 else min(self.longest_s, self.first_s * 2 ** min(over - 1, 20))


@dataclass(frozen=True, slots=True)
class Verdict:
    """Seconds to wait, 0 to go on; `news` the first time that this delay is met."""

    wait_s: int
    news: bool = False


class Counters(Protocol):
    """Where tries are counted."""

    async def admit(self, keys: Sequence[str]) -> Verdict:
        """Count one try under each key, or none where one of them must wait. Raises UnavailableError."""
        ...

    async def forgive(self, keys: Sequence[str]) -> None:
        """That try was right: forget the first key, take one try from the others. Raises UnavailableError."""
        ...


@dataclass(slots=True)
class _Tries:
    count: int = 0
    until: float = 0.0
    forgotten: float = 0.0
    told: bool = False


class LocalCounters:
    """In this process's memory."""

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits
        self._clock = clock
        self._tries: OrderedDict[str, _Tries] = OrderedDict()

    async def admit(self, keys: Sequence[str]) -> Verdict:
        """See Counters."""
        now = self._clock()
        found = [self._of(key, now) for key in keys]
        slowest = max(found, key=lambda tries: tries.until)
        if slowest.until > now:
            news, slowest.told = not slowest.told, True
            return Verdict(math.ceil(slowest.until - now), news)
        for tries, free in zip(found, self._limits.free, strict=True):
            tries.count += 1
            delay = self._limits.delay_s(tries.count - free)
            tries.until, tries.told = now + delay, False
            tries.forgotten = tries.until + self._limits.longest_s
        return Verdict(0)

    async def forgive(self, keys: Sequence[str]) -> None:
        """See Counters."""
        self._tries.pop(keys[0], None)
        for key, free in zip(keys[1:], self._limits.free[1:], strict=True):
            if (tries := self._tries.get(key)) is not None:
                tries.count = max(0, tries.count - 1)
                tries.until = 0.0 if tries.count <= free else tries.until

    def _of(self, key: str, now: float) -> _Tries:
        tries = self._tries.pop(key, None)
        if tries is None or tries.forgotten <= now:
            tries = _Tries()
        self._tries[key] = tries
        if len(self._tries) > _MOST:
            self._tries.popitem(last=False)
        return tries


class GuessThrottle:
    """Counts in the shared counters and in its own, and believes the stricter; its own alone where those are away."""

    def __init__(self, shared: Counters, own: Counters, clock: Callable[[], float] = time.monotonic) -> None:
        self._shared, self._own = shared, own
        self._clock = clock
        self._away_until = 0.0

    async def admit(self, name: str, address: str) -> None:
        """Before a password is looked at. Raises RateLimitedError, with `news` the first time of each delay."""
        keys = _keys(name, address)
        verdict = await self._own.admit(keys)
        if not verdict.wait_s and self._clock() >= self._away_until:
            try:
                verdict = await self._shared.admit(keys)
            except UnavailableError as error:
                self._give_up(error)
        if verdict.wait_s:
            raise ThrottledError(verdict)

    async def forgive(self, name: str, address: str) -> None:
        """The password was right."""
        keys = _keys(name, address)
        await self._own.forgive(keys)
        if self._clock() >= self._away_until:
            try:
                await self._shared.forgive(keys)
            except UnavailableError as error:
                self._give_up(error)

    def _give_up(self, error: UnavailableError) -> None:
        self._away_until = self._clock() + _AWAY_S
        _log.warning("guesses are counted in this process alone", error=error.detail)


class ThrottledError(RateLimitedError):
    """Too many guesses from here; `news` where nobody has been told of this delay yet."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__("too many wrong sign-ins from here", retry_after_s=verdict.wait_s)
        self.news = verdict.news


def _keys(name: str, address: str) -> tuple[str, str]:
    """Digests: neither names nor addresses are kept."""
    where = household(address)
    pair = hashlib.sha256(f"{name.strip().lower()}\n{where}".encode()).hexdigest()
    alone = hashlib.sha256(where.encode()).hexdigest()
    return f"countersign:guess:pair:{pair}", f"countersign:guess:from:{alone}"
