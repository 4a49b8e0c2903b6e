"""Standing orders at rest. Each change is one SQL function that writes its event along (0026_standing_orders.sql)."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Final, LiteralString

from psycopg.types.json import Jsonb

from activities.ports import RunRow, StandingRow
from adapters.crash_points import Step, around
from domain.elicitation import ElicitationType
from domain.errors import IdempotencyConflictError, StandingOrderNotFoundError, by_code
from domain.order_runs import RunShown, RunState
from domain.payments import PaymentState
from domain.standing_orders import MOST_ORDERS, OrderPlan, OrderShown, OrderState, Terms

if TYPE_CHECKING:
    from datetime import date, datetime

    from adapters.postgres.pool import Pool, Row
    from domain.order_runs import Settling, SignedTerms, Unsigned
    from domain.standing_orders import OrderRequest

MOST_SHOWN: Final = 200


class PgStandingOrders:
    """Implements `activities.ports.StandingOrderStore`, and what api and tools need beside it."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def find(self, request: OrderRequest) -> tuple[OrderPlan, bool] | None:
        """Terms and whether they are settled. Raises IdempotencyConflictError; of another's nothing is found."""
        row = await self._pool.row(
            """SELECT t.*, o.user_id, o.tenant_id, o.customer_ref FROM standing_order_terms t
               JOIN standing_orders o USING (order_id) WHERE t.order_id = %s AND t.change_id = %s""",
            request.order_id,
            request.change_id,
        )
        if row is None:
            return None
        if row["user_id"] != request.user_id:
            raise StandingOrderNotFoundError
        if row["digest"] != request.digest():
            raise IdempotencyConflictError
        return _plan(row), bool(row["outcome"])

    async def last_version(self, order_id: str) -> int:
        """Of its terms; 0 where there is no such order."""
        row = await self._pool.row(
            "SELECT coalesce(max(version), 0) AS last FROM standing_order_terms WHERE order_id = %s", order_id
        )
        return int(row["last"]) if row else 0

    async def plan(self, request: OrderRequest, plan: OrderPlan) -> None:
        """Raises what keeps it from being recorded; a repeat changes nothing."""
        known = {"session_id": request.session_id, "change_id": request.change_id}
        await self._call(
            "SELECT plan_standing_order(%s, %s, %s) AS code",
            Jsonb(_stored(plan) | known),
            request.digest(),
            MOST_ORDERS,
        )

    async def sign(self, terms: SignedTerms) -> None:
        """Raises StandingOrderUnsignedError, StandingOrderEndedError, StandingOrderClosedError."""
        await self._call("SELECT sign_standing_order(%s, %s) AS code", terms.order_id, terms.version)

    async def drop(self, unsigned: Unsigned) -> OrderState:
        """Raises StandingOrderNotFoundError."""
        row = await self._pool.row(
            "SELECT drop_standing_terms(%s, %s, %s, %s) AS state",
            unsigned.order_id,
            unsigned.version,
            unsigned.state.value,
            unsigned.error_code,
        )
        return _state(row)

    async def stands(self, order_id: str) -> StandingRow:
        """Raises StandingOrderNotFoundError."""
        row = await self._pool.row(
            """SELECT o.state, o.user_id, o.run_key, o.due_from, o.step, t.* FROM standing_orders o
               JOIN standing_order_terms t ON t.order_id = o.order_id AND t.version = greatest(o.version, 1)
               WHERE o.order_id = %s""",
            order_id,
        )
        if row is None:
            raise StandingOrderNotFoundError
        return StandingRow(
            state=OrderState(row["state"]),
            user_id=row["user_id"],
            terms=_terms(row),
            amount=row["amount"],
            account_name=row["account_name"],
            run_key=str(row["run_key"]),
            due_from=row["due_from"] or row["first_on"],
            step=row["step"],
        )

    async def run_on(self, order_id: str, due_on: date) -> RunRow | None:
        """What is known of this due date."""
        row = await self._pool.row(
            """SELECT r.state, p.state AS payment, p.error_code FROM standing_order_runs r
               LEFT JOIN payments p USING (payment_id) WHERE r.order_id = %s AND r.due_on = %s""",
            order_id,
            due_on,
        )
        if row is None:
            return None
        payment = PaymentState(row["payment"]) if row["payment"] else None
        return RunRow(RunState(row["state"]), payment, row["error_code"] or "")

    async def heed(self, order_id: str, step: int, coming: list[date]) -> None:
        """Its workflow knows of this step, and these dates come next."""
        await self._pool.run("SELECT heed_standing_order(%s, %s, %s)", order_id, step, coming)

    @around(Step.RUN_SETTLE)
    async def settle(self, settled: Settling, words: str, deliver_at: datetime) -> None:
        """Raises StandingOrderMismatchError where the ledger says otherwise; a repeat changes nothing."""
        await self._call(
            "SELECT settle_run(%s, %s, %s, %s, %s, %s, %s) AS code",
            settled.order_id,
            settled.due_on,
            settled.state.value,
            settled.error_code,
            settled.stops,
            words,
            deliver_at,
        )

    async def finish(self, order_id: str) -> OrderState:
        """Raises StandingOrderNotFoundError."""
        return _state(await self._pool.row("SELECT finish_standing_order(%s) AS state", order_id))

    # ---- as api and mcp_tools

    async def of(self, user_id: str) -> list[OrderShown]:
        """The user's, oldest first, those that stand before the others."""
        rows = await self._pool.rows(
            """SELECT * FROM standing_orders_shown WHERE user_id = %s
               ORDER BY state IN ('ACTIVE', 'PAUSED', 'AWAITING_CUSTOMER') DESC, created_at, order_id LIMIT %s""",
            user_id,
            MOST_SHOWN,
        )
        return [_shown(row) for row in rows]

    async def get(self, order_id: str, user_id: str) -> OrderShown:
        """Raises StandingOrderNotFoundError, also where it is another's."""
        row = await self._pool.row(
            "SELECT * FROM standing_orders_shown WHERE order_id = %s AND user_id = %s", order_id, user_id
        )
        if row is None:
            raise StandingOrderNotFoundError
        return _shown(row)

    async def runs_of(self, order_id: str, user_id: str) -> list[RunShown]:
        """Its due dates so far, the newest first."""
        rows = await self._pool.rows(
            """SELECT * FROM standing_order_runs_shown WHERE order_id = %s AND user_id = %s
               ORDER BY due_on DESC LIMIT %s""",
            order_id,
            user_id,
            MOST_SHOWN,
        )
        return [
            RunShown(_day(row["due_on"]), RunState(row["state"]), row["payment_id"], row["error_code"],
                     row["settled_at"].isoformat() if row["settled_at"] else "")
            for row in rows
        ]  # fmt: skip

    async def step(self, order_id: str, user_id: str, name: str) -> None:
        """`pause`, `resume` or `cancel`, at once; a repeat is one. Raises StandingOrderNotFoundError, -ClosedError."""
        await self._call("SELECT step_standing_order(%s, %s, %s) AS code", order_id, user_id, name)

    async def unheard(self, older_than_s: float) -> list[str]:
        """Those whose workflow does not know what their customer did: Temporal was away just then. Oldest first."""
        rows = await self._pool.rows(
            """SELECT order_id FROM standing_orders WHERE step > heard
                   AND stepped_at < now() - make_interval(secs => %s) AND stepped_at > now() - interval '1 day'
               ORDER BY stepped_at LIMIT 50""",
            older_than_s,
        )
        return [str(row["order_id"]) for row in rows]

    async def _call(self, statement: LiteralString, *values: object) -> None:
        row = await self._pool.row(statement, *values)
        code = "" if row is None else str(row["code"])
        if code != "ok":
            raise by_code(code)


