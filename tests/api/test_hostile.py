"""What no honest client sends, at every operation of the description: refused as a problem, never a fault of ours."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runtime.local.stack import Stack

pytestmark = pytest.mark.servers
IDS: Final = [
    "%00",
    "a%00b",
    "%ED%A0%80",
    "%FF%FE",
    "..%2F..%2Fetc",
    "a" * 4000,
    "9" * 400,
    "%F0%9F%92%B8",
    "-1",
    "%20",
]
QUERIES: Final = ["%00", "%ED%A0%80", "%FF", "9" * 400, "-1", "1e9", "NaN", "", "1_000", "%D9%A1", "2026-01-01", "0"]
BODIES: Final = {
    "not UTF-8": b'{"text": "\xff\xfe"}',
    "UTF-16": '{"text": "hello"}'.encode("utf-16"),
    "cut off": b'{"text": "hel',
    "two": b'{"text": "hello"}{}',
    "NaN": b'{"text": NaN, "version": NaN, "code": NaN, "username": NaN}',
    "a huge number": b'{"version": ' + b"9" * 5000 + b', "data": {"a": ' + b"9" * 5000 + b"}}",
    "an infinite number": b'{"version": 1e999, "data": {"a": 1e999}}',
    "deep": b'{"data":' * 3000 + b"1" + b"}" * 3000,
    "a list": b"[]",
    "nothing": b"",
    "null": b"null",
    "too long": b'{"text": "' + b"x" * 70_000 + b'"}',
}
TYPES: Final = ["text/plain", "application/xml", "multipart/form-data", "application/x-www-form-urlencoded", "x", ""]
HALF, NUL = "half \ud800 of it", "a \x00 in it"
WELL_FORMED: Final[list[tuple[str, dict[str, Any]]]] = [
    ("/api/login", {"username": "maya", "password": "x"}),
    ("/api/token/refresh", {"refresh_token": "x", "request_id": "r" * 20}),
    ("/api/login/passkey/options", {"username": "maya"}),
    ("/api/login/passkey", {"credential": {"id": "x", "rawId": "x", "response": {"a": "b"}, "type": "public-key"}}),
    ("/api/totp", {"password": "x"}),
    ("/api/passkeys/options", {"password": "x"}),
    ("/api/passkeys", {"credential": {"id": "x", "rawId": "x", "response": {"a": "b"}}, "name": "mine"}),
    ("/api/connection-details", {"agent_name": "banking-assistant"}),
    ("/api/conversations/{session}/turns", {"text": "what is my balance", "turn_id": ""}),
    ("/api/elicitations/e1/answer", {"data": {"otp_code": "123456"}, "metadata": {"a": "b"}, "response_id": "r"}),
    ("/api/approvals/a1/decision", {"decision": "approve", "version": 1, "note": "n", "response_id": "r"}),
    ("/codec/encode", {"payloads": []}),
    ("/api/delegations", {"to": "sue", "until": "2027-01-01T00:00:00Z"}),
]


@pytest.fixture(scope="module")
def people(bank: str, typed_bank: Stack) -> Iterator[list[httpx.Client]]:
    """A stranger, a customer, a supervisor, and compliance."""
    opened = [httpx.Client(base_url=bank, timeout=60)]
    for user in ("maya", "sam", "cora"):
        given = {"username": user, "password": typed_bank.env["COUNTERSIGN_DEMO_PASSWORD"]}
        token = opened[0].post("/api/login", json=given).json()["access_token"]
        opened.append(httpx.Client(base_url=bank, timeout=60, headers={"Authorization": f"Bearer {token}"}))
    yield opened
    for client in opened:
        client.close()


@pytest.fixture(scope="module")
def operations(bank: str) -> list[tuple[str, str, dict[str, Any]]]:
    paths = httpx.get(f"{bank}/openapi.json").json()["paths"]
    all_of_them = [(verb.upper(), path, about) for path, verbs in paths.items() for verb, about in verbs.items()]
    return [each for each in all_of_them if "logout" not in each[1] and each[1] != "/api/events"]


def refused(answer: httpx.Response, *, or_not: bool = False) -> None:
    about = (answer.request.method, str(answer.request.url)[:120], answer.status_code, answer.text[:200])
    assert answer.status_code < 500, about
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json", about
        assert re.fullmatch(r"[a-z_]+", answer.json()["code"]), about
    else:
        assert or_not, about


def test_ids_that_are_none(people: list[httpx.Client], operations: list[tuple[str, str, dict[str, Any]]]) -> None:
    for verb, path, _ in operations:
        if "{" not in path:
            continue
        for given in IDS:
            for client in people:
                body = {"data": {}, "text": "hello", "decision": "approve", "version": 1} if verb == "POST" else None
                refused(client.request(verb, re.sub(r"\{\w+\}", given, path), json=body))


def test_queries_that_are_none(people: list[httpx.Client], operations: list[tuple[str, str, dict[str, Any]]]) -> None:
    for verb, path, about in operations:
        names = [each["name"] for each in about.get("parameters", ()) if each["in"] == "query"]
        where = re.sub(r"\{\w+\}", "x1", path)
        for name in names:
            for given in QUERIES:
                for client in people:
                    refused(client.request(verb, f"{where}?{name}={given}"), or_not=True)


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_bodies_that_are_none(
    people: list[httpx.Client], operations: list[tuple[str, str, dict[str, Any]]], body: bytes
) -> None:
    for verb, path, about in operations:
        if "requestBody" not in about:
            continue
        where = re.sub(r"\{\w+\}", "x1", path)
        ignored = body == BODIES["an infinite number"]  # JSON, if no sense; harmless where nobody asks for it
        optional = not about["requestBody"].get("required")  # then nothing, and null, are a body
        empty = body in {b"", b"null"}
        for client in people:
            headers = {"Content-Type": "application/json"}
            refused(client.request(verb, where, content=body, headers=headers), or_not=ignored or (optional and empty))


@pytest.mark.parametrize("kind", TYPES)
def test_a_form_or_a_text_is_no_json(people: list[httpx.Client], kind: str) -> None:
    for path, body in WELL_FORMED:
        where = path.replace("{session}", "x1")
        content = httpx.Request("POST", "http://x", json=body).content
        for client in people:
            refused(client.post(where, content=content, headers={"Content-Type": kind}))


@pytest.mark.parametrize("text", [HALF, NUL], ids=["half a character", "NUL"])
def test_text_that_nobody_can_keep(people: list[httpx.Client], text: str) -> None:
    session = people[1].post("/api/conversations", json={"new": True}).json()["session_id"]
    for path, body in WELL_FORMED:
        for name, value in body.items():
            spoiled = dict.fromkeys(value, text) if isinstance(value, dict) else text if value else value
            content = json.dumps(body | {name: spoiled}).encode()
            for client in people:
                headers = {"Content-Type": "application/json"}
                answer = client.post(path.replace("{session}", session), content=content, headers=headers)
                refused(answer, or_not=not value)


def test_keys_that_are_none(people: list[httpx.Client]) -> None:
    for given in ("", "a b", "ä", "x" * 256, '"'):
        headers = {"Idempotency-Key": given.encode()}
        answer = people[1].post("/api/conversations", json={}, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_invalid")
