"""Guesses counted in Redis, by all processes together, each count in one step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from redis.exceptions import RedisError

from adapters.redis.stream import connect
from adapters.throttle import Limits, Verdict
from domain.errors import UnavailableError

_ADMIT: Final = """
local t = redis.call('TIME')
local now = tonumber(t[1]) + tonumber(t[2]) / 1000000
local longest, first = tonumber(ARGV[#KEYS + 1]), tonumber(ARGV[#KEYS + 2])
local slowest, latest = nil, now
for _, key in ipairs(KEYS) do
    local at = tonumber(redis.call('HGET', key, 'until') or '0')
    if at > latest then slowest, latest = key, at end
end
if slowest then return {math.ceil(latest - now), redis.call('HSETNX', slowest, 'told', 1)} end
for i, key in ipairs(KEYS) do
    local over = redis.call('HINCRBY', key, 'tries', 1) - tonumber(ARGV[i])
    local delay = 0
    redis.call('HDEL', key, 'told', 'until')
    if over > 0 then
        delay = math.min(longest, first * 2 ^ math.min(over - 1, 20))
        redis.call('HSET', key, 'until', string.format('%.6f', now + delay))
    end
    redis.call('EXPIRE', key, delay + longest)
end
return {0, 0}
"""
_FORGIVE: Final = """
redis.call('DEL', KEYS[1])
for i = 2, #KEYS do
    local tries = tonumber(redis.call('HGET', KEYS[i], 'tries') or '0')
    if tries > 0 then
        redis.call('HINCRBY', KEYS[i], 'tries', -1)
        if tries - 1 <= tonumber(ARGV[i]) then redis.call('HDEL', KEYS[i], 'until') end
    end
end
return 0
"""
_WAIT_S: Final = 0.5


class RedisCounters:
    """Implements `adapters.throttle.Counters`."""

    def __init__(self, url: str, limits: Limits) -> None:
        self._redis = connect(url, wait_s=_WAIT_S)
        self._admit = self._redis.register_script(_ADMIT)
        self._forgive = self._redis.register_script(_FORGIVE)
        self._arguments = [*limits.free, limits.longest_s, limits.first_s]

    async def admit(self, keys: Sequence[str]) -> Verdict:
        """See Counters."""
        wait_s, news = await self._run(self._admit, keys)
        return Verdict(int(wait_s), bool(news))

    async def forgive(self, keys: Sequence[str]) -> None:
        """See Counters."""
        await self._run(self._forgive, keys)

    async def close(self) -> None:
        """Give the connections back."""
        await self._redis.aclose()

    async def _run(self, script: Any, keys: Sequence[str]) -> Any:  # noqa: ANN401 - redis-py leaves scripts untyped
        try:
            return await script(keys=list(keys), args=self._arguments)
        except (RedisError, OSError) as error:
            raise UnavailableError(f"redis: {type(error).__name__}") from error
