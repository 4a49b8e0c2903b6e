"""Plays schedules: every customer, tablet, supervisor and operator is a task of its own, and notes what it was told."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from temporalio.client import WorkflowFailureError
from temporalio.service import RPCError, RPCStatusCode

from activities.ports import ProofClaims
from domain import ids
from domain.approvals import METHOD, Said
from domain.elicitation import ElicitationRequest, ElicitationType
from domain.errors import BankError, UnavailableError
from domain.payments import PaymentKind, PaymentRequest
from tests.interleavings.town import thumb_on
from workflows.payment import PaymentWorkflow

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Mapping

    from psycopg import AsyncConnection
    from psycopg.rows import DictRow
    from temporalio.client import WorkflowHandle

    from domain.payments import PaymentResult
    from tests.interleavings.schedule import Step
    from tests.interleavings.town import Customer, Desks

    Act = Callable[["Play", Step, ElicitationRequest], Awaitable[None]]

PATIENCE_S: Final = 120
"""Every door answers or refuses within this; a gateway's own limit is 10 s."""
_LOOK_S: Final = 0.03


@dataclass(frozen=True)
class Told:
    """What somebody was told: `result` of a call, or the code of its refusal."""

    who: str
    what: str
    about: str
    code: str = ""
    result: Any = None


class Board:
    """What is open now, as the database has it; looked up for everybody at once."""

    def __init__(self, watcher: AsyncConnection[DictRow]) -> None:
        self._watcher = watcher
        self.open: dict[str, ElicitationRequest] = {}
        self.seen: dict[str, list[ElicitationRequest]] = defaultdict(list)
        self.ended: set[str] = set()
        self._looked = asyncio.Condition()

    async def watch(self, payments: list[str]) -> None:
        """Until cancelled."""
        while True:
            found = await self._watcher.execute(
                "SELECT payment_id, request FROM elicitations WHERE payment_id = ANY(%s) AND closed_at IS NULL",
                [payments],
            )
            self.open = {row["payment_id"]: _request(row["request"]) for row in await found.fetchall()}
            for payment_id, asked in self.open.items():
                if asked not in self.seen[payment_id]:
                    self.seen[payment_id].append(asked)
            async with self._looked:
                self._looked.notify_all()
            await asyncio.sleep(_LOOK_S)

    async def question(
        self, payment_id: str, kinds: frozenset[ElicitationType], done: Collection[str] = ()
    ) -> ElicitationRequest | None:
        """The open question, once it is of this kind and not done; None where there will be none any more."""
        async with self._looked:
            while payment_id not in self.ended:
                asked = self.open.get(payment_id)
                if asked is not None and asked.elicitation_type in kinds and asked.elicitation_id not in done:
                    return asked
                await self._looked.wait()
        return None

    def end(self, payment_id: str) -> None:
        self.ended.add(payment_id)


def _request(stored: dict[str, Any]) -> ElicitationRequest:
    return ElicitationRequest(
        **stored | {"elicitation_type": ElicitationType(stored["elicitation_type"]), "fields": ()}
    )


SUPERVISED: Final = frozenset({ElicitationType.SUPERVISOR_APPROVAL})
CUSTOMERS: Final = frozenset(ElicitationType) - SUPERVISED
_ANY: Final = frozenset(ElicitationType)


