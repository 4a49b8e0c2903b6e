"""The api over a real socket: who gets in, what is whose, and how it refuses."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import httpx
import jwt
import psycopg
import pytest

from tests.api.conftest import PASSWORD
from tests.signing import OTHER_KEY, signed

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Database

pytestmark = pytest.mark.servers
PROBLEM = {"type", "title", "status", "detail", "code", "sentence", "trace_id"}


def test_signing_in_gives_a_token_that_the_published_key_verifies(sign_in: Callable[[str], httpx.Client]) -> None:
    client = sign_in("")
    answer = client.post("/api/login", json={"username": "Maya", "password": PASSWORD}).json()
    assert (answer["token_type"], answer["expires_in"], answer["user"]["role"]) == ("Bearer", 900, "customer")
    key = jwt.PyJWKSet.from_dict(client.get("/.well-known/jwks.json").json()).keys[0]
    claims = jwt.decode(answer["access_token"], key, algorithms=["EdDSA"], audience="countersign-api")
    assert (claims["sub"], claims["iss"]) == ("user_maya", "countersign")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"username": "maya", "password": "wrong"}, 401, "unauthenticated"),
        ({"username": "nobody", "password": PASSWORD}, 401, "unauthenticated"),
        ({"username": "maya"}, 422, "invalid_request"),
        ({"username": "maya", "password": 424242}, 422, "invalid_request"),
        ({"username": "maya", "password": "424242" * 100}, 422, "invalid_request"),
    ],
)
def test_a_wrong_sign_in_is_refused_and_never_echoed(api: str, body: dict[str, object], status: int, code: str) -> None:
    answer = httpx.post(f"{api}/api/login", json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json().keys() >= PROBLEM
    assert "424242" not in answer.text
    assert "wrong" not in answer.text.replace("is wrong", "")


def test_connection_details_are_the_seeds(maya: httpx.Client, migrated: Database) -> None:
    answer = maya.post("/api/connection-details", json={"agent_name": "banking-assistant"}).json()
    assert answer.keys() == {"serverUrl", "roomName", "participantToken", "participantName"}
    assert re.fullmatch(r"voice_assistant_room_\d+_[0-9a-f]{16}", answer["roomName"])
    claims = jwt.decode(answer["participantToken"], options={"verify_signature": False})
    assert (claims["sub"], claims["exp"] - claims["nbf"]) == ("user_maya", 3600)
    assert claims["video"] == {
        "roomJoin": True,
        "room": answer["roomName"],
        "canPublish": True,
        "canPublishSources": ["microphone"],
        "canPublishData": True,
        "canSubscribe": True,
        "canUpdateOwnMetadata": False,
    }
    assert json.loads(claims["metadata"])["user_id"] == "user_maya"
    dispatch = claims["roomConfig"]["agents"][0]
    assert dispatch["agentName"] == "banking-assistant"
    assert json.loads(dispatch["metadata"]) == {
        "session_id": answer["roomName"],
        "user_id": "user_maya",
        "platform": "web",
    }
    with psycopg.connect(migrated.owner_url) as owner:
        opened = owner.execute("SELECT channel FROM sessions WHERE session_id = %s", [answer["roomName"]]).fetchall()
    assert opened == [("voice",)]


@pytest.mark.parametrize("agent_name", ["", "admin", "x" * 500, 5, None])
def test_only_our_agent_can_be_asked_for(maya: httpx.Client, agent_name: object) -> None:
    answer = maya.post("/api/connection-details", json={"agent_name": agent_name})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


ROUTES = [
    ("POST", "/api/connection-details"),
    ("POST", "/api/conversations"),
    ("GET", "/api/elicitations"),
    ("POST", "/api/elicitations/e1/answer"),
    ("POST", "/api/elicitations/e1/cancel"),
    ("GET", "/api/accounts"),
    ("GET", "/api/accounts/acct_maya_checking/transactions"),
    ("GET", "/api/payments"),
    ("GET", "/api/events"),
    ("GET", "/api/events/backlog"),
    ("GET", "/api/demo/inbox"),
    ("POST", "/codec/decode"),
]


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_nobody_gets_in_without_a_token_or_with_a_forged_one(api: str, method: str, path: str) -> None:
    forged = signed({"iss": "countersign", "sub": "user_maya"}, typ="at+jwt", key=OTHER_KEY)
    for headers, code in (({}, "unauthenticated"), ({"Authorization": f"Bearer {forged}"}, "token_invalid")):
        answer = httpx.request(method, f"{api}{path}", headers=headers, json={"data": {}} if method == "POST" else None)
        assert (answer.status_code, answer.json()["code"]) == (401, code)
        assert answer.headers["www-authenticate"].startswith("Bearer")


def test_everyone_sees_only_their_own(sign_in: Callable[[str], httpx.Client], ask: Callable[[str, str], None]) -> None:
    maya, omar = sign_in("maya"), sign_in("omar")
    ask("e1", "user_maya")
    assert [each["elicitation_id"] for each in maya.get("/api/elicitations?status=pending").json()["elicitations"]] == [
        "e1"
    ]
    assert omar.get("/api/elicitations").json() == {"elicitations": []}
    for method, path, body in (
        ("GET", "/api/elicitations/e1", None),
        ("POST", "/api/elicitations/e1/answer", {"data": {"confirmed": True}}),
        ("POST", "/api/elicitations/e1/cancel", {}),
    ):
        answer = omar.request(method, path, json=body)
        assert (answer.status_code, answer.json()["code"]) == (404, "elicitation_not_found")
    assert omar.get("/api/accounts/acct_maya_checking/transactions").json()["code"] == "unknown_account"
    assert maya.get("/api/accounts/acct_maya_checking/transactions?limit=2").json()["transactions"]
    assert omar.post("/api/payments/p1/cancel").json()["code"] == "payment_not_found"


def test_roles_decide(sign_in: Callable[[str], httpx.Client]) -> None:
    assert sign_in("sam").post("/api/connection-details", json={"agent_name": "banking-assistant"}).status_code == 403
    assert sign_in("maya").post("/codec/decode", json={"payloads": []}).status_code == 403
    assert sign_in("cora").post("/codec/decode", json={"payloads": []}).status_code == 200


def test_compliance_reads_what_temporal_cannot(sign_in: Callable[[str], httpx.Client]) -> None:
    cora = sign_in("cora")
    plain = {"payloads": [{"metadata": {"encoding": "anNvbi9wbGFpbg=="}, "data": "eyJhIjoxfQ=="}]}
    sealed = cora.post("/codec/encode", json=plain).json()
    assert sealed != plain
    assert cora.post("/codec/decode", json=sealed).json() == plain
    assert cora.post("/codec/decode", json={"payloads": 5}).json()["code"] == "invalid_request"


def test_a_service_token_opens_only_the_answer_door_and_the_backlog(
    api: str,
    maya: httpx.Client,
    orchestrator: Callable[[str, str], dict[str, str]],
    ask: Callable[[str, str], None],
) -> None:
    room = maya.post("/api/connection-details", json={"agent_name": "banking-assistant"}).json()["roomName"]
    ask("e1", "user_maya")
    service = orchestrator("user_maya", room)
    door = f"{api}/api/elicitations/e1/answer"
    assert httpx.post(door, json={"data": {}}, headers=service).json()["code"] == "answer_malformed"
    assert httpx.get(f"{api}/api/events/backlog", headers=service).status_code == 200
    assert httpx.get(f"{api}/api/accounts", headers=service).json()["code"] == "token_invalid"
    for user_id, session_id in (("user_omar", room), ("user_maya", "elsewhere")):
        answer = httpx.post(door, json={"data": {}}, headers=orchestrator(user_id, session_id))
        assert (answer.status_code, answer.json()["code"]) == (401, "session_stale")


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("POST", "/api/elicitations/e1/answer", b"{", 400, "not_json"),
        ("POST", "/api/elicitations/e1/answer", b"\xff", 400, "not_json"),
        ("POST", "/api/elicitations/e1/answer", b"[" * 20_000, 400, "not_json"),
        ("POST", "/api/elicitations/e1/answer", b'{"data": "424242"}', 422, "invalid_request"),
        ("POST", "/api/elicitations/e1/answer", b"[]", 422, "invalid_request"),
        ("POST", "/api/elicitations/e1/answer", b'{"data": {"confirmed": "424242"}}', 422, "answer_malformed"),
        ("POST", "/api/elicitations/e1/answer", b"4" * 70_000, 413, "body_too_large"),
        ("POST", "/api/elicitations/e1/answer", b'{"elicitation_id": "e424242", "data": {}}', 422, "invalid_request"),
        ("POST", "/api/elicitations/e2/answer", b'{"data": {}}', 404, "elicitation_not_found"),
        ("POST", "/api/conversations/s9/turns", b'{"text": "hello"}', 404, "session_not_found"),
        ("POST", "/api/conversations/s9/turns", b'{"text": ""}', 422, "invalid_request"),
        ("POST", "/api/conversations/s9/turns", b'{"text": " "}', 422, "invalid_request"),
        ("POST", "/api/conversations/s9/turns", b'{"text": "%s"}' % (b"424242" * 200), 422, "invalid_request"),
        ("GET", "/api/424242", b"", 404, "not_found"),
        ("DELETE", "/api/accounts", b"", 405, "method_not_allowed"),
        ("GET", "/api/payments?limit=424242", b"", 422, "invalid_request"),
        ("GET", "/api/events?after=424242x", b"", 422, "invalid_request"),
        ("GET", "/api/events?after=42424242424242424242", b"", 422, "invalid_request"),
        ("GET", "/api/events/backlog?after=42424242424242424242", b"", 422, "invalid_request"),
    ],
)
def test_what_is_wrong_is_a_problem_with_a_code_and_echoes_nothing(  # noqa: PLR0913, PLR0917 - a table's columns
    maya: httpx.Client, ask: Callable[[str, str], None], method: str, path: str, body: bytes, status: int, code: str
) -> None:
    ask("e1", "user_maya")
    answer = maya.request(method, path, content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json().keys() >= PROBLEM
    assert "424242" not in answer.text


def test_a_server_that_is_down_is_a_503(maya: httpx.Client, ask: Callable[[str, str], None]) -> None:
    ask("e1", "user_maya")
    inbox = maya.get("/api/demo/inbox")
    assert (inbox.status_code, inbox.json()["code"]) == (503, "service_unavailable")
    answer = maya.post("/api/elicitations/e1/answer", json={"data": {"confirmed": True}, "response_id": "r1"})
    assert (answer.status_code, answer.json()["code"]) == (503, "service_unavailable")
    assert maya.get("/api/elicitations/e1").json()["status"] == "pending"
    assert maya.get("/health").status_code == 503


def _announce(migrated: Database, user_id: str, key: str) -> None:
    with psycopg.connect(migrated.owner_url, autocommit=True) as owner:
        owner.execute("SELECT announce('s1', %s, %s, %s::jsonb)", [user_id, key, json.dumps({"key": key})])
        owner.execute("SELECT count(*) FROM sequence_outbox(10)")


def test_events_are_resumed_where_they_stopped_even_without_redis(maya: httpx.Client, migrated: Database) -> None:
    for user_id, key in (("user_maya", "a"), ("user_omar", "b"), ("user_maya", "c"), ("user_maya", "d")):
        _announce(migrated, user_id, key)
    backlog = maya.get("/api/events/backlog?after=0").json()
    assert [event["body"]["key"] for event in backlog["events"]] == ["a", "c", "d"]
    first = backlog["events"][0]["seq"]
    headers = {"Last-Event-ID": str(first)}
    with maya.stream("GET", "/api/events?after=0", headers=headers) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        lines = stream.iter_lines()
        data = [json.loads(line.removeprefix("data: ")) for line in _first(lines, "data: ", 2)]
    assert [event["body"]["key"] for event in data] == ["c", "d"]


def _first(lines: object, prefix: str, count: int) -> list[str]:
    found: list[str] = []
    for line in lines:
        found += [line] if line.startswith(prefix) else []
        if len(found) == count:
            return found
    return found
