"""Payments, and words of alerts, that outlive the conversation that began them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.conversation import PaymentNews

if TYPE_CHECKING:
    from adapters.postgres.pool import Pool, Row


class PgOutcomes:
    """Implements `activities.ports.Outcomes`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def take(self, user_id: str, session_id: str) -> list[PaymentNews]:
        """Oldest first; a repeat by the same session gets the same."""
        return [_news(row) for row in await self._pool.rows("SELECT * FROM take_news(%s, %s)", user_id, session_id)]

    async def mark_told(self, payment_id: str, session_id: str) -> None:
        """Once; who told it first stays."""
        await self._pool.run("SELECT mark_told(%s, %s)", payment_id, session_id)

    async def take_alerts(self, user_id: str, session_id: str) -> list[str]:
        """Oldest first; a repeat by the same session gets the same."""
        rows = await self._pool.rows("SELECT said FROM take_alert_news(%s, %s)", user_id, session_id)
        return [str(row["said"]) for row in rows]

    async def mark_alerts_told(self, firings: tuple[int, ...], session_id: str) -> None:
        """Once; who told it first stays."""
        await self._pool.run("SELECT mark_alerts_told(%s, %s)", list(firings), session_id)


def _news(row: Row) -> PaymentNews:
    return PaymentNews(
        payment_id=row["payment_id"],
        state=row["state"],
        amount=row["amount"],
        currency=row["currency"],
        payee=row["payee_name"],
        account=row["payer_account_name"],
        error_code=row["error_code"],
        due=row["due_at"].isoformat() if row["due_at"] else "",
        returned=row["returned_at"] is not None,
    )
