"""Rate limits and Idempotency-Keys at the api's door, over a real Postgres; Redis is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import psycopg
import pytest

from api.app import application
from api.compose import services
from runtime.demo_data import load
from tests.api.conftest import PASSWORD
from tests.serving import serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from runtime.settings import Settings
    from tests.conftest import Database

pytestmark = pytest.mark.servers
WANTED = {"agent_name": "banking-assistant"}
LOGIN = {"username": "maya", "password": PASSWORD}


@pytest.fixture
def strict(chosen: Settings) -> Iterator[httpx.Client]:
    """An api of its own with small limits."""
    load(chosen)
    small = chosen.model_copy(update={"rate_anonymous": "5/1m", "rate_writes": "3/1m"})
    with serving(application(small, services(small))) as url, httpx.Client(base_url=url, timeout=60) as client:
        yield client


def signed_in(client: httpx.Client) -> dict[str, str]:
    return {"Authorization": f"Bearer {client.post('/api/login', json=LOGIN).json()['access_token']}"}


def test_a_guesser_is_stopped_and_who_signs_in_is_not_counted(strict: httpx.Client) -> None:
    for _ in range(8):
        assert strict.post("/api/login", json=LOGIN).status_code == 200
    wrong = LOGIN | {"password": "wrong"}
    answers = [strict.post("/api/login", json=wrong) for _ in range(7)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429] * 2
    first, refused = answers[0], answers[-1]
    assert first.headers["ratelimit-policy"] == '"anonymous";q=5;w=60'
    assert first.headers["ratelimit"].startswith('"anonymous";r=4;t=')
    problem = refused.json()
    assert (problem["code"], refused.headers["content-type"]) == ("rate_limited", "application/problem+json")
    assert problem["sentence"].startswith("That was a bit quick. Please wait ")
    assert 1 <= int(refused.headers["retry-after"]) == problem["retry_after_s"] <= 60
    assert refused.headers["cache-control"] == "no-store"
    for path in ("/health", "/", "/.well-known/jwks.json", "/openapi.json"):
        assert strict.get(path).status_code != 429


def test_a_forged_token_is_a_strangers(strict: httpx.Client) -> None:
    forged = {"Authorization": "Bearer a.b.c", "X-Forwarded-For": "10.0.0.1"}
    statuses = [strict.get("/api/accounts", headers=forged).status_code for _ in range(6)]
    assert statuses == [401] * 5 + [429]


def test_a_person_is_counted_by_what_they_change_and_may_always_finish(
    strict: httpx.Client, ask: Callable[[str, str], None]
) -> None:
    ask("e7", "user_maya")
    me = signed_in(strict)
    for _ in range(10):
        assert strict.get("/api/accounts", headers=me).status_code == 200
    statuses = [strict.post("/api/connection-details", json=WANTED, headers=me).status_code for _ in range(5)]
    assert statuses == [200] * 3 + [429] * 2
    for _ in range(5):
        answer = strict.post("/api/elicitations/e7/answer", json={"data": {}}, headers=me)
        assert answer.json()["code"] == "answer_malformed"
        assert strict.post("/api/payments/none/cancel", headers=me).json()["code"] == "payment_not_found"


def test_the_banks_own_processes_are_never_counted(
    strict: httpx.Client,
    ask: Callable[[str, str], None],
    orchestrator: Callable[[str, str], dict[str, str]],
) -> None:
    ask("e8", "user_maya")
    room = strict.post("/api/connection-details", json=WANTED, headers=signed_in(strict)).json()["roomName"]
    service = orchestrator("user_maya", room)
    for _ in range(10):
        answer = strict.post("/api/elicitations/e8/answer", json={"data": {}}, headers=service)
        assert answer.json()["code"] == "answer_malformed"
        assert strict.get("/api/events/backlog", headers=service).status_code == 200


def keyed(client: httpx.Client, path: str, key: str, body: dict[str, Any] | None = None) -> httpx.Response:
    return client.post(path, json=body, headers={"Idempotency-Key": key})


def test_a_ticket_asked_for_twice_is_for_one_room_and_is_kept_nowhere(maya: httpx.Client, migrated: Database) -> None:
    first, again = (keyed(maya, "/api/connection-details", '"ticket-1"', WANTED) for _ in range(2))
    assert first.json()["roomName"] == again.json()["roomName"]
    assert keyed(maya, "/api/connection-details", "ticket-2", WANTED).json()["roomName"] != first.json()["roomName"]
    with psycopg.connect(migrated.owner_url) as owner:
        kept = owner.execute("SELECT body FROM idempotency_keys WHERE body IS NOT NULL").fetchall()
    assert all(b"participantToken" not in body for (body,) in kept)


def test_a_result_is_given_again_with_status_and_body(maya: httpx.Client, ask: Callable[[str, str], None]) -> None:
    ask("e9", "user_maya")
    path = "/api/elicitations/e9/answer"
    first = keyed(maya, path, "answer-1", {"data": {"confirmed": "x"}})
    again = maya.post(
        path,
        content=b'{ "data":{"confirmed":"x"} }',
        headers={"Idempotency-Key": "answer-1", "Content-Type": "application/json"},
    )
    assert (first.status_code, first.text) == (again.status_code, again.text) == (422, first.text)
    assert again.headers["idempotency-replayed"] == "true"
    assert again.headers["content-type"] == "application/problem+json"
    assert "idempotency-replayed" not in first.headers
    for other, body in ((path, {"data": {"confirmed": "y"}}), ("/api/elicitations/e8/answer", {"data": {}})):
        refused = keyed(maya, other, "answer-1", body)
        assert (refused.status_code, refused.json()["code"]) == (422, "idempotency_conflict")


def test_a_key_is_its_owners(sign_in: Callable[[str], httpx.Client]) -> None:
    rooms = [keyed(sign_in(user), "/api/connection-details", "same", WANTED).json() for user in ("maya", "omar")]
    assert rooms[0]["roomName"] != rooms[1]["roomName"]


def test_what_failed_behind_us_is_tried_again(maya: httpx.Client, ask: Callable[[str, str], None]) -> None:
    ask("e10", "user_maya")
    for _ in range(2):  # Temporal is down
        answer = keyed(maya, "/api/elicitations/e10/answer", "answer-2", {"data": {"confirmed": True}})
        assert (answer.status_code, answer.json()["code"]) == (503, "service_unavailable")
        assert "idempotency-replayed" not in answer.headers


@pytest.mark.parametrize("key", ["", "a b", "x" * 256])
def test_what_is_no_key_is_refused(maya: httpx.Client, key: str) -> None:
    refused = keyed(maya, "/api/connection-details", key, WANTED)
    assert (refused.status_code, refused.json()["code"]) == (400, "idempotency_key_invalid")


def test_nothing_is_kept_of_a_login_or_of_what_was_decoded(
    api: str, sign_in: Callable[[str], httpx.Client], migrated: Database
) -> None:
    with psycopg.connect(migrated.owner_url, autocommit=True) as owner:
        before = owner.execute("SELECT count(*) FROM idempotency_keys").fetchone()
        headers = {"Idempotency-Key": "login-1"}
        tokens = {httpx.post(f"{api}/api/login", json=LOGIN, headers=headers, timeout=60).text for _ in range(2)}
        assert len(tokens) == 2
        assert keyed(sign_in("cora"), "/codec/decode", "decode-1", {"payloads": []}).status_code == 200
        assert owner.execute("SELECT count(*) FROM idempotency_keys").fetchone() == before


def test_passkeys_are_guessed_no_faster_than_passwords(chosen: Settings, migrated: Database) -> None:
    """By address, as nobody is named: five wrong ones, then delays; each counted as a stranger's too."""
    limited = chosen.model_copy(update={"rate_anonymous": "60/1m"})
    del migrated
    with (
        serving(application(limited, services(limited))) as url,
        httpx.Client(base_url=url, transport=httpx.HTTPTransport(local_address="127.0.1.77"), timeout=60) as client,
    ):
        bad = {"credential": {"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": {}}}
        found = [client.post("/api/login/passkey", json=bad) for _ in range(8)]
        assert [each.status_code for each in found[:6]] == [422] * 6
        assert (found[6].status_code, found[6].json()["code"]) == (429, "rate_limited")
        assert int(found[6].headers["retry-after"]) >= 1
        left = [int(each.headers["ratelimit"].split("r=")[1].split(";")[0]) for each in found]
        assert left == sorted(left, reverse=True)
        assert left[-1] == 52
        shown = client.post("/api/login/passkey/options", json={})
        assert (shown.status_code, shown.headers["ratelimit-policy"]) == (200, '"anonymous";q=60;w=60')
