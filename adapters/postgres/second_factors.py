"""Authenticator secrets at rest, and which of their steps were used."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from domain.errors import RateLimitedError, by_code

if TYPE_CHECKING:
    from adapters.postgres.pool import Pool, Row


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """A user's authenticator; `on` once a first code has confirmed it."""

    user_id: str
    secret: str = field(repr=False)
    on: bool


class PgSecondFactors:
    """Every change is one SQL function that writes its audit row along (ops/migrations/sql)."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def of(self, user_id: str) -> SecondFactor | None:
        """The user's factor, confirmed or not."""
        row = await self._pool.row(
            "SELECT user_id, secret, confirmed_at IS NOT NULL AS on FROM totp_factors WHERE user_id = %s", user_id
        )
        return None if row is None else SecondFactor(**row)

    async def enrol(self, user_id: str, sealed: str) -> None:
        """Keep a secret until it is confirmed, in place of an unconfirmed one. Raises TotpAlreadyOnError."""
        _checked(await self._pool.row("SELECT enrol_totp(%s, %s) AS code", user_id, sealed))

    async def count_try(self, user_id: str) -> None:
        """Before a code is looked at. Raises RateLimitedError after too many wrong ones."""
        row = await self._pool.row("SELECT try_totp(%s) AS wait", user_id)
        if row is None or row["wait"]:
            raise RateLimitedError(retry_after_s=int(row["wait"]) if row else 1)

    async def use_step(self, factor: SecondFactor, step: int) -> bool:
        """Whether this step, and no later one, was unused until now."""
        row = await self._pool.row("SELECT use_totp_step(%s, %s, %s) AS fresh", factor.user_id, step, factor.secret)
        return row is not None and bool(row["fresh"])

    async def switch(self, user_id: str, *, on: bool) -> None:
        """Raises TotpAlreadyOnError or TotpNotOnError."""
        _checked(await self._pool.row("SELECT switch_totp(%s, %s) AS code", user_id, on))


def _checked(row: Row | None) -> None:
    if row is None or row["code"] != "ok":
        raise by_code("" if row is None else str(row["code"]))
