"""A whole bank in memory behind the activities' ports: two payees, one customer, one phone. Workflows cannot tell."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from activities.ports import Delivered, ElicitationRow, Message
from domain.accounts import Account, Customer, Payee, Posting
from domain.elicitation import ElicitationState, is_final
from domain.errors import (
    ElicitationNotFoundError,
    IdempotencyConflictError,
    PaymentClosedError,
    PaymentNotFoundError,
    PaymentUnsettledError,
    StaleVersionError,
    ToolNotAllowedError,
    TooManyTriesError,
    UnauthenticatedError,
)
from domain.handovers import HandoverOrder, ToolRefused
from domain.outside import OutsideCall
from domain.payments import (
    FINAL_STATES,
    PayerHistory,
    PaymentPlan,
    PaymentRequest,
    PaymentState,
    PaymentWait,
)
from domain.reversals import Original
from domain.schemas import OTP_TRIES
from tests.fakes.house_orders import HouseOrders
from tests.fakes.mandates import HouseMandates

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from activities.ports import ToolCall
    from domain.forms import Value

CODE = "481516"
USER = "user_maya"
CARD = {
    "card_id": "card_1",
    "kind": "debit",
    "last4": "1234",
    "status": "shipped",
    "ordered_on": "2025-11-12",
    "shipped_on": "2025-11-18",
    "expected_on": "",
    "delivered_on": "",
    "carrier": "FedEx",
    "tracking": "7712334471",
}


@dataclass
class HouseDirectory:
    """Who banks here, and with whom they deal. On mobile they have a passkey. `elsewhere`: one payee does not."""

    platform: str = "web"
    elsewhere: bool = False

    async def customer(self, user_id: str) -> Customer:
        if user_id != USER:
            raise UnauthenticatedError
        return Customer(
            USER, "maya", "Maya Lindqvist", "customer", "demo", "cust_7f3a", "web", "+15550100101", "m@example.com"
        )

    async def accounts_of(self, user_id: str) -> list[Account]:
        del user_id
        return [
            Account("acct_checking", "checking", "Checking", "USD", 100_000_00, 100_000_00),
            Account("acct_savings", "savings", "Savings", "USD", 1_000_00, 1_000_00),
            Account("acct_loan", "loan", "Loan", "USD", -500_00, 0),
        ]

    async def payees_of(self, user_id: str) -> list[Payee]:
        del user_id
        here = [Payee("p1", "Sarah Chen", "acct_sarah", "USD"), Payee("p2", "John Doe", "acct_john", "USD")]
        there = [Payee("p3", "Lakeside Dental", "acct_out_lakeside", "USD", outside=True)]
        return [*there, *here] if self.elsewhere else here

    async def postings_of(self, account_id: str, limit: int) -> list[Posting]:
        del account_id, limit
        return []

    async def has_passkey(self, user_id: str) -> bool:
        del user_id
        return self.platform == "mobile"

    async def platform_of(self, user_id: str, session_id: str) -> str:
        del user_id, session_id
        return self.platform


@dataclass
class HouseHandovers:
    """Cases for people, one a session; and what was refused."""

    orders: dict[str, HandoverOrder] = field(default_factory=dict[str, HandoverOrder])
    refused: list[ToolRefused] = field(default_factory=list[ToolRefused])

    async def open(self, order: HandoverOrder) -> str:
        return self.orders.setdefault(order.session_id, order).case_id

    async def note_refused(self, refused: ToolRefused) -> None:
        self.refused.append(refused)


@dataclass
class HouseLedger:
    """Remembers steps by payment, each once. `sent_out`: what a rail may have paid, and is not released."""

    plans: dict[str, PaymentPlan] = field(default_factory=dict[str, PaymentPlan])
    wishes: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    states: dict[str, PaymentState] = field(default_factory=dict[str, PaymentState])
    steps: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    histories: dict[str, PayerHistory] = field(default_factory=dict[str, PayerHistory])
    due: dict[str, str] = field(default_factory=dict[str, str])
    sessions: dict[str, str] = field(default_factory=dict[str, str])
    sent_out: set[str] = field(default_factory=set[str])
    questions: HouseElicitations = field(init=False)
    mandates: HouseMandates = field(default_factory=HouseMandates)
    orders: HouseOrders = field(default_factory=HouseOrders)
    order_of: dict[str, str] = field(default_factory=dict[str, str])

    async def open_payment(self, request: PaymentRequest, plan: PaymentPlan) -> PaymentPlan:
        if request.order_id:
            self.orders.open(request)
            self.order_of[request.payment_id] = request.order_id
            self.orders.states = self.states
        self.wishes[request.payment_id] = request.wish()
        self.sessions[request.payment_id] = request.session_id
        self.states[request.payment_id] = PaymentState.SCREENING
        self.steps[request.payment_id] = []
        return self.plans.setdefault(request.payment_id, plan)

    async def original(self, payment_id: str) -> Original:
        raise PaymentNotFoundError(payment_id)

    async def open_reversal(self, request: PaymentRequest, plan: PaymentPlan) -> PaymentPlan:
        return await self.open_payment(request, plan)

    async def find_payment(self, request: PaymentRequest) -> PaymentPlan | None:
        if self.wishes.get(request.payment_id, request.wish()) != request.wish():
            raise IdempotencyConflictError
        return self.plans.get(request.payment_id)

    async def state_of(self, payment_id: str) -> PaymentState:
        return self.states[payment_id]

    async def held_of(self, payment_id: str) -> tuple[str, int]:
        plan, steps = self.plans[payment_id], self.steps[payment_id]
        return (plan.payer_account, plan.amount_minor) if steps[-1:] == ["hold"] else ("", 0)

    async def revise(self, plan: PaymentPlan) -> PaymentPlan:
        payment_id = plan.payment_id
        if self.states[payment_id] in FINAL_STATES:
            raise PaymentClosedError
        if plan.version == self.plans[payment_id].version + 1:
            if self.steps[payment_id][-1:] == ["hold"]:
                self.steps[payment_id].append("void")
                if self.plans[payment_id].mandate_id:
                    self.mandates.give_back(self.plans[payment_id])
            self.plans[payment_id], self.states[payment_id] = plan, PaymentState.SCREENING
            self.questions.versions[payment_id] = plan.version
            await self.void_questions(payment_id)
        return self.plans[payment_id]

    async def void_questions(self, payment_id: str, error_code: str = StaleVersionError.code) -> None:
        for row in [row for row in self.questions.rows.values() if row.request.payment_id == payment_id]:
            await self.questions.close(row.request.elicitation_id, ElicitationState.CANCELLED, error_code=error_code)

    async def history(self, user_id: str, payee: Payee, payment_id: str) -> PayerHistory:
        del user_id, payment_id
        return self.histories.get(payee.name, PayerHistory())

    async def wait(self, waits: PaymentWait) -> None:
        self.states[waits.payment_id] = waits.state
        self.due[waits.payment_id] = waits.due_at

    async def set_state(self, payment_id: str, state: PaymentState, error_code: str = "") -> None:
        del error_code
        self.states[payment_id] = state

    async def hold(self, payment_id: str, version: int = 1) -> None:
        plan = self.plans[payment_id]
        if plan.mandate_id:
            self.mandates.use(plan)
        self._step(payment_id, "hold", version)

    async def post(self, payment_id: str, version: int = 1) -> None:
        plan = self.plans[payment_id]
        if plan.mandate_id:
            self.mandates.check(plan)
        if payment_id in self.order_of:
            self.orders.check(self.order_of[payment_id])
        self._step(payment_id, "post", version)
        self.states[payment_id] = PaymentState.COMPLETED

    async def void(self, payment_id: str, state: PaymentState, error_code: str = "") -> None:
        if "post" in self.steps[payment_id]:
            raise PaymentClosedError
        if payment_id in self.sent_out:
            raise PaymentUnsettledError
        if self.steps[payment_id][-1:] == ["hold"]:
            self.steps[payment_id].append("void")
            if self.plans[payment_id].mandate_id:
                self.mandates.give_back(self.plans[payment_id])
        if self.states[payment_id] not in FINAL_STATES:
            self.states[payment_id] = state
            await self.void_questions(payment_id, error_code)

    def _step(self, payment_id: str, step: str, version: int) -> None:
        if version != self.plans[payment_id].version:
            raise StaleVersionError
        if self.steps[payment_id][-1:] != [step]:
            self.steps[payment_id].append(step)


@dataclass
class HouseElicitations:
    """Questions at rest; the first outcome stays."""

    rows: dict[str, ElicitationRow] = field(default_factory=dict[str, ElicitationRow])
    versions: dict[str, int] = field(default_factory=dict[str, int])
    forms: dict[tuple[str, str], dict[str, Value]] = field(default_factory=dict[tuple[str, str], dict[str, "Value"]])

    async def open(self, row: ElicitationRow) -> ElicitationRow:
        if row.request.version < self.versions.get(row.request.payment_id, 1):
            raise StaleVersionError
        return self.rows.setdefault(row.request.elicitation_id, row)

    async def get(self, elicitation_id: str) -> ElicitationRow:
        if elicitation_id not in self.rows:
            raise ElicitationNotFoundError
        return self.rows[elicitation_id]

    async def pending_of(self, user_id: str) -> list[ElicitationRow]:
        return [row for row in self.rows.values() if row.user_id == user_id and not is_final(row.state)]

    async def count_try(self, elicitation_id: str) -> int:
        row = self.rows[elicitation_id]
        if row.tries >= OTP_TRIES:
            raise TooManyTriesError
        self.rows[elicitation_id] = replace(row, tries=row.tries + 1)
        return row.tries + 1

    async def give_back_try(self, elicitation_id: str) -> None:
        row = self.rows[elicitation_id]
        self.rows[elicitation_id] = replace(row, tries=row.tries - 1)

    async def next_code(self, elicitation_id: str) -> int:
        row = self.rows[elicitation_id]
        self.rows[elicitation_id] = replace(row, counter=row.counter + 1)
        return row.counter + 1

    async def note_delivery(self, elicitation_id: str, counter: int, way: Delivered) -> None:
        del way
        assert self.rows[elicitation_id].counter == counter

    async def close(
        self, elicitation_id: str, state: ElicitationState, response_id: str = "", error_code: str = ""
    ) -> ElicitationState:
        row = await self.get(elicitation_id)
        if not is_final(row.state):
            row = replace(row, state=state, response_id=response_id, error_code=error_code)
            self.rows[elicitation_id] = row
        return row.state

    async def keep_form(self, elicitation_id: str, response_id: str, filled: dict[str, Value]) -> None:
        self.forms.setdefault((elicitation_id, response_id), filled)

    async def form_of(self, elicitation_id: str, response_id: str) -> dict[str, Value]:
        return self.forms.get((elicitation_id, response_id), {})


class HouseCodes:
    """One code, whatever the secret."""

    def new_secret(self) -> str:
        return "sealed"

    def code(self, sealed: str, counter: int) -> str:
        del sealed, counter
        return CODE

    def verify(self, sealed: str, counter: int, code: str) -> bool:
        return code == self.code(sealed, counter)


@dataclass
class HousePhone:
    """Messages by key."""

    messages: dict[str, str] = field(default_factory=dict[str, str])

    async def send(self, to: Customer, message: Message, key: str) -> Delivered:
        assert to.user_id == USER
        self.messages.setdefault(key, message.text)
        return "sms"


@dataclass
class HouseAttempts:
    """Outcomes by elicitation and response; the first stays."""

    outcomes: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])

    async def outcome_of(self, elicitation_id: str, response_id: str) -> str | None:
        return self.outcomes.get((elicitation_id, response_id))

    async def record(self, row: ElicitationRow, response_id: str, outcome: str) -> None:
        self.outcomes.setdefault((row.request.elicitation_id, response_id), outcome)


@dataclass
class HouseTools:
    """The bank's tools by name."""

    by_name: dict[str, Callable[[ToolCall], Awaitable[dict[str, Any]]]] = field(default_factory=dict[str, Any])
    calls: list[ToolCall] = field(default_factory=list["ToolCall"])

    async def call(self, call: ToolCall) -> dict[str, Any]:
        self.calls.append(call)
        return await self.by_name[call.name](call)


