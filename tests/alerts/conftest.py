"""Alerts on a real Temporal and a real Postgres: the small bank of tests/bank.py, a worker for alerts alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from temporalio.worker import Worker

from activities.alerts import Alerts
from activities.elicitations import Questions
from adapters.alert_desk import AlertDesk
from adapters.alert_feed import AlertFeed
from adapters.alert_post import AlertPost
from adapters.calendar import RuleCalendar
from adapters.masking import Masker
from adapters.postgres.alerts import PgAlerts
from adapters.postgres.directory import PgDirectory
from adapters.postgres.elicitations import PgElicitations
from adapters.postgres.outbox import PgOutbox
from adapters.temporal.alerts import AlertGateway
from adapters.temporal.client import connect
from adapters.tokens import ProofChecker
from domain.alerts import AlertNow, AlertRequest, AlertState, AlertWish
from domain.errors import SessionNotFoundError
from tests.bank import found_bank
from tests.fakes import house, staff
from tests.fakes.sandbox import sandbox
from tests.fakes.unversioned import Unversioned
from tests.signing import KEYS
from workflows.alert import AlertWorkflow
from workflows.elicitation import ElicitationWorkflow

if TYPE_CHECKING:
    import psycopg
    from temporalio.client import Client

    from activities.ports import Message
    from adapters.postgres.pool import Pool
    from domain.accounts import Customer
    from domain.alerts import AlertNews
    from runtime.local.stack import Stack

__all__ = ["staff"]


@dataclass
class Post:
    """Messages and words by key; `away` answers fail first."""

    messages: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    spoken: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    async def send(self, to: Customer, message: Message, key: str) -> str:
        self.messages.setdefault(key, (to.code_channel, message.text))
        return "sms"

    async def speak(self, session_id: str, news: AlertNews) -> None:
        if session_id == "over":
            raise SessionNotFoundError
        self.spoken.append((session_id, news.text))


@dataclass
class Town:
    """The bank's alerts, and hands to move its money and its clock."""

    client: Client
    queue: str
    pool: Pool
    api_pool: Pool
    owner: psycopg.Connection
    post: Post = field(default_factory=Post)
    clock: datetime | None = None
    events_max: int = 1000

    def __post_init__(self) -> None:
        self.store = PgAlerts(self.pool)
        self.gateway = AlertGateway(self.client, self.queue)
        self.desk = AlertDesk(PgAlerts(self.api_pool), self.gateway, Masker())
        self.feed = AlertFeed(self.pool, self.gateway, lease_s=0.3)
        directory = PgDirectory(self.pool)
        self.delivery = AlertPost(self.pool, directory, self.post, self.post, clock=self.now)

    def now(self) -> datetime:
        return self.clock or datetime.now(UTC)

    def activities(self) -> list[object]:
        directory = PgDirectory(self.pool)
        alerts = Alerts(directory, self.store, RuleCalendar(), 60, self.events_max, self.now)
        elicitations = PgElicitations(self.pool)
        questions = Questions(
            elicitations, house.HouseCodes(), house.HousePhone(), directory, ProofChecker(KEYS), house.HouseAttempts()
        )
        return [
            *(alerts.open, alerts.examine, alerts.save, alerts.next_of, alerts.fire),
            *(questions.open, questions.accept, questions.close, questions.note_ignored),
        ]

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """A worker, while the block runs."""
        async with Worker(
            self.client,
            task_queue=self.queue,
            workflows=[AlertWorkflow, ElicitationWorkflow],
            activities=self.activities(),
            workflow_runner=replace(sandbox(), runner_class=Unversioned),
        ):
            yield

    async def alert(self, **said: str) -> str:
        """One that is active; its id."""
        now = await self.ask(**said)
        assert now.state is AlertState.ACTIVE, now
        return now.alert_id

    async def ask(self, user_id: str = "u1", **said: str) -> AlertNow:
        now, _ = await self.desk.create(AlertRequest(uuid4().hex, user_id, AlertWish(**said)))
        return now

    def book(self, debit: str, credit: str, minor: int) -> None:
        self.owner.execute("SELECT book(%s, %s, %s, %s, 'Test', now())", [uuid4().hex, debit, credit, minor])

    async def carry(self) -> int:
        """Number what was written, and take it to the alerts."""
        await PgOutbox(self.pool).sequence()
        carried = 0
        while count := await self.feed.carry():
            carried += count
        return carried

    def firings(self, alert_id: str) -> list[str]:
        rows = self.owner.execute("SELECT said FROM alert_firings WHERE alert_id = %s ORDER BY firing_id", [alert_id])
        return [said for (said,) in rows.fetchall()]


@pytest.fixture
async def temporal(stack: Stack) -> Client:
    stack.start(["temporal"])
    return await connect(stack.env["COUNTERSIGN_TEMPORAL_ADDRESS"], "default", stack.site.layout.keys / "payload.json")


@pytest.fixture
async def town(
    request: pytest.FixtureRequest, temporal: Client, pool: Pool, api_pool: Pool, owner: psycopg.Connection
) -> AsyncIterator[Town]:
    found_bank(owner)
    there = Town(temporal, f"alerts-{uuid4().hex}", pool, api_pool, owner, events_max=getattr(request, "param", 1000))
    async with there.working():
        yield there
