"""A worker with the production's workflows and codec, in the sandbox, over the bank in memory, and what drives it."""

from __future__ import annotations

import asyncio
import gc
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import time
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import uuid4

from opentelemetry import trace
from temporalio.contrib.opentelemetry import create_tracer_provider
from temporalio.worker import Worker, WorkerDeploymentConfig

from activities.alerts import Alerts
from activities.approvals import Approvals
from activities.conversation import Desk, Timings
from activities.elicitations import Questions
from activities.handovers import Handovers
from activities.mandates import Mandates
from activities.outside import Outside
from activities.payments import Payments
from activities.ports import ProofClaims
from activities.presence import Watchdog
from activities.rail import Rails
from activities.standing_orders import OrderTimes, StandingOrders
from activities.verifications import Verifications
from adapters.alert_desk import AlertDesk
from adapters.answer_desk import AnswerDesk
from adapters.calendar import RuleCalendar
from adapters.mandate_desk import MandateDesk
from adapters.masking import Masker
from adapters.standing_order_desk import StandingOrderDesk
from adapters.temporal.alerts import AlertGateway
from adapters.temporal.gateways import ApprovalGateway, ConversationGateway, ElicitationGateway, PaymentGateway
from adapters.temporal.mandates import MandateGateway
from adapters.temporal.standing_orders import StandingOrderGateway
from adapters.temporal.verifications import VerificationGateway
from adapters.tokens import ProofChecker, Proofs
from adapters.verification_desk import VerificationDesk
from domain.alerts import AlertRequest, AlertWish
from domain.approvals import METHOD, ProvenDecision
from domain.conversation import ConversationStart, Join, Reply, Turn
from domain.elicitation import ElicitationRequest, ElicitationStatus
from domain.errors import BankError, UnavailableError
from domain.mandates import MandateRequest
from domain.payments import Correction, PaymentKind, PaymentRequest
from domain.policy import USUAL, Policies
from domain.standing_orders import OrderRequest, OrderWish
from domain.understanding import Intent
from domain.verification import CARDS, VerificationRequest
from temporal_worker.run import WORKFLOWS
from tests.fakes import house
from tests.fakes.alerts import HouseAlerts
from tests.fakes.approvals import HouseApprovals, HouseOutcomes
from tests.fakes.house_orders import HouseOrders
from tests.fakes.mandates import HouseMandates
from tests.fakes.rail import HouseRail, HouseRailBooks
from tests.fakes.sandbox import sandbox
from tests.fakes.unversioned import Unversioned
from tests.fakes.verifications import HouseVerifications
from tests.signing import KEYS, SIGNER

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

    from temporalio.client import Client
    from temporalio.common import WorkerDeploymentVersion

    from activities.ports import ToolCall

QUICK = Timings(turn_wait_s=3, presence_heartbeat_s=1, idle_s=3600, turns_kept=20, events_max=4000)
CACHED = 1000
Taken = TypeVar("Taken")


# as in every process of ours: the client's plug-in accepts no other kind
if isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider):
    trace.set_tracer_provider(create_tracer_provider())


async def until(true: Callable[[], bool], patience_s: float = 60) -> None:
    """Look until it is so. Raises TimeoutError."""
    async with asyncio.timeout(patience_s):
        while not true():  # noqa: ASYNC110 - of a fake that tells nobody
            await asyncio.sleep(0.02)


ORDER_TIMES = OrderTimes(at=time(), tries=3, retry_s=0.2)


async def insist(ask: Callable[[], Awaitable[Taken]], patience_s: float = 120) -> Taken:
    """As every client does while the bank cannot be reached: again, under the same id. Raises TimeoutError."""
    async with asyncio.timeout(patience_s):
        while True:
            try:
                return await ask()
            except UnavailableError:
                await asyncio.sleep(0.1)


class _Patient:
    def __init__(self, gateway: object) -> None:
        self._gateway = gateway

    def __getattr__(self, name: str) -> Callable[..., Awaitable[object]]:
        method = getattr(self._gateway, name)
        return lambda *given, **named: insist(lambda: method(*given, **named))


def patient(gateway: Taken) -> Taken:
    """A gateway to a Temporal that may be slow today: what got no answer is sent again, as every client does."""
    return cast("Taken", _Patient(gateway))


