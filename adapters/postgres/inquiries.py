"""What customers ask about, as the tools' role may read it. Every statement names whose it is."""

from __future__ import annotations

from datetime import UTC, date, tzinfo
from typing import TYPE_CHECKING, Final, LiteralString

from adapters.postgres.directory import PgDirectory
from adapters.postgres.lines import OWN, Bound, lines, named, within
from domain.inquiries import Card, Credit, Line, Loan, Place, Scheduled, Spent, Wanted

if TYPE_CHECKING:
    from adapters.postgres.pool import Pool, Row
    from domain.accounts import Account

_MOST_NAMES: Final = 5000
# what went to another account of the customer's, or was booked against the bank's own, was not spent
_TO_OTHERS: Final[LiteralString] = """NOT EXISTS (
    SELECT FROM entries other JOIN accounts a USING (account_id)
    WHERE other.transfer_id = entries.transfer_id AND other.account_id <> entries.account_id
        AND (a.user_id = %s OR a.kind = 'equity'))"""


class PgInquiries:
    """Implements `activities.ports.Inquiries`."""

    def __init__(self, pool: Pool, zone: tzinfo = UTC) -> None:
        """`zone`: where a day begins and ends."""
        self._pool = pool
        self._zone = zone
        self._directory = PgDirectory(pool)

    async def revision_of(self, user_id: str) -> int:
        """See Inquiries."""
        row = await self._pool.row(
            "SELECT coalesce(sum(revision), 0)::bigint AS revision FROM accounts WHERE user_id = %s", user_id
        )
        return 0 if row is None else int(row["revision"])

    async def accounts_of(self, user_id: str) -> list[Account]:
        """See Inquiries."""
        return await self._directory.accounts_of(user_id)

    async def counterparties_of(self, user_id: str, account_ids: tuple[str, ...]) -> list[str]:
        """See Inquiries."""
        parts: list[LiteralString] = [
            "SELECT DISTINCT counterparty FROM entries WHERE account_id IN",
            OWN,
            "ORDER BY counterparty LIMIT %s",
        ]
        rows = await self._pool.rows(" ".join(parts), user_id, list(account_ids), _MOST_NAMES)
        return [row["counterparty"] for row in rows]

    async def lines_of(self, user_id: str, wanted: Wanted, most: int, after: Place | None = None) -> list[Line]:
        """See Inquiries."""
        text, values = lines(user_id, wanted, most, after, self._zone)
        return [_line(row) for row in await self._pool.rows(text, *values)]

    async def spent(self, user_id: str, wanted: Wanted) -> Spent:
        """See Inquiries."""
        bounds: list[Bound] = [*within(wanted.days, self._zone), *named(wanted.names), (_TO_OTHERS, (user_id,))]
        parts: list[LiteralString] = [
            "SELECT coalesce(-sum(amount_minor), 0)::bigint AS total_minor, count(*) AS count FROM entries",
            "WHERE amount_minor < 0 AND account_id IN",
            OWN,
            "AND",
            " AND ".join(text for text, _ in bounds),
        ]
        values = [value for _, given in bounds for value in given]
        row = await self._pool.row(" ".join(parts), user_id, list(wanted.account_ids), *values)
        return Spent(0, 0) if row is None else Spent(int(row["total_minor"]), int(row["count"]))

    async def loans_of(self, user_id: str) -> list[Loan]:
        """See Inquiries."""
        rows = await self._pool.rows(
            "SELECT * FROM loans_shown WHERE user_id = %s ORDER BY next_due NULLS LAST, account_id", user_id
        )
        return [
            Loan(
                account_id=row["account_id"],
                name=row["name"],
                currency=row["currency"],
                outstanding_minor=row["outstanding_minor"],
                rate_bp=row["rate_bp"],
                instalment_minor=row["instalment_minor"],
                next_due=_day(row["next_due"]),
                instalments_left=row["instalments_left"],
            )
            for row in rows
        ]

    async def credit_of(self, user_id: str) -> list[Credit]:
        """See Inquiries."""
        rows = await self._pool.rows("SELECT * FROM credit_shown WHERE user_id = %s ORDER BY account_id", user_id)
        return [
            Credit(
                account_id=row["account_id"],
                name=row["name"],
                currency=row["currency"],
                limit_minor=row["limit_minor"],
                owed_minor=row["owed_minor"],
                available_minor=row["available_minor"],
                payment_due=_day(row["payment_due"]),
                minimum_minor=row["minimum_minor"] or 0,
            )
            for row in rows
        ]

    async def cards_of(self, user_id: str) -> list[Card]:
        """See Inquiries."""
        rows = await self._pool.rows(
            "SELECT * FROM cards_shown WHERE user_id = %s ORDER BY ordered_on DESC, card_id", user_id
        )
        return [_card(row) for row in rows]

    async def scheduled_of(self, user_id: str, first: date, last: date) -> list[Scheduled]:
        """See Inquiries."""
        rows = await self._pool.rows(
            """SELECT payee, amount_minor, currency, due_on, account, kind FROM scheduled_shown
               WHERE user_id = %s AND due_on BETWEEN %s AND %s ORDER BY due_on, payee, subject_id""",
            user_id,
            first,
            last,
        )
        return [
            Scheduled(
                row["payee"], row["amount_minor"], row["currency"], _day(row["due_on"]), row["account"], row["kind"]
            )
            for row in rows
        ]


def _line(row: Row) -> Line:
    return Line(
        transfer_id=row["transfer_id"],
        account_id=row["account_id"],
        at=row["created_at"].astimezone(UTC).isoformat(),
        amount_minor=row["amount_minor"],
        currency=row["currency"],
        counterparty=row["counterparty"],
        description=row["description"],
    )


def _card(row: Row) -> Card:
    days = {name: _day(row[name]) for name in row if name.endswith("_on")}
    texts = {name: row[name] for name in ("card_id", "kind", "last4", "status", "carrier", "tracking")}
    return Card(**texts, **days)


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()
