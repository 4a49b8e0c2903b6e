"""What the rail was asked and what it said: each call is one SQL function, one transaction (0018_rail.sql)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psycopg.types.json import Jsonb

from adapters.crash_points import Step, around
from adapters.postgres.refused import refused_by_triggers
from domain.errors import RailPaymentUnknownError, by_code
from domain.rail import Creditor, GivenBack, RailEvent, RailOrder, RailReply, RailStatus, rail_key

if TYPE_CHECKING:
    from adapters.postgres.pool import Pool
    from domain.payments import PaymentStep


class PgRailBooks:
    """Implements `activities.ports.rail.RailBooks`; `most_tries`: how often one payment is handed in."""

    def __init__(self, pool: Pool, most_tries: int = 3) -> None:
        self._pool = pool
        self._most = most_tries

    async def intend(self, step: PaymentStep) -> RailOrder:
        """Note that it may go out from now on, or read what is known. Raises the ledger's last refusal."""
        with refused_by_triggers():
            row = await self._pool.row("SELECT * FROM intend_rail(%s, %s)", step.payment_id, step.version)
        if row is None or row["code"] != "ok":
            raise by_code(str(row["code"]) if row else "")
        return await self._order(rail_key(step.payment_id, step.version), first=row["is_first"])

    async def may_retry(self, key: str) -> bool:
        """Whether it may be handed in once more; counted."""
        row = await self._pool.row("SELECT retry_rail(%s, %s) AS may", key, self._most)
        return row is not None and bool(row["may"])

    async def note(self, key: str, reply: RailReply) -> RailOrder:
        """Keep what the rail answered us; what is known afterwards."""
        await self._pool.row("SELECT note_rail(%s, %s, 'bank')", key, Jsonb(_said(reply)))
        return await self._order(key)

    @around(Step.RAIL_RETURN)
    async def give_back(self, key: str) -> GivenBack:
        """Book what came back, once. Raises UnavailableError while it is not posted yet."""
        row = await self._pool.row("SELECT return_payment(%s) AS code", key)
        if row is None or row["code"] != "ok":
            raise by_code(str(row["code"]) if row else "")
        row = await self._pool.row(
            "SELECT p.* FROM rail_payments r JOIN payments p USING (payment_id) WHERE r.key = %s", key
        )
        if row is None:
            raise RailPaymentUnknownError
        return GivenBack(
            payment_id=row["payment_id"],
            session_id=row["session_id"],
            amount=row["amount"],
            currency=row["currency"],
            payee=row["payee_name"],
            account=row["payer_account_name"],
        )

    async def _order(self, key: str, *, first: bool = False) -> RailOrder:
        row = await self._pool.row("SELECT * FROM rail_payments WHERE key = %s", key)
        if row is None:
            raise RailPaymentUnknownError
        return RailOrder(
            key=key,
            amount_minor=row["amount_minor"],
            currency=row["currency"],
            creditor=Creditor(row["creditor_name"], row["creditor_bank"], row["creditor_account"]),
            debtor=row["debtor_name"],
            status=RailStatus(row["status"]),
            first=first,
            tries=row["tries"],
            looks=row["looks"],
            doubt=row["doubt"],
        )


class PgRailEvents:
    """What the rail says by itself, as the api notes it: it can move no money."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    @around(Step.WEBHOOK)
    async def take(self, event: RailEvent) -> None:
        """Note it, once by its id. Raises what is wrong with it; a repeat gets the same."""
        row = await self._pool.row(
            "SELECT take_rail_event(%s, %s, %s, %s) AS code",
            event.event_id,
            event.digest,
            event.key,
            Jsonb(_said(event.reply)),
        )
        code = str(row["code"]) if row else ""
        if code != "ok":
            raise by_code(code)

    async def note_refused(self, code: str, detail: dict[str, str]) -> None:
        """Audit a call that was none of the rail's, or too late."""
        await self._pool.run("SELECT note_webhook_refused(%s, %s)", code, Jsonb(detail))


def _said(reply: RailReply) -> dict[str, Any]:
    return {
        "status": reply.status.value if reply.status else None,
        "rail_ref": reply.rail_ref,
        "amount_minor": reply.amount_minor,
        "currency": reply.currency,
        "account": reply.account,
        "reason": reply.reason,
    }
