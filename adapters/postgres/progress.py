"""How far what an MCP client began has come: read, never asked of the workflow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from adapters.postgres.elicitations import request_of
from domain.errors import AlertNotFoundError, MandateNotFoundError, PaymentNotFoundError, StandingOrderNotFoundError

if TYPE_CHECKING:
    from adapters.postgres.pool import Pool, Row
    from domain.elicitation import ElicitationRequest


@dataclass(frozen=True, slots=True)
class Progress:
    """`question`: what its customer is asked now, if anything; times are ISO 8601, `changed_at` the last known."""

    state: str
    error_code: str
    version: int
    created_at: str
    changed_at: str
    question: ElicitationRequest | None


class PgProgress:
    """As mcp_tools: reads what belongs to the user, and finds nothing else."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def payment(self, payment_id: str, user_id: str) -> Progress:
        """Raises PaymentNotFoundError."""
        row = await self._pool.row(
            """SELECT p.state, p.error_code, p.version, p.created_at, p.settled_at, q.request, q.created_at AS asked_at
               FROM payments p LEFT JOIN LATERAL (
                   SELECT request, created_at FROM asked a WHERE a.payment_id = p.payment_id AND a.user_id = p.user_id
                       AND a.state IN ('created', 'pending', 'processing') AND a.type <> 'supervisor_approval'
                       AND coalesce(a.request ->> 'transaction_type', '') NOT IN ('mandate', 'standing_order')
                   ORDER BY a.created_at DESC LIMIT 1) q ON true
               WHERE p.payment_id = %s AND p.user_id = %s""",
            payment_id,
            user_id,
        )
        if row is None:
            raise PaymentNotFoundError
        return _progress(row)

    async def mandate(self, mandate_id: str, user_id: str) -> Progress:
        """Raises MandateNotFoundError."""
        row = await self._pool.row(
            """SELECT m.state, m.error_code, m.version, m.created_at, NULL::timestamptz AS settled_at,
                   q.request, q.created_at AS asked_at
               FROM mandates_shown m LEFT JOIN LATERAL (
                   SELECT request, created_at FROM asked a WHERE a.payment_id = m.mandate_id AND a.user_id = m.user_id
                       AND a.state IN ('created', 'pending', 'processing')
                       AND a.request ->> 'transaction_type' = 'mandate'
                   ORDER BY a.created_at DESC LIMIT 1) q ON true
               WHERE m.mandate_id = %s AND m.user_id = %s""",
            mandate_id,
            user_id,
        )
        if row is None:
            raise MandateNotFoundError
        return _progress(row)

    async def standing_order(self, order_id: str, user_id: str) -> Progress:
        """Raises StandingOrderNotFoundError."""
        row = await self._pool.row(
            """SELECT CASE WHEN EXISTS (SELECT FROM standing_order_terms t WHERE t.order_id = s.order_id
                       AND t.outcome = '') THEN 'AWAITING_CUSTOMER' ELSE s.state END AS state,
                   s.error_code, s.version, s.created_at, NULL::timestamptz AS settled_at,
                   q.request, q.created_at AS asked_at
               FROM standing_orders_shown s LEFT JOIN LATERAL (
                   SELECT request, created_at FROM asked a WHERE a.payment_id = s.order_id AND a.user_id = s.user_id
                       AND a.state IN ('created', 'pending', 'processing')
                       AND a.request ->> 'transaction_type' = 'standing_order'
                   ORDER BY a.created_at DESC LIMIT 1) q ON true
               WHERE s.order_id = %s AND s.user_id = %s""",
            order_id,
            user_id,
        )
        if row is None:
            raise StandingOrderNotFoundError
        return _progress(row)

    async def alert(self, alert_id: str, user_id: str) -> Progress:
        """Raises AlertNotFoundError."""
        row = await self._pool.row(
            """SELECT s.state, '' AS error_code, s.version, s.created_at, NULL::timestamptz AS settled_at,
                   q.request, q.created_at AS asked_at
               FROM alerts_shown s LEFT JOIN LATERAL (
                   SELECT request, created_at FROM asked a WHERE a.payment_id = s.alert_id AND a.user_id = s.user_id
                       AND a.state IN ('created', 'pending', 'processing')
                       AND a.request ->> 'transaction_type' = 'alert'
                   ORDER BY a.created_at DESC LIMIT 1) q ON true
               WHERE s.alert_id = %s AND s.user_id = %s""",
            alert_id,
            user_id,
        )
        if row is None:
            raise AlertNotFoundError
        return _progress(row)


def _progress(row: Row) -> Progress:
    last: list[Any] = [each for each in (row["settled_at"], row["asked_at"]) if each is not None]
    return Progress(
        state=row["state"],
        error_code=row["error_code"],
        version=row["version"],
        created_at=row["created_at"].isoformat(),
        changed_at=max([row["created_at"], *last]).isoformat(),
        question=None if row["request"] is None else request_of(row["request"]),
    )
