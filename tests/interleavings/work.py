"""A worker process with the production's workflows, activities and database, which can be killed at any moment.

Without the sandbox, which would take most of the time and has no part in what is looked for here.
"""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from opentelemetry import trace
from temporalio.contrib.opentelemetry import create_tracer_provider
from temporalio.worker import Worker

from activities.approvals import Approvals
from activities.elicitations import Questions
from activities.payments import Payments
from adapters.codes import HotpCodes
from adapters.postgres.answers import PgAnswers
from adapters.postgres.approvals import PgApprovals
from adapters.postgres.directory import PgDirectory
from adapters.postgres.elicitations import PgElicitations
from adapters.postgres.ledger import PgLedger
from adapters.postgres.pool import Pool, open_pool
from adapters.temporal.client import connect
from adapters.tokens import ProofChecker, PublicKeys
from domain.elicitation import ElicitationType
from domain.policy import Allow, Confirm, CoolingOff, Deny, Payees, Policies, Row, Rule, StepUp, Supervisor, Table
from temporal_worker.run import WORKFLOWS
from tests.fakes.unversioned import Unversioned

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerProcess

    from activities.ports import Delivered, Message
    from domain.accounts import Customer
    from domain.payments import PaymentPlan, PaymentState, Screened

_BOTH: Final = (Confirm(), StepUp(ElicitationType.OTP))
TABLE: Final = Table(
    version="interleavings",
    rows=(
        Row("nobody", 0, 20_00, (Allow(),), "small"),
        Row("a yes", 20_00, 50_00, (Confirm(),), "a yes"),
        Row("a yes and a code", 50_00, 100_00, _BOTH, "everyday"),
        Row("one approval", 100_00, 200_00, (*_BOTH, Supervisor(1)), "large"),
        Row("two approvals", 200_00, 300_00, (*_BOTH, Supervisor(2)), "very large"),
        Row("none", 300_00, None, (Deny(),), "too large"),
    ),
    rules=(Rule("new payee", (CoolingOff(0.3),), "first payment", payee=Payees.NEW),),
)
POLICIES: Final = Policies(TABLE, {})


class Timed(Payments):
    """A payment's id says how long its questions stay open, in ms: `pay-x-300-1500`."""

    def _screened(self, plan: PaymentPlan, state: PaymentState) -> Screened:
        elicitation_ms, approval_ms = (int(part) for part in plan.payment_id.split("-")[-2:])
        seconds = approval_ms / 1000
        return replace(
            super()._screened(plan, state),
            elicitation_s=elicitation_ms / 1000,
            approval_s=seconds,
            escalate_s=seconds / 3,
        )


class Silence:
    """Codes go out and are read nowhere: the test makes them itself."""

    async def send(self, to: Customer, message: Message, key: str) -> Delivered:
        del to, message, key
        return "sms"


@dataclass(frozen=True)
class Place:
    """Where a worker finds everything."""

    temporal: str
    database: str
    keys: Path
    queue: str


def activities(place: Place, pool: Pool) -> list[Any]:
    """All that a payment needs done."""
    directory = PgDirectory(pool)
    payments = Timed(directory, PgLedger(pool), 1.0, POLICIES)
    checker = ProofChecker(PublicKeys.from_jwks(place.keys / "jwks.json", "proof"))
    approvals = Approvals(PgApprovals(pool), checker, POLICIES)
    codes = HotpCodes(place.keys / "codes.json")
    questions = Questions(PgElicitations(pool), codes, Silence(), directory, checker, PgAnswers(pool))
    return [
        *(payments.screen, payments.revise, payments.hold, payments.post, payments.wait, payments.end),
        *(approvals.open, approvals.accept, approvals.escalate, approvals.note_ignored),
        *(questions.open, questions.resend, questions.accept, questions.close, questions.note_ignored),
    ]


async def _poll(place: Place, cached: int) -> None:
    client = await connect(place.temporal, "default", place.keys / "payload.json")
    pool = await open_pool(place.database, 2, 8)
    async with Worker(
        client,
        task_queue=place.queue,
        workflows=WORKFLOWS,
        activities=activities(place, pool),
        workflow_runner=Unversioned(),
        max_cached_workflows=cached,
        sticky_queue_schedule_to_start_timeout=timedelta(seconds=1),
    ):
        await asyncio.Event().wait()


def main(place: Place, cached: int) -> None:
    """Until killed. `cached`: how many workflows it remembers; others it plays again from their histories."""
    logging.getLogger("psycopg").setLevel(logging.CRITICAL)
    logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
    trace.set_tracer_provider(create_tracer_provider())
    asyncio.run(_poll(place, cached))


_FORKS: Final = multiprocessing.get_context("forkserver")


def started(place: Place, cached: int) -> ForkServerProcess:
    """A worker of its own process, forked from one that has imported everything."""
    _FORKS.set_forkserver_preload([__name__])
    process = _FORKS.Process(target=main, args=(place, cached), daemon=True)
    process.start()
    return process
