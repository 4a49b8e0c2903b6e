"""The api on a real socket over a real Postgres with the demo's people; Temporal and the carrier are down."""

from __future__ import annotations

import json
import socket
from dataclasses import asdict
from typing import TYPE_CHECKING

import httpx
import psycopg
import pytest

from adapters.tokens import API_AUDIENCE, ServiceTokens, Signer
from api.app import application
from api.compose import services
from domain.elicitation import ElicitationType
from runtime.demo_data import load
from runtime.settings import Settings
from tests.conftest import EMPTY
from tests.fakes.desk import question
from tests.serving import serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from runtime.local.stack import Stack
    from tests.conftest import Database

PASSWORD = "correct horse"


def _nobody() -> int:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        return closed.getsockname()[1]


@pytest.fixture(scope="module")
def chosen(stack: Stack, migrated: Database) -> Settings:
    with psycopg.connect(migrated.owner_url) as connection:
        connection.execute(EMPTY)
    keys = stack.site.layout.keys
    return Settings(
        environment="test",
        database_url=migrated.api_url,
        migrations_url=migrated.owner_url,
        temporal_address=f"127.0.0.1:{_nobody()}",
        redis_url=f"redis://127.0.0.1:{_nobody()}/0",
        sms_url=f"http://127.0.0.1:{_nobody()}",
        livekit_key_file=keys / "livekit.yaml",
        access_key_file=keys / "access.pem",
        service_key_file=keys / "service.pem",
        proof_key_file=keys / "proof.pem",
        jwks_file=keys / "jwks.json",
        payload_keys_file=keys / "payload.json",
        code_key_file=keys / "codes.json",
        sms_auth_file=keys / "sms_auth",
        smtp_auth_file=keys / "smtp_auth",
        demo_password=PASSWORD,
        rate_anonymous="100000/1m",
        rate_writes="100000/1m",
    )


@pytest.fixture(scope="module")
def api(chosen: Settings) -> Iterator[str]:
    load(chosen)
    with serving(application(chosen, services(chosen))) as url:
        yield url


@pytest.fixture(scope="module")
def unlimited_settings(typed_bank: Stack) -> Settings:
    """An api's over the whole bank's servers, without its limits, which have tests of their own."""
    given = {name.removeprefix("COUNTERSIGN_").lower(): value for name, value in typed_bank.env.items()}
    given |= {"database_url": typed_bank.site.database_url("countersign_api"), "environment": "test"}
    # wrong sign-ins are counted apart: else the bank's own api, whose limits are real, would refuse this address
    given["redis_url"] = given["redis_url"].rpartition("/")[0] + "/1"
    given |= {"rate_anonymous": "", "rate_writes": "", "login_pair_tries": "100000", "login_address_tries": "100000"}
    return Settings(**{name: value for name, value in given.items() if name in Settings.model_fields})


@pytest.fixture(scope="module")
def bank(unlimited_settings: Settings) -> Iterator[str]:
    """Its api."""
    with serving(application(unlimited_settings, services(unlimited_settings))) as url:
        yield url


@pytest.fixture(scope="module")
def sign_in(api: str) -> Iterator[Callable[[str], httpx.Client]]:
    opened: list[httpx.Client] = []

    def signed_in(user: str) -> httpx.Client:
        client = httpx.Client(base_url=api, timeout=60)
        opened.append(client)
        if user:
            token = client.post("/api/login", json={"username": user, "password": PASSWORD}).json()["access_token"]
            client.headers["Authorization"] = f"Bearer {token}"
        return client

    yield signed_in
    for client in opened:
        client.close()


@pytest.fixture(scope="module")
def maya(sign_in: Callable[[str], httpx.Client]) -> httpx.Client:
    return sign_in("maya")


@pytest.fixture
def orchestrator(chosen: Settings) -> Callable[[str, str], dict[str, str]]:
    """Headers of a call on behalf of a user in a session."""
    tokens = ServiceTokens(Signer.from_files(chosen.service_key_file, chosen.jwks_file))

    def headers(user_id: str, session_id: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {tokens.mint(user_id, session_id, ['transact'], [API_AUDIENCE])}"}

    return headers


@pytest.fixture
def ask(migrated: Database) -> Callable[[str, str], None]:
    """Put an open elicitation of a user there, as its workflow would."""

    def opened(elicitation_id: str, user_id: str) -> None:
        with psycopg.connect(migrated.owner_url, autocommit=True) as connection:
            connection.execute(_OPEN, [elicitation_id, user_id, _request(elicitation_id)])

    return opened


_OPEN = """INSERT INTO elicitations (elicitation_id, payment_id, user_id, session_id, type, request, state)
    VALUES (%s, 'p1', %s, 's1', 'confirmation', %s::jsonb, 'pending') ON CONFLICT DO NOTHING"""


def _request(elicitation_id: str) -> str:
    request = asdict(question(elicitation_id, ElicitationType.CONFIRMATION).request)
    return json.dumps(request | {"expires_at": "2999-01-01T00:00:00+00:00"})
