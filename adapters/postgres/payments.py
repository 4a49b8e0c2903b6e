"""Payments as their payer sees them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, LiteralString

from domain.errors import PaymentNotFoundError
from domain.payments import PaymentKind, PaymentState

if TYPE_CHECKING:
    from adapters.postgres.pool import Pool, Row

MOST_PAYMENTS: Final = 200
_SHOWN: Final[LiteralString] = """SELECT p.*, r.payment_id AS reversed_by
    FROM payments p LEFT JOIN payments r ON r.reverses = p.payment_id AND r.state = 'COMPLETED'"""


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment. `amount` is decimal text; times are ISO 8601 in UTC, `settled_at` empty while it goes on.

    `due_at`: until when a supervisor may decide, or when a payment that cools off goes out. `mandate_id`:
    the standing mandate that it was paid under. `reversed_by`: the payment by which it has gone back.
    `returned_at`: when another bank's return of it was given back.
    """

    payment_id: str
    session_id: str
    state: PaymentState
    amount_minor: int
    currency: str
    amount: str
    payee: str
    account: str
    description: str
    error_code: str
    created_at: str
    settled_at: str
    due_at: str = ""
    mandate_id: str = ""
    kind: PaymentKind = PaymentKind.PAYEE
    reversed_by: str = ""
    returned_at: str = ""


class PgPayments:
    """Reads payments; only the ledger writes them."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def of(self, user_id: str, limit: int = 50) -> list[Payment]:
        """The user's payments, newest first."""
        rows = await self._pool.rows(
            f"{_SHOWN} WHERE p.user_id = %s ORDER BY p.created_at DESC, p.payment_id LIMIT %s",
            user_id,
            max(0, min(limit, MOST_PAYMENTS)),
        )
        return [_payment(row) for row in rows]

    async def owner_of(self, payment_id: str) -> str:
        """The id of its payer. Raises PaymentNotFoundError."""
        row = await self._pool.row("SELECT user_id FROM payments WHERE payment_id = %s", payment_id)
        if row is None:
            raise PaymentNotFoundError
        return str(row["user_id"])

    async def get(self, payment_id: str, user_id: str) -> Payment:
        """One payment of this user. Raises PaymentNotFoundError, also where it is another's."""
        row = await self._pool.row(f"{_SHOWN} WHERE p.payment_id = %s AND p.user_id = %s", payment_id, user_id)
        if row is None:
            raise PaymentNotFoundError
        return _payment(row)


def _payment(row: Row) -> Payment:
    return Payment(
        payment_id=row["payment_id"],
        session_id=row["session_id"],
        state=PaymentState(row["state"]),
        amount_minor=row["amount_minor"],
        currency=row["currency"],
        amount=row["amount"],
        payee=row["payee_name"],
        account=row["payer_account_name"],
        description=row["description"],
        error_code=row["error_code"],
        created_at=row["created_at"].isoformat(),
        settled_at="" if row["settled_at"] is None else row["settled_at"].isoformat(),
        due_at="" if row["due_at"] is None else row["due_at"].isoformat(),
        mandate_id=row["mandate_id"],
        kind=PaymentKind(row["kind"]),
        reversed_by=row["reversed_by"] or "",
        returned_at="" if row["returned_at"] is None else row["returned_at"].isoformat(),
    )
