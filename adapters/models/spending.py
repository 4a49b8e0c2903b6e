"""What models have cost each tenant in a day or a month: counted in Redis for all processes, else by this one alone."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import structlog
from redis.exceptions import RedisError

from adapters.redis.stream import connect

if TYPE_CHECKING:
    from adapters.models.plan import Plan, Spending

_log = structlog.get_logger(__name__)
_PREFIX: Final = "countersign:model-cost:"
_KEPT_S: Final = 40 * 86_400
_WAIT_S: Final = 0.25


class Spendings:
    """Costs in millionths of a dollar. A call is let through while its tenant is below its limit, and counted after."""

    def __init__(self, plan: Plan, redis_url: str) -> None:
        self._plan = plan
        self._redis = connect(redis_url, wait_s=_WAIT_S)
        self._alone = Counter[str]()

    async def is_spent(self, tenant: str) -> bool:
        """Whether this tenant's limit is reached."""
        limit = self._plan.limit_of(tenant)
        if limit is None:
            return False
        key = _key(tenant, limit)
        try:
            spent = int(await self._redis.get(key) or 0)
        except (RedisError, OSError):
            spent = 0
        return max(spent, self._alone[key]) >= limit.micro

    async def add(self, tenant: str, cost_micro: int) -> None:
        """Count what a call has cost."""
        limit = self._plan.limit_of(tenant)
        if limit is None or cost_micro <= 0:
            return
        key = _key(tenant, limit)
        self._alone[key] += cost_micro
        try:
            async with self._redis.pipeline(transaction=False) as pipeline:
                pipeline.incrby(key, cost_micro)
                pipeline.expire(key, _KEPT_S)
                await pipeline.execute()
        except (RedisError, OSError) as error:
            _log.warning("model_cost_not_shared", error=type(error).__name__)

    async def close(self) -> None:
        """Give the connections back."""
        await self._redis.aclose()


def _key(tenant: str, limit: Spending) -> str:
    now = datetime.now(UTC)
    return f"{_PREFIX}{{{tenant}}}:{now:%Y-%m-%d}" if limit.per == "day" else f"{_PREFIX}{{{tenant}}}:{now:%Y-%m}"
