"""Holds that are older than any payment waits (0025_reversals.sql)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from adapters.postgres.refused import refused_by_triggers
from domain.errors import by_code

if TYPE_CHECKING:
    from adapters.postgres.pool import Pool

_MOST: Final = 100


class PgHolds:
    """Finds and ends them; whether somebody still works on the payment is not for it to know."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def overdue(self, beyond: str = "", most: int = _MOST) -> list[str]:
        """Payments whose hold is overdue, by id, after the id `beyond`; none that is UNKNOWN."""
        rows = await self._pool.rows("SELECT payment_id FROM overdue_holds(%s, %s)", beyond, most)
        return [str(row["payment_id"]) for row in rows]

    async def expire(self, payment_id: str) -> None:
        """Give it back and end the payment as EXPIRED, where it is overdue still.

        Raises PaymentClosedError where it was posted, or what a trigger refuses with.
        """
        with refused_by_triggers():
            row = await self._pool.row("SELECT expire_hold(%s) AS code", payment_id)
        code = "" if row is None else str(row["code"])
        if code != "ok":
            raise by_code(code)
