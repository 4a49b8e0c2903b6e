"""Real servers for the tests: one set a session, started when first asked for; an empty database for each test."""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx
import psycopg
import pytest
from hypothesis import HealthCheck, settings
from psycopg.conninfo import make_conninfo

from adapters.postgres.pool import Pool, open_pool
from runtime.local.catalogue import names_of
from runtime.local.stack import Stack
from runtime.migrate import LOGINS, migrate, passwords_in

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator


# a slow machine is no failure, and a run that was green is green again; long forms draw their own seeds
settings.register_profile("house", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

# workflows that are closed in another context than they were begun in, at the latest when the interpreter ends
logging.getLogger("opentelemetry.context").setLevel(logging.CRITICAL)


def pytest_unconfigure() -> None:
    """Keep pytest's own line the last: who sent a message and was killed has left a future that nobody asks for."""
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)


# `replica`: the guards refuse to forget
EMPTY = b"""
    SET LOCAL session_replication_role = replica;
    DELETE FROM passkeys; DELETE FROM passkey_challenges; DELETE FROM form_answers;
    DELETE FROM verifications;
    DELETE FROM mandate_uses; DELETE FROM mandates;
    DELETE FROM alert_firings; DELETE FROM alert_messages; DELETE FROM alert_choices; DELETE FROM alerts;
    UPDATE alert_feed SET seq = 0, leased_until = '-infinity';
    DELETE FROM standing_order_runs; DELETE FROM standing_order_terms; DELETE FROM standing_orders;
    DELETE FROM approvals; DELETE FROM delegations; DELETE FROM supervisors;
    DELETE FROM outbox; DELETE FROM audit; DELETE FROM answers; DELETE FROM notifications; DELETE FROM elicitations;
    DELETE FROM notices; DELETE FROM recovery_codes;
    DELETE FROM oauth_codes; DELETE FROM oauth_grants;
    DELETE FROM refresh_tokens; DELETE FROM sign_ins; DELETE FROM totp_factors;
    DELETE FROM entries; DELETE FROM transfers; DELETE FROM holds; DELETE FROM payments; DELETE FROM sessions;
    DELETE FROM account_parts;
    DELETE FROM card_deliveries; DELETE FROM cards; DELETE FROM scheduled_payments; DELETE FROM credit_terms;
    DELETE FROM removed_payees;
    DELETE FROM rail_payments; DELETE FROM rail_events; DELETE FROM creditors;
    DELETE FROM loans; DELETE FROM payees; DELETE FROM accounts; DELETE FROM users; DELETE FROM idempotency_keys;
"""


@dataclass(frozen=True)
class Database:
    """The tests' database, as its owner and as each process's role see it."""

    owner_url: str
    worker_url: str
    api_url: str
    mcp_url: str
    audit_url: str


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    # what a standing order has due today is due now, whatever hour it is
    servers = Stack(tmp_path_factory.mktemp("servers"), given={"COUNTERSIGN_ORDER_AT": "00:00"})
    yield servers
    servers.stop()


@pytest.fixture(scope="session")
def typed_bank(stack: Stack) -> Stack:
    """The whole bank with the demo's people, without the voice."""
    stack.start([name for name in names_of([]) if name != "voice_worker"])
    return stack


@pytest.fixture(scope="session")
def bank_stack(stack: Stack) -> Stack:
    """The whole bank with the demo's people."""
    stack.start(names_of([]))
    return stack


@pytest.fixture(autouse=True)
def _nothing_left_waiting(request: pytest.FixtureRequest) -> Iterator[None]:
    """A payment that one test leaves open would be taken up by the next one's conversation, as it should."""
    yield
    if {"bank_stack", "typed_bank"} & set(request.fixturenames):
        stack: Stack = request.getfixturevalue("stack")
        for user in ("maya", "omar"):
            withdraw_all(stack.env["COUNTERSIGN_API_URL"], user, stack.env["COUNTERSIGN_DEMO_PASSWORD"])


def withdraw_all(api: str, user: str, password: str) -> None:
    """Cancel what waits of this customer's; a bank that is not there has nothing that would be taken up."""
    with suppress(httpx.TransportError), httpx.Client(base_url=api, timeout=60) as client:
        signed_in = client.post("/api/login", json={"username": user, "password": password})
        if signed_in.is_error:
            return
        client.headers["Authorization"] = f"Bearer {signed_in.json()['access_token']}"
        _withdraw(client)


def _withdraw(client: httpx.Client) -> None:
    for payment in client.get("/api/payments").json().get("payments", []):
        if payment["state"] in {"AWAITING_CUSTOMER", "AWAITING_SUPERVISOR", "COOLING_OFF"}:
            client.post(f"/api/payments/{payment['payment_id']}/cancel")
    for mandate in client.get("/api/mandates").json().get("mandates", []):
        if mandate["state"] in {"AWAITING_CUSTOMER", "ACTIVE"}:
            client.delete(f"/api/mandates/{mandate['mandate_id']}")
    for order in client.get("/api/standing-orders").json().get("standing_orders", []):
        if order["state"] in {"AWAITING_CUSTOMER", "ACTIVE", "PAUSED"}:
            client.post(f"/api/standing-orders/{order['order_id']}/step", json={"step": "cancel"})
    for question in client.get("/api/elicitations?status=pending").json().get("elicitations", []):
        client.post(f"/api/elicitations/{question['elicitation_id']}/cancel")


@pytest.fixture(scope="session")
def redis_url(stack: Stack) -> str:
    """A database of the tests' own: into the first one the bank's own relay may be writing."""
    stack.start(["redis"])
    return f"{stack.env['COUNTERSIGN_REDIS_URL'].rpartition('/')[0]}/2"


@pytest.fixture(scope="session")
def migrated(stack: Stack) -> Database:
    stack.start(["postgres"])
    urls = [stack.env["COUNTERSIGN_MIGRATIONS_URL"], *(stack.site.database_url(role) for role in LOGINS)]
    database = Database(*(make_conninfo(url, dbname="countersign_test") for url in urls))
    migrate(database.owner_url, passwords_in(stack.site.layout.keys))
    return database


@pytest.fixture
def database(migrated: Database) -> Database:
    """A migrated database with nothing in it."""
    with psycopg.connect(migrated.owner_url) as connection:
        connection.execute(EMPTY)
    return migrated


@pytest.fixture
def owner(database: Database) -> Iterator[psycopg.Connection]:
    """The database as its superuser, for setting scenes and for looking behind the application's back."""
    with psycopg.connect(database.owner_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
async def pool(database: Database) -> AsyncIterator[Pool]:
    """As temporal_worker."""
    opened = await open_pool(database.worker_url, 1, 10)
    yield opened
    await opened.close()


@pytest.fixture
async def api_pool(database: Database) -> AsyncIterator[Pool]:
    """As the api."""
    opened = await open_pool(database.api_url, 1, 10)
    yield opened
    await opened.close()