@dataclass
class House:
    """The bank, its gateways, and one conversation at a time to talk in."""

    client: Client
    queue: str
    directory: house.HouseDirectory = field(default_factory=house.HouseDirectory)
    ledger: house.HouseLedger = field(default_factory=house.HouseLedger)
    elicitations: house.HouseElicitations = field(default_factory=house.HouseElicitations)
    phone: house.HousePhone = field(default_factory=house.HousePhone)
    attempts: house.HouseAttempts = field(default_factory=house.HouseAttempts)
    announcer: house.HouseAnnouncer = field(default_factory=house.HouseAnnouncer)
    sessions: house.HouseSessions = field(default_factory=house.HouseSessions)
    rooms: house.HouseRooms = field(default_factory=house.HouseRooms)
    tools: house.HouseTools = field(default_factory=house.HouseTools)
    handovers: house.HouseHandovers = field(default_factory=house.HouseHandovers)
    mandates: HouseMandates = field(default_factory=HouseMandates)
    verifications: HouseVerifications = field(init=False)
    alerts: HouseAlerts = field(default_factory=HouseAlerts)
    rail: HouseRail = field(default_factory=HouseRail)
    rail_again_s: float = 0.05
    alert_events_max: int = 1000
    mandate_events_max: int = 0
    orders: HouseOrders = field(default_factory=HouseOrders)
    order_times: OrderTimes = ORDER_TIMES
    policies: Policies = USUAL
    approval_s: float = 60
    escalate_s: float = 30
    session_id: str = field(default_factory=lambda: f"text_{uuid4().hex}")

    def __post_init__(self) -> None:
        self.ledger.questions = self.elicitations
        self.approvals = HouseApprovals(self.ledger, self.elicitations)
        self.outcomes = HouseOutcomes(self.ledger)
        self.supervisors = patient(ApprovalGateway(self.client))
        self.conversations = patient(ConversationGateway(self.client, self.queue))
        self.payments = patient(PaymentGateway(self.client, self.queue))
        self.questions = patient(ElicitationGateway(self.client))
        self.proofs = Proofs(SIGNER)
        self.desk = AnswerDesk(self.elicitations, house.HouseCodes(), self.proofs, self.questions, self.attempts)
        self.ledger.mandates = self.mandates
        self.rail_books = HouseRailBooks(self.ledger)
        self.ledger.orders = self.orders
        self.order_desk = StandingOrderDesk(self.orders, patient(StandingOrderGateway(self.client, self.queue)))
        self.mandate_desk = MandateDesk(self.mandates, patient(MandateGateway(self.client, self.queue)))
        self.outside = house.HouseOutside()
        self.alert_gateway = patient(AlertGateway(self.client, self.queue))
        self.alert_desk = AlertDesk(self.alerts, self.alert_gateway, Masker())
        self.verifications = HouseVerifications(self.elicitations)
        self.verification_desk = VerificationDesk(
            self.verifications, patient(VerificationGateway(self.client, self.queue))
        )
        self.tools.by_name = {
            "alerts": self._alerts,
            "standing_orders": self._orders,
            "cards": self._cards,
            "mandate_create": self._mandate,
            "mandates": self._mandates,
            "mandate_revoke": self._revoke,
            "payment": self._payment,
            "transfer": self._payment,
            "payment_resume": self._resume,
            "elicitation_cancel": self._withdraw,
            "payment_cancel": self._call_back,
            "payment_correct": self._correct,
            "balance": self._balance,
        }

    async def open(self) -> Reply:
        """Begin the conversation; its greeting."""
        await self.conversations.open(ConversationStart(self.session_id, house.USER, "text"))
        return (await self.conversations.join(self.session_id, Join(f"join-{self.session_id}", "text"))).reply

    async def say(self, intent: Intent, turn_id: str = "", text: str = "", **slots: str) -> Reply:
        """One understood turn."""
        return await self.conversations.turn(
            self.session_id, Turn(turn_id or uuid4().hex, text or f"({intent.value})", intent, slots)
        )

    async def pay(self, amount: str = "25.00", payee: str = "Sarah Chen") -> Reply:
        """Ask for a payment."""
        return await self.say(Intent.PAY, amount=amount, payee=payee)

    async def decide(
        self, approval_id: str, supervisor: str, *, approve: bool = True, note: str = "", response_id: str = "r1"
    ) -> ElicitationStatus:
        """A decision as the api vouches for it, on what waits now or in a moment."""
        await until(lambda: approval_id in self.approvals.rows)
        return await self.supervisors.decide(
            approval_id, self.decision(approval_id, supervisor, approve=approve, note=note, response_id=response_id)
        )

    def decision(
        self, approval_id: str, supervisor: str, *, approve: bool = True, note: str = "", response_id: str = "r1"
    ) -> ProvenDecision:
        """The proof of a decision on what waits now."""
        waits = self.approvals.rows[approval_id]
        claims = ProofClaims(
            approval_id, supervisor, waits.version, waits.transaction_hash, METHOD, approve, response_id
        )
        return ProvenDecision(self.proofs.mint(claims), response_id, note)

    def proof_of(self, request: ElicitationRequest, response_id: str) -> str:
        """What the api would vouch for."""
        claims = ProofClaims(
            request.elicitation_id,
            house.USER,
            request.version,
            request.transaction_hash,
            request.elicitation_type.value,
            accepted=True,
            response_id=response_id,
        )
        return self.proofs.mint(claims)

    async def give(self, elicitation_id: str, code: str = house.CODE, turn_id: str = "") -> Reply:
        """Hand a code in at the door, and tell the conversation what became of it."""
        turn_id, error = turn_id or uuid4().hex, None
        try:
            await self.desk.answer(elicitation_id, house.USER, {"otp_code": code}, turn_id)
        except BankError as refused:
            error = refused
        turn = Turn(
            turn_id,
            "******",
            Intent.CODE,
            heard_code=True,
            elicitation_id=elicitation_id,
            answer_error=error.code if error else "",
            answer_sentence=error.sentence if error else "",
        )
        return await self.conversations.turn(self.session_id, turn)

    def activities(self, timings: Timings, elicitation_s: float) -> list[Any]:
        """All of the worker's."""
        directory = self.directory
        payments = Payments(directory, self.ledger, elicitation_s, self.policies, self.approval_s, self.escalate_s)
        payments = replace(payments, mandates=self.mandates)
        mandates = Mandates(directory, self.mandates, elicitation_s, self.policies, self.mandate_events_max)
        verifications = Verifications(directory, self.verifications, elicitation_s, 900)
        checker = ProofChecker(KEYS)
        approvals = Approvals(self.approvals, checker, self.policies)
        questions = Questions(self.elicitations, house.HouseCodes(), self.phone, directory, checker, self.attempts)
        alerts = Alerts(directory, self.alerts, RuleCalendar(), elicitation_s, self.alert_events_max)
        orders = StandingOrders(
            directory,
            self.orders,
            self.alerts,
            RuleCalendar(),
            replace(self.order_times, elicitation_s=elicitation_s),
            self.policies,
        )
        desk = Desk(self.tools, directory, self.announcer, self.sessions, self.elicitations, self.outcomes, timings)
        handovers = Handovers(self.handovers)
        rails = Rails(self.rail, self.rail_books, self.rail_again_s, most_s=self.rail_again_s)
        return [
            *(rails.pay, rails.give_back),
            *(payments.screen, payments.revise, payments.hold, payments.post, payments.wait, payments.end),
            *(mandates.screen, mandates.activate, mandates.end),
            *(verifications.screen, verifications.verify, verifications.end),
            *(approvals.open, approvals.accept, approvals.escalate, approvals.note_ignored),
            *(questions.open, questions.resend, questions.accept, questions.close, questions.note_ignored),
            *(alerts.open, alerts.examine, alerts.save, alerts.next_of, alerts.fire, desk.mark_alerts_told),
            *(desk.introduce, desk.find_open_question, desk.call_tool, desk.announce, desk.mark_told, desk.end_session),
            *(orders.screen, orders.sign, orders.drop, orders.look, orders.settle, orders.cancel, orders.finish),
            *(handovers.open, handovers.note_refused),
            Watchdog(self.rooms).bring_agent,
            Outside(self.outside).ask,
        ]

    async def _payment(self, call: ToolCall) -> dict[str, Any]:
        given = call.arguments
        request = PaymentRequest(
            payment_id=given["payment_id"],
            user_id=call.user_id,
            amount=given["amount"],
            payee=given["to_account"],
            account=given["from_account"],
            session_id=call.session_id,
            kind=PaymentKind.OWN if call.name == "transfer" else PaymentKind.PAYEE,
        )
        begun = await self.payments.begin(request)
        asked = begun.elicitation.to_json() if begun.elicitation else None
        return {"payment_id": begun.payment_id, "status": begun.state, "elicitation": asked}

    async def _resume(self, call: ToolCall) -> dict[str, Any]:
        question, said = call.arguments["elicitation_id"], call.arguments["user_input"]
        response_id = f"{question}-{'yes' if said['confirmed'] else 'no'}"
        return (await self.desk.answer(question, call.user_id, said, response_id)).to_json()

    async def _withdraw(self, call: ToolCall) -> dict[str, Any]:
        return (await self.questions.cancel(call.arguments["elicitation_id"], call.user_id)).to_json()

    async def _call_back(self, call: ToolCall) -> dict[str, Any]:
        payment_id = call.arguments["payment_id"]
        return {"payment_id": payment_id, "status": await self.payments.cancel(payment_id, call.user_id)}

    async def _correct(self, call: ToolCall) -> dict[str, Any]:
        given = call.arguments
        changed = Correction(given.get("amount", ""), given.get("to_account", ""), given.get("from_account", ""))
        begun = await self.payments.correct(given["payment_id"], changed, given["correction_id"])
        return {"payment_id": begun.payment_id, "status": begun.state}

    async def _mandate(self, call: ToolCall) -> dict[str, Any]:
        given = call.arguments
        request = MandateRequest(
            mandate_id=given["mandate_id"],
            user_id=call.user_id,
            payees=tuple(given["payees"]),
            budget=given["budget"],
            period=given["period"],
            account=given["account"],
            session_id=call.session_id,
        )
        begun = await self.mandate_desk.create(request)
        asked = begun.elicitation.to_json() if begun.elicitation else None
        return {"mandate_id": begun.mandate_id, "status": begun.state, "elicitation": asked}

    async def _mandates(self, call: ToolCall) -> dict[str, Any]:
        return {"mandates": [each.to_json() for each in await self.mandate_desk.of(call.user_id)]}

    async def _revoke(self, call: ToolCall) -> dict[str, Any]:
        return (await self.mandate_desk.revoke(call.arguments["mandate_id"], call.user_id)).to_json()

    async def _orders(self, call: ToolCall) -> dict[str, Any]:
        given, action, user = call.arguments, call.arguments["action"], call.user_id
        if action == "list":
            return {"standing_orders": [each.to_json() for each in await self.order_desk.of(user)]}
        if action in {"pause", "resume", "cancel"}:
            return {"standing_orders": [(await self.order_desk.step(given["order_id"], user, action)).to_json()]}
        names = ("payee", "amount", "account", "date", "every", "ends_on")
        wish = OrderWish(**{name: given[name] for name in names if name in given})
        request = OrderRequest(given["order_id"], user, wish, given.get("request_id", ""), call.session_id)
        begun = await (self.order_desk.create(request) if action == "create" else self.order_desk.change(request))
        asked = begun.elicitation.to_json() if begun.elicitation else None
        return {"order_id": begun.order_id, "status": begun.state, "elicitation": asked}

    async def _cards(self, call: ToolCall) -> dict[str, Any]:
        if await self.verification_desk.is_verified(call.user_id, call.session_id, CARDS):
            return {"cards": [house.CARD]}
        if not call.arguments["begin"]:
            return {"status": "UNVERIFIED"}
        wish = VerificationRequest(call.arguments["verification_id"], call.user_id, call.session_id)
        begun = await self.verification_desk.begin(wish)
        asked = {"elicitation": begun.elicitation.to_json()} if begun.elicitation else {}
        return {"verification_id": begun.verification_id, "status": begun.state} | asked

    async def _alerts(self, call: ToolCall) -> dict[str, Any]:
        given, action, user = call.arguments, call.arguments["action"], call.user_id
        if action == "list":
            return {"alerts": [each.to_json() for each in await self.alert_desk.of(user)]}
        if action == "create":
            request = AlertRequest(given["alert_id"], user, AlertWish.of(given), call.session_id)
            shown = (await self.alert_desk.create(request))[1]
        elif action == "change":
            wish = AlertWish.of(given)
            shown = (await self.alert_desk.change(given["alert_id"], user, wish, given["request_id"]))[1]
        else:
            shown = await self.alert_desk.step(given["alert_id"], user, action, given["request_id"])
        return {"alerts": [shown.to_json()], "alert_id": shown.alert_id, "status": shown.state.value}

    async def _balance(self, call: ToolCall) -> dict[str, Any]:
        del call
        row = {"name": "Checking", "kind": "checking", "currency": "USD", "balance_minor": 5, "available_minor": 5}
        return {"accounts": [row]}


