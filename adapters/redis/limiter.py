"""Sliding windows in Redis: what was let through, each with its time by Redis's own clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from redis.exceptions import RedisError

from adapters.redis.stream import connect
from domain.errors import UnavailableError
from domain.rates import Rate, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

_PREFIX: Final = "countersign:rate:"
_WAIT_S: Final = 0.25
# One round trip decides for all windows, and counts in all of them or in none. A member that is counted already is let
# through again without being counted twice. → allowed, index of the tightest window, room left there, ms until room
_SCRIPT: Final = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local allowed, tightest, least, reset = 1, 1, nil, 0
for i, key in ipairs(KEYS) do
  local most, window = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1])
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now - window)
  local room = most - redis.call('ZCARD', key)
  local counted = redis.call('ZSCORE', key, ARGV[1])
  if room <= 0 and not counted then allowed = 0 end
  if not counted then room = room - 1 end
  if not least or room < least then
    least, tightest = room, i
    local oldest = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')
    reset = oldest[2] and (oldest[2] + window - now) or window
  end
end
if allowed == 1 then
  for i, key in ipairs(KEYS) do
    redis.call('ZADD', key, 'NX', now, ARGV[1])
    redis.call('PEXPIRE', key, ARGV[2 * i + 1])
  end
end
return {allowed, tightest, math.max(least, 0), math.max(reset, 1)}
"""


class RedisLimiter:
    """Counts for all processes. Every method raises UnavailableError where Redis cannot be reached."""

    def __init__(self, url: str) -> None:
        self._redis = connect(url, wait_s=_WAIT_S)
        self._script = self._redis.register_script(_SCRIPT)

    async def hit(self, subject: str, rates: Sequence[Rate], member: str) -> Verdict:
        """Count `member` against the subject's windows, if all of them have room."""
        arguments = [member, *(number for rate in rates for number in (rate.most, rate.window_s * 1000))]
        try:
            found = await self._script(keys=_keys(subject, rates), args=arguments)
        except (RedisError, OSError) as error:
            raise UnavailableError(f"redis: {type(error).__name__}") from error
        allowed, tightest, left, reset_ms = cast("list[int]", found)
        return Verdict(bool(allowed), rates[tightest - 1], left, -(-reset_ms // 1000))

    async def forget(self, subject: str, rates: Sequence[Rate], member: str) -> None:
        """Take a counted member back."""
        pipeline = self._redis.pipeline(transaction=False)
        for key in _keys(subject, rates):
            pipeline.zrem(key, member)
        try:
            answers: list[Any] = await pipeline.execute()
        except (RedisError, OSError) as error:
            raise UnavailableError(f"redis: {type(error).__name__}") from error
        del answers

    async def close(self) -> None:
        """Give the connections back."""
        await self._redis.aclose()


def _keys(subject: str, rates: Sequence[Rate]) -> list[str]:
    return [f"{_PREFIX}{{{subject}}}:{rate.window_s}" for rate in rates]