def _state(row: Row | None) -> OrderState:
    if row is None or row["state"] is None:
        raise StandingOrderNotFoundError
    return OrderState(row["state"])


def _stored(plan: OrderPlan) -> Row:
    terms = asdict(plan.terms)
    return terms | {
        "account_id": terms.pop("account"),
        "ends_on": terms.pop("ends_on") or None,
        "user_id": plan.user_id,
        "tenant_id": plan.tenant_id,
        "customer_ref": plan.customer_ref,
        "amount": plan.amount,
        "account_name": plan.account_name,
        "countersigns": list(plan.countersigns),
        "policy_version": plan.policy_version,
        "terms_hash": plan.terms_hash,
        "schedule": plan.schedule,
    }


def _terms(row: Row) -> Terms:
    return Terms(
        order_id=row["order_id"],
        version=row["version"],
        amount_minor=row["amount_minor"],
        currency=row["currency"],
        payee_account=row["payee_account"],
        payee_name=row["payee_name"],
        account=row["account_id"],
        every=row["every"],
        first_on=_day(row["first_on"]),
        ends_on=_day(row["ends_on"]),
        zone=row["zone"],
    )


def _plan(row: Row) -> OrderPlan:
    return OrderPlan(
        terms=_terms(row),
        user_id=row["user_id"],
        tenant_id=row["tenant_id"],
        customer_ref=row["customer_ref"],
        amount=row["amount"],
        account_name=row["account_name"],
        countersigns=tuple(ElicitationType(kind) for kind in row["countersigns"]),
        policy_version=row["policy_version"],
        terms_hash=row["terms_hash"],
        schedule=row["schedule"],
    )


def _shown(row: Row) -> OrderShown:
    return OrderShown(
        order_id=row["order_id"],
        state=OrderState(row["state"]),
        amount_minor=row["amount_minor"],
        amount=row["amount"],
        currency=row["currency"],
        payee=row["payee_name"],
        account=row["account_name"],
        schedule=row["schedule"],
        every=row["every"],
        first_on=_day(row["first_on"]),
        ends_on=_day(row["ends_on"]),
        zone=row["zone"],
        version=row["version"],
        terms_hash=row["terms_hash"],
        created_at=row["created_at"].isoformat(),
        next_on=_day(row["next_on"]),
        last_on=_day(row["last_on"]),
        last_state=row["last_state"] or "",
        runs=row["runs"],
        error_code=row["error_code"],
    )


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()
