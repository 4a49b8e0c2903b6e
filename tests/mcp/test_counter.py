"""How often, how many at once, and each keyed call once: over MCP and over the twins."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx
import pytest

from adapters.edge.idempotency import Idempotency
from adapters.edge.limiter import Limiter
from adapters.edge.places import Places
from adapters.http_clients.answer_door import AnswerDoor
from adapters.tokens import API_AUDIENCE, MCP_AUDIENCE, ServiceTokens, ServiceTokenVerifier
from domain.payments import PaymentBegun, PaymentRequest
from mcp_tools.app import application
from mcp_tools.bank import Alerts, Bank, Cards, Mandates, Payments, Reads, StandingOrders
from mcp_tools.counter import Counter
from tests.fakes.alerts import FakeAlerts
from tests.fakes.bank import (
    FakeGateway,
    FakeIdentity,
    FakeInquiries,
    FakeMandates,
    FakePayments,
    FakeQuestions,
    FakeRecords,
)
from tests.fakes.keys import FakeKeys, Noted
from tests.fakes.orders import FakeOrders
from tests.fakes.outside import guard, outside
from tests.serving import serving
from tests.signing import KEYS, SIGNER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from adapters.edge.idempotency import Keys


def token() -> str:
    """A fresh one: it lives five minutes."""
    return ServiceTokens(SIGNER).mint("u1", "s1", ["read", "transact"], [MCP_AUDIENCE, API_AUDIENCE])


PAY = {"amount": "25.00", "to_account": "Sarah Chen"}
NOBODY = "redis://127.0.0.1:9/0"


class SlowPayments(FakePayments):
    """As Temporal: takes a moment, and finds what was begun before by its id."""

    most_at_once = 0
    _now = 0

    async def begin(self, request: PaymentRequest) -> PaymentBegun:
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        await asyncio.sleep(0.1)
        self._now -= 1
        return await super().begin(request)


@dataclass
class Open:
    url: str
    payments: SlowPayments
    noted: Noted


@contextmanager
def opened(*, keys: Keys | None = None, rates: str = "", at_once: int = 1000, anonymous: str = "") -> Iterator[Open]:
    async def ready() -> bool:
        return True

    payments, noted = SlowPayments(), Noted()
    door = AnswerDoor(httpx.AsyncClient())
    bank = Bank(
        Reads(FakeInquiries(), lambda: date(2026, 11, 21)),
        Payments(payments, FakeRecords(), FakeQuestions(), FakeGateway(), door),
        Mandates(FakeMandates()),
        Cards(FakeInquiries(), FakeIdentity()),
        Alerts(FakeAlerts()),
        StandingOrders(FakeOrders()),
    )
    checks = guard(ServiceTokenVerifier(KEYS, MCP_AUDIENCE))
    counter = Counter(Limiter(NOBODY), Idempotency(keys or FakeKeys(), wait_s=10), rates, Places(at_once), noted)
    with serving(application(bank, checks, counter, outside(), ready, anonymous)) as url:
        yield Open(url, payments, noted)


async def post(url: str, key: str = "", name: str = "payment", **arguments: object) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token()}"} | ({"Idempotency-Key": key} if key else {})
    async with httpx.AsyncClient(headers=headers, timeout=60) as client:
        return await client.post(f"{url}/mcp/{name}", json=arguments)


async def over_mcp(url: str, key: str, in_meta: bool, **arguments: object) -> dict[str, Any]:
    meta: dict[str, Any] = {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
        "io.modelcontextprotocol/clientInfo": {"name": "t", "version": "1"},
    }
    headers = {
        "Authorization": f"Bearer {token()}",
        "Accept": "application/json, text/event-stream",
        "MCP-Protocol-Version": "2026-07-28",
        "Mcp-Method": "tools/call",
        "Mcp-Name": "payment",
    }
    if in_meta:
        meta["countersign/idempotencyKey"] = key
    else:
        headers["Idempotency-Key"] = key
    params = {"name": "payment", "arguments": arguments, "_meta": meta}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    async with httpx.AsyncClient(timeout=60) as client:
        answer = await client.post(f"{url}/mcp", json=body, headers=headers)
    return answer.json()["result"]["structuredContent"]


async def test_fifty_senders_of_one_payment_make_one() -> None:
    with opened() as bank:
        key = str(uuid4())
        answers = await asyncio.gather(*(post(bank.url, key, **PAY) for _ in range(50)))
        assert len({answer.text for answer in answers}) == 1
        assert {answer.status_code for answer in answers} == {200}
        assert len(bank.payments.begun) == 1


@pytest.mark.parametrize("in_meta", [True, False])
async def test_a_key_holds_over_mcp_and_twin_alike(in_meta: bool) -> None:
    with opened() as bank:
        key = str(uuid4())
        first = await over_mcp(bank.url, key, in_meta, **PAY)
        assert (await post(bank.url, key, **PAY)).json() == first
        other = await over_mcp(bank.url, key, in_meta, **PAY | {"amount": "50.00"})
        assert other["error"]["code"] == "idempotency_conflict"
        assert len(set(other["error"]["digests"].values())) == 2
        refused = await post(bank.url, key, **PAY | {"amount": "50.00"})
        assert (refused.status_code, refused.json()["code"]) == (422, "idempotency_conflict")
        assert refused.json()["digests"] == other["error"]["digests"]
        assert {row[1:] for row in bank.noted.seen} == {("payment", key, "idempotency_conflict")}
        assert [request.amount for request in bank.payments.begun] == ["25.00"]


async def test_a_refusal_is_a_result_too() -> None:
    with opened() as bank:
        answers = [await post(bank.url, "k", amount="1", to_account="Nobody") for _ in range(2)]
        assert [answer.json()["code"] for answer in answers] == ["unknown_payee"] * 2
        assert answers[0].json()["sentence"] == answers[1].json()["sentence"]


async def test_a_server_that_died_before_it_could_keep_the_result_begins_the_same_payment() -> None:
    class Forgetful(FakeKeys):
        async def settle(self, key_hash: bytes, holder: str, result: object) -> None:
            del result
            await self.release(key_hash, holder)

    with opened(keys=Forgetful()) as bank:
        for _ in range(3):
            await post(bank.url, "k", **PAY)
        assert len(bank.payments.begun) == 3
        assert len({request.payment_id for request in bank.payments.begun}) == 1


@pytest.mark.parametrize("key", ["a b", "x" * 300])
async def test_what_is_no_key_is_refused(key: str) -> None:
    with opened() as bank:
        refused = await post(bank.url, key, **PAY)
        assert (refused.status_code, refused.json()["code"]) == (400, "idempotency_key_invalid")
        assert bank.payments.begun == []


async def test_a_customer_over_the_limit_hears_so_and_can_still_end_what_was_begun() -> None:
    with opened(rates="2/15m") as bank:
        assert (await post(bank.url, payment_id="p1", **PAY)).status_code == 200
        assert (await post(bank.url, payment_id="p1", **PAY)).status_code == 200  # again, after a lost reply
        assert (await post(bank.url, name="balance")).status_code == 200
        refused = await post(bank.url, payment_id="p2", **PAY)
        assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
        assert 1 <= int(refused.headers["retry-after"]) <= 900
        assert "quick" in refused.json()["sentence"]
        told = await over_mcp(bank.url, "k", in_meta=True, payment_id="p3", **PAY)
        assert (told["error"]["code"], told["error"]["retry_after_s"] > 0) == ("rate_limited", True)
        assert (await post(bank.url, payment_id="p1", **PAY)).status_code == 200
        for _ in range(20):
            assert (await post(bank.url, name="elicitation/e1/cancel")).json()["status"] == "cancelled"


async def test_not_more_at_once_than_allowed() -> None:
    with opened(at_once=3) as bank:
        answers = await asyncio.gather(*(post(bank.url, payment_id=f"p{n}", **PAY) for n in range(12)))
        codes = {answer.status_code for answer in answers}
        assert codes <= {200, 429}
        assert bank.payments.most_at_once <= 3
        assert (await post(bank.url, payment_id="later", **PAY)).status_code == 200


async def test_strangers_are_counted_by_address_and_the_orchestrator_is_not() -> None:
    with opened(anonymous="5/1m") as bank:
        async with httpx.AsyncClient(base_url=bank.url) as stranger:
            statuses = [(await stranger.post("/mcp/balance", json={})).status_code for _ in range(7)]
            assert statuses == [401] * 5 + [429] * 2
            assert (await stranger.get("/health")).status_code == 200
        for _ in range(10):
            assert (await post(bank.url, name="balance")).status_code == 200
