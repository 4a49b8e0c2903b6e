"""Customers, their accounts, payees and postings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from domain.accounts import Account, Customer, Payee, Posting
from domain.errors import UnauthenticatedError

if TYPE_CHECKING:
    from adapters.postgres.pool import Pool, Row

MOST_POSTINGS: Final = 100


def customer_from(row: Row, usual_channel: str = "sms") -> Customer:
    """A row of `users` without its password hash."""
    return Customer(
        user_id=row["user_id"],
        username=row["username"],
        display_name=row["display_name"],
        role=row["role"],
        tenant_id=row["tenant_id"],
        customer_ref=row["customer_ref"],
        platform=row["platform"],
        phone=row["phone"],
        email=row["email"],
        code_channel=row["code_channel"] or usual_channel,
    )


class PgDirectory:
    """Implements `activities.ports.Directory`."""

    def __init__(self, pool: Pool, usual_channel: str = "sms") -> None:
        """`usual_channel` is how codes reach customers who have chosen no way."""
        self._pool = pool
        self._usual = usual_channel

    async def customer(self, user_id: str) -> Customer:
        """Raises UnauthenticatedError where there is no such user."""
        row = await self._pool.row(
            """SELECT user_id, username, display_name, role, tenant_id, customer_ref, platform, phone, email,
                      code_channel
               FROM users WHERE user_id = %s""",
            user_id,
        )
        if row is None:
            raise UnauthenticatedError
        return customer_from(row, self._usual)

    async def accounts_of(self, user_id: str) -> list[Account]:
        """Checking first. What is available counts an overdraft limit; from a loan nothing can be paid."""
        rows = await self._pool.rows(
            """SELECT *, CASE kind WHEN 'loan' THEN 0 ELSE balance_minor - held_minor + overdraft_limit_minor END
                   AS available_minor
               FROM accounts WHERE user_id = %s
               ORDER BY array_position(ARRAY['checking', 'savings', 'credit card', 'loan'], kind), account_id""",
            user_id,
        )
        return [
            Account(
                account_id=row["account_id"],
                kind=row["kind"],
                name=row["name"],
                currency=row["currency"],
                balance_minor=row["balance_minor"],
                available_minor=row["available_minor"],
                closed=row["closed_at"] is not None,
            )
            for row in rows
        ]

    async def payees_of(self, user_id: str) -> list[Payee]:
        """By name."""
        rows = await self._pool.rows(
            """SELECT p.payee_id, p.name, p.account_id, a.currency, a.closed_at IS NOT NULL AS closed,
                      a.kind = 'clearing' AS outside
               FROM payees p JOIN accounts a USING (account_id) WHERE p.user_id = %s ORDER BY p.name""",
            user_id,
        )
        return [Payee(**row) for row in rows]

    async def postings_of(self, account_id: str, limit: int) -> list[Posting]:
        """Newest first, at most MOST_POSTINGS."""
        rows = await self._pool.rows(
            """SELECT created_at, amount_minor, currency, counterparty, description FROM entries
               WHERE account_id = %s ORDER BY created_at DESC, transfer_id DESC LIMIT %s""",
            account_id,
            max(0, min(limit, MOST_POSTINGS)),
        )
        return [
            Posting(r["created_at"].isoformat(), r["amount_minor"], r["currency"], r["counterparty"], r["description"])
            for r in rows
        ]

    async def has_passkey(self, user_id: str) -> bool:
        """Whether one is enrolled and not revoked."""
        row = await self._pool.row("SELECT FROM passkeys WHERE user_id = %s AND revoked_at IS NULL", user_id)
        return row is not None

    async def platform_of(self, user_id: str, session_id: str) -> str:
        """The session's, where it is the user's; else the user's own. Raises UnauthenticatedError."""
        row = await self._pool.row(
            """SELECT coalesce(s.platform, u.platform) AS platform FROM users u
               LEFT JOIN sessions s ON s.user_id = u.user_id AND s.session_id = %s WHERE u.user_id = %s""",
            session_id,
            user_id,
        )
        if row is None:
            raise UnauthenticatedError
        return str(row["platform"])
