"""The api over real Postgres and Temporal, with a worker whose payments ask for a passkey, as a mobile plan would."""

from __future__ import annotations

import asyncio
import gc
import threading
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, LiteralString, TypeVar
from uuid import uuid4

import httpx
import psycopg
import pytest
from opentelemetry import trace
from temporalio.contrib.opentelemetry import create_tracer_provider
from temporalio.worker import Worker

from activities.elicitations import Questions
from activities.payments import Payments
from activities.ports import ElicitationRow
from adapters.codes import HotpCodes
from adapters.postgres.answers import PgAnswers
from adapters.postgres.directory import PgDirectory
from adapters.postgres.elicitations import PgElicitations
from adapters.postgres.ledger import PgLedger
from adapters.postgres.pool import open_pool
from adapters.temporal.client import connect
from adapters.temporal.gateways import PaymentGateway
from adapters.tokens import ProofChecker, PublicKeys
from api.app import application
from api.compose import services
from domain.elicitation import (
    ElicitationOrder,
    ElicitationOutcome,
    ElicitationRequest,
    ElicitationState,
    ElicitationType,
)
from domain.factors import countersigns_for
from domain.ids import elicitation_workflow_id
from domain.payments import PaymentPlan, PaymentRequest
from runtime.demo_data import load
from runtime.settings import Settings
from tests.conftest import EMPTY
from tests.fakes.authenticator import Authenticator, Behaviour
from tests.fakes.house import HousePhone
from tests.fakes.sandbox import sandbox
from tests.fakes.unversioned import Unversioned
from tests.serving import serving
from workflows.elicitation import ElicitationWorkflow
from workflows.payment import PaymentWorkflow

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine, Iterator

    from temporalio.client import WorkflowHandle

    from domain.forms import FormField
    from runtime.local.stack import Stack
    from tests.conftest import Database

T = TypeVar("T")
PASSWORD = "correct horse"
ORIGINS = ("http://localhost:8000", "https://bank.localhost")

if isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider):
    trace.set_tracer_provider(create_tracer_provider())


class MobileLedger(PgLedger):
    """The real ledger under a policy that asks for a passkey first; `version` is what corrections will count up."""

    version = 1

    async def open_payment(self, request: PaymentRequest, plan: PaymentPlan) -> PaymentPlan:
        asked = countersigns_for("mobile", (ElicitationType.CONFIRMATION,), has_passkey=True)[:1]
        return await super().open_payment(request, replace(plan, countersigns=asked, version=self.version))


@dataclass
class Bank:
    """What the tests act on: the api's address, its database, and payments that wait for a passkey."""

    url: str
    database: Database
    gateway: PaymentGateway
    loop: asyncio.AbstractEventLoop
    opened: list[httpx.Client] = field(default_factory=list[httpx.Client])
    tokens: dict[str, str] = field(default_factory=dict[str, str])

    def client(self, user: str = "") -> httpx.Client:
        """Signed in with the password; nobody without a name."""
        client = httpx.Client(base_url=self.url, timeout=60)
        self.opened.append(client)
        if user and user not in self.tokens:
            login = client.post("/api/login", json={"username": user, "password": PASSWORD})
            self.tokens[user] = login.json()["access_token"]
        if user:
            client.headers["Authorization"] = f"Bearer {self.tokens[user]}"
        return client

    def pay(self, user_id: str = "user_omar") -> str:
        """A payment of 25.00; the id of the elicitation that now waits for a passkey."""
        request = PaymentRequest(str(uuid4()), user_id, "25.00", "Sarah Chen", "checking")
        begun = self.do(self.gateway.begin(request))
        assert begun.elicitation is not None
        assert begun.elicitation.elicitation_type is ElicitationType.BIOMETRIC
        return begun.elicitation.elicitation_id

    def fill_in(self, elicitation_id: str, fields: tuple[FormField, ...]) -> WorkflowHandle[Any, ElicitationOutcome]:
        """A form that omar is asked to fill in, and the workflow that waits for it."""
        now = datetime.now(UTC)
        request = ElicitationRequest(
            elicitation_id=elicitation_id,
            tool_call_id=elicitation_id,
            elicitation_type=ElicitationType.FORM,
            payment_id="",
            version=1,
            transaction_hash="0" * 64,
            amount="0",
            currency="USD",
            payee="",
            account="",
            created_at=now.isoformat(),
            expires_at=(now + timedelta(seconds=60)).isoformat(),
            timeout_seconds=60,
            fields=fields,
        )
        order = ElicitationOrder(request, "user_omar", "s1", 60)
        return self.do(self._ask(order))

    async def _ask(self, order: ElicitationOrder) -> WorkflowHandle[Any, ElicitationOutcome]:
        pool = await open_pool(self.database.worker_url, 1, 1)
        row = ElicitationRow(order.request, order.user_id, order.session_id, ElicitationState.PENDING, 0)
        stored = await PgElicitations(pool).open(row)
        assert stored.request == order.request
        await pool.close()
        name = elicitation_workflow_id(order.request.elicitation_id)
        queue = self.gateway.task_queue
        return await self.gateway.client.start_workflow(ElicitationWorkflow.run, order, id=name, task_queue=queue)

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """In the worker's loop."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(60)

    def row(self, statement: LiteralString, *values: object) -> tuple[Any, ...] | None:
        """As the owner: what really stands there."""
        with psycopg.connect(self.database.owner_url, autocommit=True) as owner:
            found = owner.execute(statement, values)
            return found.fetchone() if found.description else None

    def balance(self, account: str = "acct_omar_checking") -> int:
        found = self.row("SELECT balance_minor FROM accounts WHERE account_id = %s", account)
        assert found is not None
        return int(found[0])

    def audited(self, subject: str, action: str) -> list[Any]:
        found = self.row(
            "SELECT array_agg(detail ORDER BY audit_id) FROM audit WHERE subject_id = %s AND action = %s",
            subject,
            action,
        )
        return list(found[0] or []) if found else []

    def state(self, elicitation_id: str) -> str:
        found = self.row("SELECT state FROM elicitations WHERE elicitation_id = %s", elicitation_id)
        return str(found[0]) if found else ""

    def enrolled(self, client: httpx.Client, algorithm: str = "ES256", **behaviour: object) -> Authenticator:
        """A passkey of this client's user."""
        device = Authenticator(algorithm, Behaviour(**behaviour))
        answer = client.post("/api/passkeys", json={"credential": device.create(creation(client)), "name": "Phone"})
        assert answer.status_code == 201, answer.text
        return device


