"""Fifty senders, a code by mail, one asked for again: on the whole bank, typed."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx
import psycopg
import pytest

from adapters.tokens import MCP_AUDIENCE, ServiceTokens, Signer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from runtime.local.stack import Stack

pytestmark = pytest.mark.servers


class Typist:
    """A signed-in customer who types."""

    def __init__(self, http: httpx.AsyncClient, stack: Stack, user: str) -> None:
        self.http = http
        self.user = user
        self._stack = stack
        self.session_id = ""

    async def begin(self) -> None:
        login = {"username": self.user, "password": self._stack.env["COUNTERSIGN_DEMO_PASSWORD"]}
        token = (await self.http.post("/api/login", json=login)).raise_for_status().json()["access_token"]
        self.http.headers["Authorization"] = f"Bearer {token}"
        opened = await self.http.post("/api/conversations", json={"new": True})
        self.session_id = opened.raise_for_status().json()["session_id"]

    async def say(self, text: str) -> dict[str, Any]:
        path = f"/api/conversations/{self.session_id}/turns"
        said = (await self.http.post(path, json={"text": text})).raise_for_status().json()
        return said["replies"][-1]

    async def inbox(self) -> list[dict[str, str]]:
        return (await self.http.get("/api/demo/inbox")).raise_for_status().json()["messages"]

    async def question(self, kind: str) -> str:
        async with asyncio.timeout(60):
            while True:
                found = (await self.http.get("/api/elicitations")).json()["elicitations"]
                for each in found:
                    if each["elicitation_type"] == kind:
                        return each["elicitation_id"]
                await asyncio.sleep(0.1)


@pytest.fixture
async def omar(typed_bank: Stack) -> AsyncIterator[Typist]:
    async with httpx.AsyncClient(base_url=typed_bank.env["COUNTERSIGN_API_URL"], timeout=60) as http:
        typist = Typist(http, typed_bank, "omar")
        await typist.begin()
        yield typist


async def test_fifty_senders_of_one_key_make_one_payment(omar: Typist, typed_bank: Stack) -> None:
    keys = typed_bank.site.layout.keys
    tokens = ServiceTokens(Signer.from_files(keys / "service.pem", keys / "jwks.json"))
    bearer = tokens.mint("user_omar", omar.session_id, ["transact"], [MCP_AUDIENCE])
    headers = {"Authorization": f"Bearer {bearer}", "Idempotency-Key": str(uuid4())}
    told = f"fifty {uuid4().hex[:8]}"
    body = {"amount": "3.21", "to_account": "Sarah Chen", "description": told}
    async with httpx.AsyncClient(base_url=typed_bank.env["COUNTERSIGN_MCP_URL"], timeout=60, headers=headers) as mcp:
        answers = await asyncio.gather(*(mcp.post("/mcp/payment", json=body) for _ in range(50)))
        changed = await mcp.post("/mcp/payment", json=body | {"amount": "3.22"})
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert (changed.status_code, changed.json()["code"]) == (422, "idempotency_conflict")
    with psycopg.connect(typed_bank.env["COUNTERSIGN_MIGRATIONS_URL"]) as owner:
        made = owner.execute("SELECT payment_id FROM payments WHERE description = %s", [told]).fetchall()
    assert made == [(answers[0].json()["payment_id"],)]
    question = answers[0].json()["elicitation"]["elicitation_id"]
    keyed = {"Idempotency-Key": str(uuid4())}
    path = f"/api/elicitations/{question}/cancel"
    ended = await asyncio.gather(*(omar.http.post(path, headers=keyed) for _ in range(20)))
    assert {answer.json()["status"] for answer in ended} == {"cancelled"}


async def test_a_code_comes_by_mail_and_is_not_sent_again_at_once(omar: Typist, typed_bank: Stack) -> None:
    with psycopg.connect(typed_bank.env["COUNTERSIGN_MIGRATIONS_URL"], autocommit=True) as owner:
        owner.execute("UPDATE users SET code_channel = 'email' WHERE username = 'omar'")
        try:
            await _paid_by_mail(omar)
        finally:
            owner.execute("UPDATE users SET code_channel = '' WHERE username = 'omar'")


async def _paid_by_mail(omar: Typist) -> None:
    before = len(await omar.inbox())
    await omar.begin()  # who is spoken to is looked up when a conversation begins
    await omar.say("pay Sarah Chen twelve dollars")
    told = await omar.say("yes")
    question = await omar.question("otp")
    assert "phone" not in told["text"]
    messages = await omar.inbox()
    assert len(messages) == before + 1
    mail = messages[-1]
    assert (mail["channel"], mail["subject"]) == ("email", "A payment waits for your code")
    assert "$12.00 to Sarah Chen" in mail["body"]
    again = await omar.say("send the code again")
    assert re.search(r"moment ago\. In (one|\d+) seconds? I can send another", again["text"])
    assert len(await omar.inbox()) == before + 1
    code = re.search(r"Your code is (\d{6})", mail["body"])
    assert code is not None
    keyed = {"Idempotency-Key": str(uuid4())}
    body = {"data": {"otp_code": code[1]}}
    path = f"/api/elicitations/{question}/answer"
    answers = await asyncio.gather(*(omar.http.post(path, json=body, headers=keyed) for _ in range(20)))
    assert {answer.json()["status"] for answer in answers} == {"completed"}


async def test_nobody_chooses_the_address_that_they_are_counted_by(typed_bank: Stack) -> None:
    async with httpx.AsyncClient(base_url=typed_bank.env["COUNTERSIGN_API_URL"], timeout=60) as stranger:
        left = []
        for last in range(3):
            answer = await stranger.get("/api/accounts", headers={"X-Forwarded-For": f"10.0.0.{last}"})
            left.append(int(answer.headers["ratelimit"].split("r=")[1].split(";")[0]))
    assert left[0] > left[1] > left[2]