@dataclass
class HouseAnnouncer:
    """Unasked sentences by key."""

    said: dict[str, str] = field(default_factory=dict[str, str])

    async def say(self, session_id: str, user_id: str, key: str, body: dict[str, Any]) -> None:
        del session_id, user_id
        self.said.setdefault(key, body["reply"]["text"])


@dataclass
class HouseSessions:
    """Which sessions have ended."""

    ended: list[str] = field(default_factory=list[str])

    async def end(self, session_id: str) -> None:
        self.ended.append(session_id)


@dataclass
class HouseRooms:
    """A room with its customer and its agents."""

    customer: bool = True
    agents: set[str] = field(default_factory=set[str])
    dispatched: int = 0

    async def customer_present(self, room_name: str, user_id: str) -> bool:
        del room_name, user_id
        return self.customer

    async def agents_in(self, room_name: str) -> set[str]:
        del room_name
        return set(self.agents)

    async def remove(self, room_name: str, agent_id: str) -> None:
        del room_name
        self.agents.discard(agent_id)

    async def dispatch(self, room_name: str, session_id: str, user_id: str, platform: str) -> None:
        del room_name, session_id, user_id, platform
        self.dispatched += 1


@dataclass
class HouseOutside:
    """Somebody else's tools: they say where they were asked, and with which words."""

    asked: list[OutsideCall] = field(default_factory=list["OutsideCall"])

    async def ask(self, call: OutsideCall) -> str:
        self.asked.append(call)
        if call.state != "idle":
            raise ToolNotAllowedError
        return f"Elm Street is near {call.words['place']}."