def creation(client: httpx.Client) -> dict[str, Any]:
    return client.post("/api/passkeys/options", json={"password": PASSWORD}).json()["publicKey"]


def asking(client: httpx.Client, elicitation_id: str) -> dict[str, Any]:
    return client.get(f"/api/elicitations/{elicitation_id}/passkey-options").json()["publicKey"]


def answered(client: httpx.Client, elicitation_id: str, assertion: object, response_id: str = "") -> httpx.Response:
    body = {"data": {"assertion": assertion}, "response_id": response_id or uuid4().hex}
    return client.post(f"/api/elicitations/{elicitation_id}/answer", json=body)


@pytest.fixture(scope="module")
def chosen(stack: Stack, migrated: Database) -> Settings:
    stack.start(["temporal"])
    with psycopg.connect(migrated.owner_url) as connection:
        connection.execute(EMPTY)
    keys = stack.site.layout.keys
    return Settings(
        environment="test",
        database_url=migrated.api_url,
        migrations_url=migrated.owner_url,
        temporal_address=stack.env["COUNTERSIGN_TEMPORAL_ADDRESS"],
        redis_url="redis://127.0.0.1:1/0",
        login_pair_tries=100_000,  # many a passkey here is a wrong one
        login_address_tries=100_000,
        task_queue=f"bank-{uuid4().hex}",
        passkey_origins=ORIGINS,
        livekit_key_file=keys / "livekit.yaml",
        access_key_file=keys / "access.pem",
        service_key_file=keys / "service.pem",
        proof_key_file=keys / "proof.pem",
        jwks_file=keys / "jwks.json",
        payload_keys_file=keys / "payload.json",
        code_key_file=keys / "codes.json",
        sms_auth_file=keys / "sms_auth",
        demo_password=PASSWORD,
    )


@asynccontextmanager
async def staffed(chosen: Settings, database: Database) -> AsyncIterator[PaymentGateway]:
    """A worker over the real Postgres while the block runs."""
    client = await connect(chosen.temporal_address, "default", chosen.payload_keys_file)
    pool = await open_pool(database.worker_url, 1, 4)
    directory = PgDirectory(pool)
    payments = Payments(directory, MobileLedger(pool), 60)
    checker = ProofChecker(PublicKeys.from_jwks(chosen.jwks_file, "proof"))
    codes = HotpCodes(chosen.code_key_file)
    questions = Questions(PgElicitations(pool), codes, HousePhone(), directory, checker, PgAnswers(pool))
    activities = [payments.screen, payments.hold, payments.post, payments.end]
    activities += [questions.open, questions.resend, questions.accept, questions.close, questions.note_ignored]
    workflows = [PaymentWorkflow, ElicitationWorkflow]
    worker = Worker(
        client,
        task_queue=chosen.task_queue,
        workflows=workflows,
        activities=activities,
        workflow_runner=replace(sandbox(), runner_class=Unversioned),
    )
    async with worker:
        yield PaymentGateway(client, chosen.task_queue)
    await pool.close()
    gc.collect()  # workflows that were still open end here


@pytest.fixture
def bank(opened: Bank) -> Bank:
    """The bank, in which nobody has a passkey yet."""
    opened.row("UPDATE passkeys SET revoked_at = now() WHERE revoked_at IS NULL")
    return opened


@pytest.fixture(scope="module")
def opened(chosen: Settings, migrated: Database) -> Iterator[Bank]:
    load(chosen)
    with serving(application(chosen, services(chosen))) as url, _working(chosen, migrated) as (gateway, loop):
        bank = Bank(url, migrated, gateway, loop)
        yield bank
        for client in bank.opened:
            client.close()


class _working:  # noqa: N801 - read as a phrase
    """The worker in a thread of its own, so that tests speak plain HTTP."""

    def __init__(self, chosen: Settings, database: Database) -> None:
        self._chosen, self._database = chosen, database
        self._ready = threading.Event()
        self._gateway: PaymentGateway | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))

    async def _run(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        async with staffed(self._chosen, self._database) as self._gateway:
            self._ready.set()
            await self._stop.wait()

    def __enter__(self) -> tuple[PaymentGateway, asyncio.AbstractEventLoop]:
        self._thread.start()
        assert self._ready.wait(60)
        assert self._gateway is not None
        return self._gateway, self._loop

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
