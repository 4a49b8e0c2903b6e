"""Rate limits: in Redis for all processes together, in this process alone while Redis is gone."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final
from uuid import uuid4

import structlog

from adapters.edge.local_limiter import LocalLimiter
from adapters.redis.limiter import RedisLimiter
from domain.errors import RateLimitedError, UnavailableError
from domain.rates import parse_rates

if TYPE_CHECKING:
    from domain.rates import Verdict

_LOOK_AGAIN_S: Final = 1.0
_log = structlog.get_logger(__name__)


class Limiter:
    """Never raises for a Redis that is away: the local windows, which begin empty, take over until it is back."""

    def __init__(self, redis_url: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._redis = RedisLimiter(redis_url)
        self._local = LocalLimiter(clock)
        self._clock = clock
        self._away_until = float("-inf")

    async def hit(self, subject: str, rates: str, member: str = "") -> Verdict | None:
        """Whether one more is let through; None where `rates` is empty. A repeat of `member` is not counted again."""
        found = parse_rates(rates)
        if not found:
            return None
        member = member or uuid4().hex
        if self._clock() >= self._away_until:
            try:
                return await self._redis.hit(subject, found, member)
            except UnavailableError:
                self._leave()
        return self._local.hit(subject, found, member)

    async def forget(self, subject: str, rates: str, member: str) -> None:
        """What was counted turned out not to matter."""
        self._local.forget(subject, member)
        if self._clock() >= self._away_until:
            try:
                await self._redis.forget(subject, parse_rates(rates), member)
            except UnavailableError:
                self._leave()

    async def close(self) -> None:
        """Give the connections back."""
        await self._redis.close()

    def _leave(self) -> None:
        _log.warning("rate limits are this process's own", code=UnavailableError.code)
        self._away_until = self._clock() + _LOOK_AGAIN_S


def refusal_of(verdict: Verdict) -> RateLimitedError:
    """The error for a verdict that refuses."""
    rate = verdict.rate
    return RateLimitedError(
        f"more than {rate.most} in {rate.window_s} seconds",
        spoken=f"That was a bit quick. Please wait {_wait(verdict.reset_s)}.",
        retry_after_s=verdict.reset_s,
    )


def headers_of(verdict: Verdict, policy: str) -> dict[str, str]:
    """`RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10)."""
    return {
        "RateLimit-Policy": f'"{policy}";q={verdict.rate.most};w={verdict.rate.window_s}',
        "RateLimit": f'"{policy}";r={verdict.remaining};t={verdict.reset_s}',
    }


def _wait(seconds: int) -> str:
    if seconds <= 5:
        return "a moment"
    return f"{seconds} seconds" if seconds < 60 else "a minute" if seconds < 90 else f"{round(seconds / 60)} minutes"
