"""Payments beside a bare Temporal workflow on the same server: answer → posted, payments a second, history events."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import uuid4

from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from adapters.answer_desk import AnswerDesk
from adapters.codes import HotpCodes
from adapters.postgres.answers import PgAnswers
from adapters.postgres.elicitations import PgElicitations
from adapters.postgres.pool import Pool, open_pool
from adapters.temporal.client import connect
from adapters.temporal.gateways import ElicitationGateway, PaymentGateway
from adapters.tokens import Proofs, Signer
from bench.peer import BareWorkflow, first_step, second_step
from bench.report import percentile, table
from domain import ids
from domain.elicitation import ElicitationRequest
from domain.errors import ElicitationNotFoundError
from domain.payments import PaymentRequest
from runtime.settings import Settings
from workflows.payment import PaymentWorkflow

_ONE_BY_ONE = 60
_TOGETHER = 300
_IN_FLIGHT = 50
_QUEUE = "bench-bare"


@dataclass(frozen=True)
class Till:
    """What a client of the bank needs to make a payment, without the HTTP in between."""

    client: Client
    pool: Pool
    payments: PaymentGateway
    desk: AnswerDesk
    codes: HotpCodes
    elicitations: PgElicitations

    async def begun(self) -> ElicitationRequest:
        """A payment of one cent up to its one-time code."""
        payment_id = ids.uuid7(time.time_ns() // 1_000_000, uuid4())
        begun = await self.payments.begin(PaymentRequest(payment_id, "user_maya", "0.01", "Sarah Chen"))
        if begun.elicitation is None:
            raise AssertionError(begun)
        await self.desk.answer(begun.elicitation.elicitation_id, "user_maya", {"confirmed": True}, uuid4().hex)
        return begun.elicitation

    async def code_for(self, payment_id: str) -> tuple[str, str]:
        """The second question's id and its code, as soon as it is open."""
        elicitation_id = ids.elicitation_id(payment_id, "otp", 1)
        while True:
            try:
                row = await self.elicitations.get(elicitation_id)
            except ElicitationNotFoundError:
                await asyncio.sleep(0.05)  # fifty clients that ask more often would measure themselves
                continue
            return elicitation_id, self.codes.code(row.secret, row.counter)

    async def answered(self, elicitation_id: str, code: str) -> None:
        """Hand the code in."""
        await self.desk.answer(elicitation_id, "user_maya", {"otp_code": code}, uuid4().hex)

    async def paid(self) -> float:
        """A whole payment; returns the seconds from handing in the code to the end of its workflow."""
        question = await self.begun()
        elicitation_id, code = await self.code_for(question.payment_id)
        await asyncio.sleep(0.02)
        started = time.perf_counter()
        await self.answered(elicitation_id, code)
        handle = self.client.get_workflow_handle_for(PaymentWorkflow.run, ids.payment_workflow_id(question.payment_id))
        await handle.result()
        return time.perf_counter() - started


async def till(chosen: Settings) -> Till:
    """Connected to the servers that are running."""
    client = await connect(chosen.temporal_address, chosen.temporal_namespace, chosen.payload_keys_file)
    pool = await open_pool(chosen.database_url, max_size=16)
    elicitations, codes = PgElicitations(pool), HotpCodes(chosen.code_key_file)
    proofs = Proofs(Signer.from_files(chosen.proof_key_file, chosen.jwks_file))
    desk = AnswerDesk(elicitations, codes, proofs, ElicitationGateway(client), PgAnswers(pool))
    return Till(client, pool, PaymentGateway(client, chosen.task_queue), desk, codes, elicitations)


async def bare(client: Client) -> float:
    """One bare workflow; the seconds from its signal to its end."""
    handle = await client.start_workflow(BareWorkflow.run, id=f"bare-{uuid4()}", task_queue=_QUEUE)
    await asyncio.sleep(0.02)
    started = time.perf_counter()
    await handle.signal(BareWorkflow.answer)
    await handle.result()
    return time.perf_counter() - started


async def together(one: Callable[[], Awaitable[float]], count: int) -> float:
    """How many a second, with a bounded number in flight."""
    gate = asyncio.Semaphore(_IN_FLIGHT)

    async def gated() -> None:
        async with gate:
            await one()

    started = time.perf_counter()
    await asyncio.gather(*(gated() for _ in range(count)))
    return count / (time.perf_counter() - started)


async def _events(till_: Till) -> int:
    question = await till_.begun()
    await till_.answered(*await till_.code_for(question.payment_id))
    payment = ids.payment_workflow_id(question.payment_id)
    await till_.client.get_workflow_handle_for(PaymentWorkflow.run, payment).result()
    total = 0
    for workflow_id in (
        payment,
        *(
            ids.elicitation_workflow_id(ids.elicitation_id(question.payment_id, kind, 1))
            for kind in ("confirmation", "otp")
        ),
    ):
        history = await till_.client.get_workflow_handle(workflow_id).fetch_history()
        total += len(history.events)
    return total


async def run(chosen: Settings) -> None:
    """Print the tables."""
    shop = await till(chosen)
    worker = Worker(
        shop.client,
        task_queue=_QUEUE,
        workflows=[BareWorkflow],
        activities=[first_step, second_step],
        workflow_runner=UnsandboxedWorkflowRunner(),
    )
    async with worker:
        for _ in range(5):
            await shop.paid()
            await bare(shop.client)
        ours: list[float] = []
        peers: list[float] = []
        for _ in range(_ONE_BY_ONE):  # in turn, so that a noisy machine is noisy for both
            ours.append(1000 * await shop.paid())
            peers.append(1000 * await bare(shop.client))
        _latency_table(ours, peers)
        bare_rate = await together(lambda: bare(shop.client), _TOGETHER)
        our_rate = await together(shop.paid, _TOGETHER)
        table(
            f"Whole payments a second, {_IN_FLIGHT} in flight, {_TOGETHER} of each",
            ["", "payments", "bare workflow", "ratio", "goal"],
            [["a second", our_rate, bare_rate, f"{our_rate / bare_rate:.2f}", "≥ 0.5"]],
        )
    events = await _events(shop)
    table("History of one payment with OTP, all its workflows", ["", "events", "goal"], [["events", events, "≤ 120"]])
    await shop.pool.close()


def _latency_table(ours: list[float], peers: list[float]) -> None:
    rows = [
        [
            name,
            percentile(ours, share),
            percentile(peers, share),
            f"{percentile(ours, share) / percentile(peers, share):.2f}",
            goal,
        ]
        for name, share, goal in (("p50, ms", 0.5, "≤ 2"), ("p95, ms", 0.95, ""))
    ]
    table("Code handed in → posted and told, one by one", ["", "payment", "bare workflow", "ratio", "goal"], rows)