@dataclass
class Play:
    """One schedule, as it is played."""

    customer: Customer
    desks: Desks
    board: Board
    acts: Mapping[str, Act]
    told: list[Told] = field(default_factory=list[Told])
    wrong: list[str] = field(default_factory=list[str])
    last: tuple[str, dict[str, Any], str] | None = None

    @property
    def payment_id(self) -> str:
        return self.customer.payment_id

    @property
    def handle(self) -> WorkflowHandle[PaymentWorkflow, PaymentResult]:
        workflow_id = ids.payment_workflow_id(self.payment_id)
        return self.desks.client.get_workflow_handle_for(PaymentWorkflow.run, workflow_id)

    async def run(self) -> None:
        """Begin, let everybody act, and see it to its end."""
        plays, actors = self.customer.plays, defaultdict[str, list["Step"]](list)
        for step in plays.steps:
            actors[step.who].append(step)
        begun = asyncio.create_task(self._begin())
        tasks = [asyncio.create_task(self._act(steps)) for steps in actors.values()]
        if plays.answers:
            tasks.append(asyncio.create_task(self._answer_all()))
        if plays.approves:
            tasks.append(asyncio.create_task(self._approve_all()))
        try:
            await begun
            async with asyncio.timeout(2 * PATIENCE_S):
                with suppress(WorkflowFailureError):
                    await self.ended()
        except TimeoutError:
            self.wrong.append("the payment has not ended")
        self.board.end(self.payment_id)
        done, waiting = await asyncio.wait(tasks, timeout=PATIENCE_S)
        for task in waiting:
            task.cancel()
            self.wrong.append("somebody is still waiting")
        self.wrong += [repr(error) for task in done if (error := task.exception())]

    async def ended(self) -> PaymentResult:
        """How the workflow ended; whoever waits for it outlives a server that is slow to answer."""
        while True:
            try:
                return await self.handle.result()
            except RPCError as error:
                if error.status is RPCStatusCode.NOT_FOUND:
                    raise
            await asyncio.sleep(0.1)

    async def _begin(self) -> None:
        plays = self.customer.plays
        wish = PaymentRequest(
            self.payment_id, self.customer.user_id, plays.amount, plays.payee, plays.account, session_id="s"
        )
        if plays.own:
            other = "checking" if plays.account == "savings" else "savings"
            wish = replace(wish, payee=other, kind=PaymentKind.OWN)
        while not await self.attempt("customer", "begin", self.payment_id, self.desks.payments.begin(wish)):
            if self.told[-1].code != UnavailableError.code:
                return

    async def _act(self, steps: list[Step]) -> None:
        for step in steps:
            asked = await self._moment(step)
            if asked is None:
                return
            with suppress(UnavailableError):  # the database was away when the code was looked up
                await self.acts[step.what](self, step, asked)

    async def _moment(self, step: Step) -> ElicitationRequest | None:
        """The question that is open when it is time."""
        asked = await self.board.question(self.payment_id, _ANY)
        if asked is not None and step.near:
            ends = datetime.fromisoformat(asked.expires_at) - datetime.now(UTC)
            await asyncio.sleep(max(ends.total_seconds() + step.wait_ms / 1000, 0))
        elif asked is not None:
            await asyncio.sleep(step.wait_ms / 1000)
            asked = self.board.open.get(self.payment_id, asked)
        return asked

    # ---- the diligent

    async def _answer_all(self) -> None:
        done: set[str] = set()
        while (asked := await self.board.question(self.payment_id, CUSTOMERS, done)) is not None:
            await asyncio.sleep(self.customer.plays.think_ms / 1000)
            with suppress(UnavailableError):
                await self.right(asked, "customer", f"d-{asked.elicitation_id}")
                if self.told[-1].code != UnavailableError.code:
                    done.add(asked.elicitation_id)
            await asyncio.sleep(_LOOK_S * 2)

    async def _approve_all(self) -> None:
        done: set[str] = set()
        while (asked := await self.board.question(self.payment_id, SUPERVISED, done)) is not None:
            await asyncio.sleep(self.customer.plays.think_ms / 1000)
            said = Said(approve=True, version=asked.version, note="")
            for who in ("sid", "sue"):
                await self.decide(asked, who, said, f"d-{who}")
                if self.told[-1].code != UnavailableError.code:
                    done.add(asked.elicitation_id)
            await asyncio.sleep(_LOOK_S * 2)

    # ---- what can be done

    async def right(self, asked: ElicitationRequest, who: str, response_id: str) -> None:
        data = await self.factor(asked)
        self.last = (asked.elicitation_id, data, response_id)
        await self.answer(asked.elicitation_id, who, data, response_id)

    async def factor(self, asked: ElicitationRequest) -> dict[str, Any]:
        row = await self.desks.rows.get(asked.elicitation_id)
        if asked.elicitation_type is ElicitationType.OTP:
            return {"otp_code": self.desks.codes.code(row.secret, row.counter)}
        if asked.elicitation_type is ElicitationType.BIOMETRIC:
            return {"assertion": thumb_on(row)}
        return {"confirmed": True}

    async def answer(self, question: str, who: str, data: dict[str, Any], response_id: str) -> None:
        call = self.desks.answers.answer(question, self.customer.user_id, data, response_id)
        await self.attempt(who, "no" if data.get("confirmed") is False else "answer", question, call, response_id)

    async def decide(self, asked: ElicitationRequest, who: str, said: Said, response_id: str) -> None:
        user = self.customer.user_id if who == "maker" else who
        call = self.desks.decisions.decide(asked.elicitation_id, user, said, response_id)
        await self.attempt(who, "approve" if said.approve else "refuse", asked.elicitation_id, call, user)

    def proof(self, asked: ElicitationRequest, user: str, response_id: str, *, supervises: bool = False) -> str:
        """What a door would vouch for."""
        claims = ProofClaims(
            asked.elicitation_id,
            user,
            asked.version,
            asked.transaction_hash,
            METHOD if supervises else asked.elicitation_type.value,
            accepted=True,
            response_id=response_id,
        )
        return self.desks.proofs.mint(claims)

    async def attempt(self, who: str, what: str, about: str, call: Awaitable[Any], by: str = "") -> bool:
        """Note what became of it. What takes too long, or is refused without a name, is wrong."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                result = await call
        except BankError as error:
            self.told.append(Told(who, what, about, error.code))
            if type(error) is BankError:
                self.wrong.append(f"{what} was refused without a code: {error}")
            return False
        except TimeoutError:
            self.wrong.append(f"{what} hangs")
            return False
        self.told.append(Told(who, what, about, "", (result, by)))
        return True
