"""A rail to another bank, and what is known of it, in memory. It does what it is told, once for each telling."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from domain.errors import BankError, UnavailableError
from domain.payments import PaymentState, PaymentStep
from domain.rail import NOT_PAID, PAID, UNHEARD, Creditor, GivenBack, RailOrder, RailReply, RailStatus, rail_key
from tests.fakes.house import HouseLedger

LAKESIDE = Creditor("Lakeside Dental", "021000021", "4471902236")


@dataclass
class HouseRail:
    """`says`: what becomes of the next calls, in order: a status, "lost" (done, unsaid), "deaf" (nothing done, unsaid).

    Where nothing is told it pays.
    """

    says: list[str] = field(default_factory=list[str])
    payments: dict[str, RailReply] = field(default_factory=dict[str, RailReply])
    calls: list[str] = field(default_factory=list[str])

    async def submit(self, order: RailOrder) -> RailReply:
        told = self._told("submit")
        if told == "deaf":
            return UNHEARD
        status = RailStatus.SETTLED if told in {"", "lost"} else RailStatus(told)
        made = RailReply(status, "R1", order.amount_minor, order.currency, order.creditor.account)
        reply = self.payments.setdefault(order.key, made)
        return UNHEARD if told == "lost" else reply

    async def find(self, key: str) -> RailReply | None:
        return UNHEARD if self._told("find") == "deaf" else self.payments.get(key)

    async def bar(self, key: str) -> RailReply:
        if self._told("bar") == "deaf":
            return UNHEARD
        return self.payments.setdefault(key, RailReply(RailStatus.BARRED))

    def _told(self, call: str) -> str:
        self.calls.append(call)
        return self.says.pop(0) if self.says else ""


@dataclass
class HouseRailBooks:
    """Notes by key. `refuses`: why nothing may go out any more."""

    ledger: HouseLedger
    orders: dict[str, RailOrder] = field(default_factory=dict[str, RailOrder])
    tries: int = 3
    refuses: BankError | None = None
    given_back: list[str] = field(default_factory=list[str])

    async def intend(self, step: PaymentStep) -> RailOrder:
        key, plan = rail_key(step.payment_id, step.version), self.ledger.plans[step.payment_id]
        if key in self.orders:
            return self.orders[key]
        if self.refuses is not None:
            raise self.refuses
        self.ledger.sent_out.add(step.payment_id)
        self.orders[key] = RailOrder(key, plan.amount_minor, plan.currency, LAKESIDE, "Maya Lindqvist")
        return replace(self.orders[key], first=True)

    async def may_retry(self, key: str) -> bool:
        order = self.orders[key]
        self.orders[key] = replace(order, tries=order.tries + 1)
        return order.tries < self.tries

    async def note(self, key: str, reply: RailReply) -> RailOrder:
        order = self.orders[key]
        known = {RailStatus.PENDING, *PAID}
        if reply.status in known and reply.amount_minor != order.amount_minor:
            order = replace(order, doubt="rail_mismatch")
        elif reply.status is not None and order.status not in PAID | NOT_PAID:
            order = replace(order, status=reply.status, doubt="")
        if order.status not in PAID | NOT_PAID:
            order = replace(order, looks=order.looks + 1)
            payment_id = key.rpartition("-")[0]
            self.ledger.states[payment_id] = PaymentState.UNKNOWN
            self.ledger.due.setdefault(payment_id, "")
        elif order.status in NOT_PAID:
            self.ledger.sent_out.discard(key.rpartition("-")[0])
        self.orders[key] = order
        return order

    async def give_back(self, key: str) -> GivenBack:
        plan = self.ledger.plans[key.rpartition("-")[0]]
        if self.ledger.states[plan.payment_id] is not PaymentState.COMPLETED:
            raise UnavailableError
        self.given_back.append(key)
        session = self.ledger.sessions[plan.payment_id]
        return GivenBack(plan.payment_id, session, plan.amount, plan.currency, plan.payee_name, plan.payer_account_name)
