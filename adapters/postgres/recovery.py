"""Recovery codes at rest, and the way that one-time codes take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from domain.errors import by_code

if TYPE_CHECKING:
    from adapters.postgres.pool import Pool


class PgRecovery:
    """Every change is one SQL function that writes its audit row, its notices and its event along (0011)."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def make(self, user_id: str, digests: list[bytes]) -> None:
        """In place of all older ones."""
        await self._pool.row("SELECT make_recovery_codes(%s, %s)", user_id, digests)

    async def use(self, user_id: str, digests: list[bytes]) -> bool:
        """Whether one of these was there and unused until now; of any number at once, one gets it."""
        row = await self._pool.row("SELECT use_recovery_code(%s, %s) AS remaining", user_id, digests)
        return row is not None and int(row["remaining"]) >= 0

    async def left(self, user_id: str) -> dict[str, Any]:
        """{left, made_at}; `made_at` is None where there are none."""
        row = await self._pool.row(
            """SELECT count(*) FILTER (WHERE used_at IS NULL) AS left, max(made_at) AS made_at
               FROM recovery_codes WHERE user_id = %s""",
            user_id,
        )
        return row or {"left": 0, "made_at": None}

    async def choose_channel(self, user_id: str, way: str) -> None:
        """`way`: "sms" or "email". Raises NoAddressError."""
        row = await self._pool.row("SELECT choose_code_channel(%s, %s) AS code", user_id, way)
        if row is None or row["code"] != "ok":
            raise by_code("" if row is None else str(row["code"]))
