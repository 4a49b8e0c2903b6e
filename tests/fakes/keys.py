"""Idempotency keys in memory, and a counter that refuses nobody."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from adapters.edge.idempotency import Idempotency
from adapters.edge.limiter import Limiter
from adapters.edge.places import Places
from adapters.postgres.idempotency import Claim, Result
from mcp_tools.counter import Counter

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class _Row:
    digest: bytes
    holder: str
    first_ms: int
    lease_until: float
    expires_at: float
    result: Result | None = None


@dataclass
class FakeKeys:
    """As PgIdempotency, for one process."""

    kept_s: float = 86_400
    lease_s: float = 30
    clock: Callable[[], float] = time.time
    rows: dict[bytes, _Row] = field(default_factory=dict)

    async def claim(self, key_hash: bytes, digest: bytes, holder: str) -> Claim:
        now = self.clock()
        row = self.rows.get(key_hash)
        if row is None or row.expires_at <= now:
            row = _Row(digest, holder, round(now * 1000), now + self.lease_s, now + self.kept_s)
            self.rows[key_hash] = row
            return Claim("mine", row.first_ms)
        if row.digest != digest:
            return Claim("conflict", row.first_ms, None, (row.digest.hex(), digest.hex()))
        if row.result:
            return Claim("done", row.first_ms, row.result)
        if row.lease_until > now:
            return Claim("busy", row.first_ms)
        self.rows[key_hash] = replace(row, holder=holder, lease_until=now + self.lease_s)
        return Claim("mine", row.first_ms)

    async def settle(self, key_hash: bytes, holder: str, result: Result) -> None:
        row = self.rows[key_hash]
        if row.holder == holder and row.result is None:
            self.rows[key_hash] = replace(row, result=result)

    async def release(self, key_hash: bytes, holder: str) -> None:
        row = self.rows[key_hash]
        if row.holder == holder and row.result is None:
            self.rows[key_hash] = replace(row, lease_until=float("-inf"))

    async def purge(self, most: int = 1000) -> int:
        old = [key for key, row in self.rows.items() if row.expires_at <= self.clock()][:most]
        for key in old:
            del self.rows[key]
        return len(old)


@dataclass
class Noted:
    """Refusals, in memory: who, what, about which id, code."""

    seen: list[tuple[str, str, str, str]] = field(default_factory=list)

    async def refused(self, user_id: str, request: str, subject_id: str, code: str) -> None:
        self.seen.append((user_id, request, subject_id, code))


def free_counter(rates: str = "", at_once: int = 1000, redis_url: str = "redis://127.0.0.1:9/0") -> Counter:
    return Counter(Limiter(redis_url), Idempotency(FakeKeys(), wait_s=5), rates, Places(at_once), Noted())
