"""Results by Idempotency-Key, kept for a day. Neither the key nor what was sent with it is stored, only digests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from adapters.postgres.pool import Pool


@dataclass(frozen=True, slots=True)
class Result:
    """An answer: HTTP status, media type, body."""

    status: int
    media_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Claim:
    """`mine`: execute it. `done`: here is the result. `busy`: somebody executes it. `conflict`: other content.

    `first_ms` is when the key was first seen, in ms since 1970; it stays through a crash and a second try. `digests`:
    how those of both contents begin, hex, where they are in conflict.
    """

    kind: Literal["mine", "done", "busy", "conflict"]
    first_ms: int
    result: Result | None = None
    digests: tuple[str, str] = ("", "")


class PgIdempotency:
    """Implements `adapters.edge.idempotency.Keys`. `lease_s`: when a claim whose server died may be taken over."""

    def __init__(self, pool: Pool, *, kept_s: float, lease_s: float) -> None:
        self._pool = pool
        self._kept_s = kept_s
        self._lease_s = lease_s

    async def claim(self, key_hash: bytes, digest: bytes, holder: str) -> Claim:
        """Of any number of senders at once one gets `mine`."""
        row = await self._pool.row(
            "SELECT * FROM claim_key(%s, %s, %s, %s, %s)", key_hash, digest, holder, self._lease_s, self._kept_s
        )
        if row is None:
            raise AssertionError
        done = row["code"] == "done"
        result = Result(row["status"], row["media_type"], bytes(row["body"])) if done else None
        if row["code"] == "conflict":
            heads = bytes(row["body"]).hex()
            return Claim("conflict", row["first_ms"] or 0, None, (heads[: len(heads) // 2], heads[len(heads) // 2 :]))
        return Claim(row["code"], row["first_ms"] or 0, result)

    async def settle(self, key_hash: bytes, holder: str, result: Result) -> None:
        """Keep the result; the first one stays."""
        await self._pool.row(
            "SELECT settle_key(%s, %s, %s, %s, %s)", key_hash, holder, result.status, result.media_type, result.body
        )

    async def release(self, key_hash: bytes, holder: str) -> None:
        """Nothing to keep: the next sender of the same content executes."""
        await self._pool.row("SELECT release_key(%s, %s)", key_hash, holder)

    async def purge(self, most: int = 1000) -> int:
        """Forget keys whose time is over; how many."""
        row = await self._pool.row("SELECT purge_keys(%s) AS gone", most)
        return int(row["gone"]) if row else 0
