"""Standing orders at rest, in memory: for the workflow, the desk and the fake ledger."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from activities.ports import RunRow, StandingRow
from domain.errors import (
    BankError,
    IdempotencyConflictError,
    StandingOrderClosedError,
    StandingOrderEndedError,
    StandingOrderNotFoundError,
    StandingOrderPausedError,
    StandingOrderStateError,
)
from domain.order_runs import RunShown, RunState, Settling, SignedTerms, Unsigned
from domain.standing_orders import ENDED_STATES, OrderPlan, OrderRequest, OrderShown, OrderState

if TYPE_CHECKING:
    from domain.payments import PaymentRequest, PaymentState

KEY = "3f1ff9fa-7f0e-4f2a-9d3e-0b6f7f2f9a11"
AFTER = {"pause": OrderState.PAUSED, "resume": OrderState.ACTIVE, "cancel": OrderState.CANCELLED}


@dataclass
class Kept:
    """One order: its terms by version, which of them hold, and what became of its due dates."""

    request: OrderRequest
    plans: dict[int, OrderPlan]
    changes: dict[str, tuple[OrderRequest, int]]
    state: OrderState = OrderState.AWAITING_CUSTOMER
    version: int = 0
    settled: set[int] = field(default_factory=set[int])
    due_from: date = date.min
    step: int = 0
    heard: int = 0
    coming: list[date] = field(default_factory=list[date])
    runs: dict[str, Settling] = field(default_factory=dict[str, Settling])
    error_code: str = ""

    @property
    def plan(self) -> OrderPlan:
        return self.plans[max(self.version, 1)]


@dataclass
class HouseOrders:
    """`refuse`: what the ledger says to the next payments of a due date, one after the other."""

    kept: dict[str, Kept] = field(default_factory=dict[str, Kept])
    payments: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    states: dict[str, PaymentState] = field(default_factory=dict[str, "PaymentState"])
    told: list[str] = field(default_factory=list[str])
    refuse: list[type[BankError]] = field(default_factory=list[type[BankError]])
    tried: Counter[str] = field(default_factory=Counter[str])

    async def find(self, request: OrderRequest) -> tuple[OrderPlan, bool] | None:
        order = self.kept.get(request.order_id)
        known = order.changes.get(request.change_id) if order else None
        if order is None or known is None:
            return None
        if known[0].digest() != request.digest():
            raise IdempotencyConflictError
        return order.plans[known[1]], known[1] in order.settled

    async def last_version(self, order_id: str) -> int:
        return max(self.kept[order_id].plans) if order_id in self.kept else 0

    async def plan(self, request: OrderRequest, plan: OrderPlan) -> None:
        order = self.kept.setdefault(request.order_id, Kept(request, {}, {}))
        order.plans[plan.terms.version] = plan
        order.changes[request.change_id] = (request, plan.terms.version)

    async def sign(self, terms: SignedTerms) -> None:
        order = self.kept[terms.order_id]
        if order.state in ENDED_STATES:
            raise StandingOrderEndedError
        order.version = terms.version
        order.settled.add(terms.version)
        first = date.fromisoformat(order.plan.terms.first_on)
        order.due_from = max(order.due_from, first)
        if order.state is OrderState.AWAITING_CUSTOMER:
            order.state = OrderState.ACTIVE

    async def drop(self, unsigned: Unsigned) -> OrderState:
        order = self.kept[unsigned.order_id]
        order.settled.add(unsigned.version)
        if not order.version and order.state not in ENDED_STATES:
            order.state, order.error_code = unsigned.state, unsigned.error_code
        return order.state

    async def stands(self, order_id: str) -> StandingRow:
        if order_id not in self.kept:
            raise StandingOrderNotFoundError
        order = self.kept[order_id]
        plan = order.plan
        return StandingRow(
            order.state, plan.user_id, plan.terms, plan.amount, plan.account_name, KEY, order.due_from, order.step
        )

    async def run_on(self, order_id: str, due_on: date) -> RunRow | None:
        payment_id = self.payments.get((order_id, due_on.isoformat()))
        return None if payment_id is None else RunRow(RunState.BEGUN, self.states.get(payment_id), "")

    async def heed(self, order_id: str, step: int, coming: list[date]) -> None:
        self.kept[order_id].heard, self.kept[order_id].coming = step, coming

    async def settle(self, settled: Settling, words: str, deliver_at: datetime) -> None:
        del deliver_at
        order = self.kept[settled.order_id]
        if settled.due_on in order.runs:
            return
        order.runs[settled.due_on] = settled
        order.due_from = max(order.due_from, date.fromordinal(date.fromisoformat(settled.due_on).toordinal() + 1))
        if settled.stops and order.state is OrderState.ACTIVE:
            order.state, order.error_code = OrderState.PAUSED, settled.stops
        self.told += [words] if words else []

    async def finish(self, order_id: str) -> OrderState:
        self.kept[order_id].state = OrderState.COMPLETED
        return OrderState.COMPLETED

    async def of(self, user_id: str) -> list[OrderShown]:
        return [await self.get(order_id, user_id) for order_id in self.kept]

    async def get(self, order_id: str, user_id: str) -> OrderShown:
        order = self.kept.get(order_id)
        if order is None or order.plan.user_id != user_id:
            raise StandingOrderNotFoundError
        plan, terms = order.plan, order.plan.terms
        return OrderShown(
            order_id, order.state, terms.amount_minor, plan.amount, terms.currency, terms.payee_name,
            plan.account_name, plan.schedule, terms.every, terms.first_on, terms.ends_on, terms.zone, terms.version,
            plan.terms_hash, datetime.now(UTC).isoformat(), order.coming[0].isoformat() if order.coming else "",
        )  # fmt: skip

    async def runs_of(self, order_id: str, user_id: str) -> list[RunShown]:
        await self.get(order_id, user_id)
        return [
            RunShown(each.due_on, each.state, "", each.error_code, "") for each in self.kept[order_id].runs.values()
        ]

    async def step(self, order_id: str, user_id: str, name: str) -> None:
        await self.get(order_id, user_id)
        order = self.kept[order_id]
        if order.state is AFTER[name]:
            return
        if order.state in ENDED_STATES:
            raise StandingOrderClosedError
        if not order.version and name != "cancel":
            raise StandingOrderStateError
        order.state, order.step = AFTER[name], order.step + 1
        if name == "resume":
            order.due_from = max(order.due_from, datetime.now(UTC).date())

    async def unheard(self, older_than_s: float) -> list[str]:
        del older_than_s
        return [order_id for order_id, order in self.kept.items() if order.step > order.heard]

    # ---- as the ledger asks

    def open(self, request: PaymentRequest) -> None:
        """A due date's payment is opened and held, or nothing is."""
        self.tried[request.due_on] += 1
        self.check(request.order_id)
        if self.refuse:
            raise self.refuse.pop(0)
        self.payments[request.order_id, request.due_on] = request.payment_id

    def check(self, order_id: str) -> None:
        """As hold and post do."""
        state = self.kept[order_id].state
        if state is not OrderState.ACTIVE:
            raise StandingOrderPausedError if state is OrderState.PAUSED else StandingOrderEndedError

    def past(self, order_id: str, days: int) -> None:
        """As if it had begun so many days ago, and nobody had been there since."""
        order = self.kept[order_id]
        order.due_from = date.fromordinal(order.due_from.toordinal() - days)
        terms = replace(order.plan.terms, first_on=order.due_from.isoformat())
        order.plans[max(order.version, 1)] = replace(order.plan, terms=terms)