@asynccontextmanager
async def staffed(
    client: Client, *, timings: Timings = QUICK, elicitation_s: float = 60, cached: int = CACHED, **given: object
) -> AsyncIterator[House]:
    """A bank that is open while the block runs."""
    bank = House(client, f"bank-{uuid4().hex}", **given)
    async with working(bank, timings=timings, elicitation_s=elicitation_s, cached=cached):
        yield bank


@asynccontextmanager
async def working(  # noqa: PLR0913 - what a worker is made with
    bank: House,
    *,
    timings: Timings = QUICK,
    elicitation_s: float = 60,
    cached: int = CACHED,
    workflows: Sequence[type] = WORKFLOWS,
    release: WorkerDeploymentVersion | None = None,
) -> AsyncIterator[None]:
    """A worker for this bank while the block runs. One that caches no workflow replays it at every task."""
    versioned = WorkerDeploymentConfig(release, use_worker_versioning=True) if release else None
    worker = Worker(
        bank.client,
        task_queue=bank.queue,
        workflows=workflows,
        activities=bank.activities(timings, elicitation_s),
        workflow_runner=sandbox() if release else replace(sandbox(), runner_class=Unversioned),
        max_cached_workflows=cached,
        deployment_config=versioned,
    )
    async with worker:
        yield
    gc.collect()  # workflows that were still open end here, and not in the middle of somebody's import
