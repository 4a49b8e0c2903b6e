"""Payees, as their owner removes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.errors import by_code

if TYPE_CHECKING:
    from adapters.postgres.pool import Pool


class PgPayees:
    """Implements `adapters.payee_desk.PayeeRows`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def remove(self, payee_id: str, user_id: str) -> None:
        """From now on nothing is held or posted for it; a repeat is one. Raises PayeeNotFoundError."""
        row = await self._pool.row("SELECT remove_payee(%s, %s) AS code", payee_id, user_id)
        code = "" if row is None else str(row["code"])
        if code != "ok":
            raise by_code(code)

    async def waiting(self, user_id: str = "", older_than_s: float = 0) -> list[tuple[str, str]]:
        """Payments, with their payers, that wait for a payee removed within a day; everybody's for an empty id."""
        rows = await self._pool.rows(
            """SELECT payment_id, user_id FROM payments_without_payee
               WHERE removed_at BETWEEN now() - interval '1 day' AND now() - make_interval(secs => %s)
                   AND (user_id = %s OR %s = '') LIMIT 50""",
            older_than_s,
            user_id,
            user_id,
        )
        return [(str(row["payment_id"]), str(row["user_id"])) for row in rows]
