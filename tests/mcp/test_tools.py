"""The tools over a real socket: by MCP, and by their plain twins."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from activities.ports import ToolCall
from adapters.http_clients.answer_door import AnswerDoor
from adapters.mcp_client import McpTools
from adapters.tokens import API_AUDIENCE, MCP_AUDIENCE, ServiceTokens, ServiceTokenVerifier
from domain.errors import AmountUnreadableError, BankError
from domain.payments import Correction
from domain.standing_orders import OrderWish
from domain.verification import VerificationState
from mcp_tools.app import application
from mcp_tools.bank import Alerts, Bank, Cards, Mandates, Payments, Reads, StandingOrders
from mcp_tools.memory import Memory
from tests.fakes.alerts import FakeAlerts
from tests.fakes.bank import (
    FakeGateway,
    FakeIdentity,
    FakeInquiries,
    FakeMandates,
    FakePayments,
    FakeQuestions,
    FakeRecords,
    NoAnswers,
)
from tests.fakes.keys import free_counter
from tests.fakes.orders import FakeOrders
from tests.fakes.outside import guard, outside
from tests.serving import serving
from tests.signing import KEYS, SIGNER, bad_tokens

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

TOKENS = ServiceTokens(SIGNER)
NOW = int(time.time())
CLAIMS = {
    "iss": "orchestrator",
    "aud": MCP_AUDIENCE,
    "sub": "u1",
    "scopes": ["read"],
    "session_id": "s1",
    "iat": NOW,
    "exp": NOW + 300,
    "jti": "j",
}


@dataclass
class World:
    url: str
    payments: FakePayments
    answers: list[dict[str, Any]]
    mandates: FakeMandates
    identity: FakeIdentity
    alerts: FakeAlerts
    orders: FakeOrders


def _door(answers: list[dict[str, Any]]) -> FastAPI:
    app = FastAPI()

    @app.post("/api/elicitations/{elicitation_id}/answer")
    async def answer(elicitation_id: str, request: Request) -> JSONResponse:
        token = request.headers["authorization"].removeprefix("Bearer ")
        ServiceTokenVerifier(KEYS, API_AUDIENCE).verify(token)
        given = await request.json()
        answers.append(given)
        if given["data"].get("otp_code") == "111111":
            problem = {"code": "answer_rejected", "detail": "4 left of 5", "sentence": "Not right. 4 tries left."}
            return JSONResponse(problem, 403, media_type="application/problem+json")
        status = {"type": "elicitation_status", "elicitation_id": elicitation_id, "status": "completed"}
        return JSONResponse(status)

    return app


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    payments, answers, mandates = FakePayments(), [], FakeMandates()
    identity, alerts, orders = FakeIdentity(), FakeAlerts(), FakeOrders()

    async def ready() -> bool:
        return True

    with serving(_door(answers)) as api:
        door = AnswerDoor(httpx.AsyncClient(base_url=api))
        bank = Bank(
            Reads(FakeInquiries(), lambda: date(2026, 11, 21)),
            Payments(payments, FakeRecords(), FakeQuestions(), FakeGateway(), door),
            Mandates(mandates),
            Cards(FakeInquiries(), identity),
            Alerts(alerts),
            StandingOrders(orders),
            Memory(NoAnswers(), FakeInquiries().revision_of, lambda: date(2026, 11, 21)),
        )
        checks = guard(ServiceTokenVerifier(KEYS, MCP_AUDIENCE))
        with serving(application(bank, checks, free_counter(), outside(), ready)) as url:
            yield World(url, payments, answers, mandates, identity, alerts, orders)


@pytest.fixture
async def tools(world: World) -> AsyncIterator[McpTools]:
    async with McpTools(world.url, TOKENS) as opened:
        yield opened


@pytest.fixture
def http(world: World) -> Iterator[httpx.Client]:
    bearer = TOKENS.mint("u1", "s1", ["read", "transact", "configure"], [MCP_AUDIENCE, API_AUDIENCE])
    with httpx.Client(base_url=world.url, headers={"Authorization": f"Bearer {bearer}"}) as client:
        yield client


MANDATE = {"payees": ["City Power"], "budget": "100.00", "period": "month", "mandate_id": "m9"}


def call(name: str, scope: str = "transact", session: str = "s1", **arguments: object) -> ToolCall:
    return ToolCall(name, "u1", session, (scope,), arguments)


async def twin(http: httpx.Client, name: str, **arguments: object) -> dict[str, Any]:
    return (await asyncio.to_thread(http.post, f"/mcp/{name}", json=arguments)).json()


async def test_balance_over_mcp_and_over_its_twin(tools: McpTools, http: httpx.Client) -> None:
    found = await tools.call(call("balance", "read"))
    assert [(a["kind"], a["balance_minor"], a["available"]) for a in found["accounts"]] == [
        ("checking", 10000, "90.00"),
        ("savings", 5000, "50.00"),
    ]
    assert await twin(http, "balance") == found
    assert len((await twin(http, "balance", account="SAVINGS"))["accounts"]) == 1


async def test_transactions(tools: McpTools, http: httpx.Client) -> None:
    found = await tools.call(call("transactions", "read", account="checking", limit=2))
    assert [line["amount"] for line in found["transactions"]] == ["-12.34", "-12.34"]
    assert await twin(http, "transactions", limit=2) == found
    rest = await twin(http, "transactions", limit=2, cursor=found["next_cursor"])
    assert (len(rest["transactions"]), "next_cursor" in rest) == (1, False)


async def test_how_often_answers_were_remembered_is_told(tools: McpTools, http: httpx.Client) -> None:
    before = (await asyncio.to_thread(http.get, "/health")).json()["inquiries"]
    await tools.call(call("loans", "read"))
    await tools.call(call("mandates", "read"))
    after = (await asyncio.to_thread(http.get, "/health")).json()
    assert after == {"status": "ok", "inquiries": before | {"misses": before["misses"] + 1}}


async def test_spending_names_what_was_counted(tools: McpTools, http: httpx.Client) -> None:
    expected = {"payee": "Corner Grocer", "account": "", "currency": "USD", "total_minor": 3702, "total": "37.02"}
    found = await tools.call(call("spending", "read", payee="the corner GROCERS"))
    assert found == {"from": "2026-11-01", "to": "2026-11-21", "count": 3, **expected}
    assert await twin(http, "spending", payee="grocer") == found
    nowhere = await twin(http, "spending", payee="Harrods", **{"from": "2026-05-01", "to": "2026-05-31"})
    assert (nowhere["payee"], nowhere["total"], nowhere["count"]) == ("Harrods", "0.00", 0)


async def test_what_is_owed_and_what_is_due(tools: McpTools, http: httpx.Client) -> None:
    (loan,) = (await tools.call(call("loans", "read")))["loans"]
    assert (loan["outstanding"], loan["rate"], loan["instalment"]) == ("18400.00", "5.90", "412.50")
    (card,) = (await twin(http, "credit"))["cards"]
    assert (card["limit"], card["owed"], card["available"], card["minimum"]) == (
        "5000.00", "640.25", "4359.75", "35.00",
    )  # fmt: skip
    (due,) = (await twin(http, "scheduled", days=9))["payments"]
    assert (due["payee"], due["amount"], due["due_on"]) == ("City Power", "92.00", "2026-11-30")


async def test_payment_and_resume(tools: McpTools, world: World) -> None:
    arguments = {"payment_id": "p9", "amount": "25.00", "from_account": "checking", "to_account": "Sarah Chen"}
    begun = await tools.call(call("payment", **arguments))
    assert (begun["payment_id"], begun["status"]) == ("p9", "AWAITING_CUSTOMER")
    assert begun["elicitation"]["type"] == "elicitation"
    resume = {"elicitation_id": "e1", "user_input": {"confirmed": True}}
    for _ in range(2):
        assert (await tools.call(call("payment_resume", **resume)))["status"] == "completed"
    first, again = world.answers[-2:]
    assert first["response_id"] == again["response_id"]
    with pytest.raises(BankError) as refused:
        await tools.call(call("payment_resume", elicitation_id="e1", user_input={"otp_code": "111111"}))
    assert (refused.value.code, refused.value.sentence) == ("answer_rejected", "Not right. 4 tries left.")


async def test_a_transfer_between_own_accounts(tools: McpTools, http: httpx.Client, world: World) -> None:
    begun = await tools.call(call("transfer", payment_id="t9", amount="200", from_account="savings", to_account="loan"))
    assert (begun["payment_id"], begun["status"]) == ("t9", "AWAITING_CUSTOMER")
    assert (await twin(http, "transfer", payment_id="t10", amount="5", to_account="savings"))["payment_id"] == "t10"
    asked = [(each.kind, each.amount, each.account, each.payee) for each in world.payments.begun[-2:]]
    assert asked == [("own", "200.00", "savings", "loan"), ("own", "5.00", "", "savings")]


def test_the_seeds_own_request_is_understood(http: httpx.Client, world: World) -> None:
    body = b'{"amount": 500.00, "from_account": "checking", "to_account": "John Doe", "description": "Payment"}'
    answer = http.post("/mcp/payment", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 200
    assert world.payments.begun[-1].amount == "500.00"
    assert answer.json()["payment_id"] == world.payments.begun[-1].payment_id
    resume = {"elicitation_id": "e1", "user_input": {"otp_code": "123456"}}
    assert http.post("/mcp/payment/resume", json=resume).json()["status"] == "completed"
    assert http.post("/mcp/elicitation/e1/cancel").json()["status"] == "cancelled"
    assert http.post("/mcp/elicitation/theirs/cancel").json()["code"] == "elicitation_not_found"
    assert http.post("/mcp/payment/resume", json=resume | {"elicitation_id": "theirs"}).status_code == 404


async def test_alerts_are_set_up_shown_and_changed(tools: McpTools, http: httpx.Client, world: World) -> None:
    low = {"kind": "low_balance", "amount": "200.00"}
    begun = await tools.call(call("alerts", "configure", action="create", alert_id="a7", **low))
    assert (begun["alert_id"], begun["status"], "elicitation" in begun) == ("a7", "ACTIVE", False)
    assert world.alerts.asked[-1] == ("create", "u1", "low_balance", "200.00")
    plain = await twin(http, "alerts", action="create", kind="large_transaction", amount=75.5)
    assert world.alerts.asked[-1] == ("create", "u1", "large_transaction", "75.5")
    assert plain["alerts"][0]["words"] == "when your checking balance drops below $200.00"
    assert await twin(http, "alerts", action="list") == await tools.call(call("alerts", "configure", action="list"))
    await tools.call(call("alerts", "configure", action="change", alert_id="al1", amount="300", request_id="r9"))
    assert world.alerts.asked[-1] == ("change", "al1", "300", "r9")
    assert (await twin(http, "alerts", action="pause", alert_id="al1"))["alert_id"] == "al1"
    quiet = await twin(http, "alerts", action="quiet", quiet_from="22:00", quiet_to="07:00")
    assert (quiet["quiet"]["quiet_from"], quiet["alerts"]) == ("22:00", [])
    for amount in ({"a": 1}, [1], True):
        with pytest.raises(AmountUnreadableError):
            await tools.call(call("alerts", "configure", action="create", kind="low_balance", amount=amount))


async def test_a_mandate_is_set_up_shown_and_revoked(tools: McpTools, http: httpx.Client, world: World) -> None:
    begun = await tools.call(call("mandate_create", **MANDATE))
    assert (begun["mandate_id"], begun["status"]) == ("m9", "AWAITING_CUSTOMER")
    assert world.mandates.begun[-1].wish() == ("m9", "u1", ("City Power",), "100.00", "month", "", "USD", "")
    plain = await twin(http, "mandate", payees=["City Power"], budget=75.5, period="week", ends_on="2999-12-31")
    assert world.mandates.begun[-1].budget == "75.50"
    assert plain["mandate_id"] == world.mandates.begun[-1].mandate_id
    found = await tools.call(call("mandates", "read"))
    assert [(each["mandate_id"], each["left_minor"], each["state"]) for each in found["mandates"]] == [
        ("m1", 7500, "ACTIVE")
    ]
    assert await twin(http, "mandates") == found
    for _ in range(2):
        assert (await tools.call(call("mandate_revoke", mandate_id="m1")))["state"] == "REVOKED"
    assert (await twin(http, "mandate/revoke", mandate_id="m1"))["state"] == "REVOKED"


AMOUNTS = [
    ("25.10", "25.10"),
    ("25", "25.00"),
    ("1e2", "100.00"),
    ("0.10", "0.10"),
    ("0.30", "0.30"),
    ("1005.05", "1005.05"),
    ('"25.00"', "25.00"),
    ('"1,250.00"', "1250.00"),
    ("25.001", "amount_too_precise"),
    ("0.1000000000000000055511151231257827", "amount_unreadable"),
    ("-1", "amount_not_positive"),
    ("0", "amount_not_positive"),
    ("0.00", "amount_not_positive"),
    ("1e30", "amount_too_large"),
    ("99999999999999999999", "amount_too_large"),
    ('"abc"', "amount_unreadable"),
    ('"1,2,3"', "amount_unreadable"),
    ('"1.000,50"', "amount_unreadable"),
    ('"1,50"', "amount_unreadable"),
    ('"0.1+"', "amount_unreadable"),
    ('""', "amount_unreadable"),
    ("true", "amount_unreadable"),
    ("null", "amount_unreadable"),
    ("[25]", "amount_unreadable"),
    ("{}", "amount_unreadable"),
    ("NaN", "amount_unreadable"),
    ("Infinity", "amount_unreadable"),
    ("0.1+", "not_json"),
]


Door = Callable[[httpx.Client, str], dict[str, Any]]


def _twin(http: httpx.Client, amount: str) -> dict[str, Any]:
    body = f'{{"amount": {amount}, "to_account": "Sarah Chen", "payment_id": "px"}}'
    return http.post("/mcp/payment", content=body).json()


def _rpc(http: httpx.Client, amount: str) -> dict[str, Any]:
    arguments = f'{{"amount": {amount}, "to_account": "Sarah Chen", "payment_id": "px"}}'
    meta = (
        '{"io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {},'
        ' "io.modelcontextprotocol/clientInfo": {"name": "t", "version": "1"}}'
    )
    params = f'{{"name": "payment", "arguments": {arguments}, "_meta": {meta}}}'
    headers = {
        "Content-Type": "application/json",
        "Accept": "application/json, text/event-stream",
        "MCP-Protocol-Version": "2026-07-28",
        "Mcp-Method": "tools/call",
        "Mcp-Name": "payment",
    }
    body = f'{{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {params}}}'
    answer = http.post("/mcp", content=body, headers=headers).json()
    if "result" not in answer:
        return answer
    content = answer["result"]["structuredContent"]
    return content.get("error", content)


@pytest.mark.parametrize("door", [_twin, _rpc])
@pytest.mark.parametrize(("amount", "expected"), AMOUNTS)
def test_amounts_are_exact_or_refused(http: httpx.Client, world: World, door: Door, amount: str, expected: str) -> None:
    world.payments.begun.clear()
    answer = door(http, amount)
    if expected[0].isdigit():
        assert [request.amount for request in world.payments.begun] == [expected]
    else:
        assert answer["code"] == expected
        assert world.payments.begun == []


@pytest.mark.parametrize("path", ["/mcp/balance", "/mcp"])
@pytest.mark.parametrize("name", bad_tokens(CLAIMS, "svc+jwt"))
def test_bad_tokens_are_refused(world: World, path: str, name: str) -> None:
    token, code = bad_tokens(CLAIMS, "svc+jwt")[name]
    answer = httpx.post(f"{world.url}{path}", json={}, headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["code"]) == (401, code)
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert token not in answer.text


@pytest.fixture
def identity(world: World) -> Iterator[FakeIdentity]:
    yield world.identity
    world.identity.known, world.identity.state = False, VerificationState.PENDING
    world.identity.begun.clear()


async def test_where_a_card_is_is_told_once_it_is_known_who_asks(
    tools: McpTools, http: httpx.Client, identity: FakeIdentity
) -> None:
    asked = await tools.call(call("cards", "read", verification_id="v1"))
    assert (asked["verification_id"], asked["status"]) == ("v1", "PENDING")
    assert asked["elicitation"]["context"] == {"purpose": "cards", "transaction_type": "identity_check"}
    assert "cards" not in asked
    assert (identity.begun[0].user_id, identity.begun[0].session_id) == ("u1", "s1")
    assert await twin(http, "cards", verification_id="v1") == asked
    identity.known = True
    told = await tools.call(call("cards", "read", verification_id="v1"))
    assert [(card["last4"], card["status"]) for card in told["cards"]] == [("1234", "shipped")]
    assert told.keys() == {"cards"}
    assert await twin(http, "cards") == told


async def test_nobody_is_asked_who_does_not_want_to_be(tools: McpTools, identity: FakeIdentity) -> None:
    assert await tools.call(call("cards", "read", begin=False)) == {"status": "UNVERIFIED"}
    assert identity.begun == []


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (VerificationState.FAILED, "FAILED"),
        (VerificationState.EXPIRED, "EXPIRED"),
        (VerificationState.VERIFIED, "EXPIRED"),  # it counted for as long as it may
    ],
)
async def test_a_check_that_is_over_tells_nothing(
    tools: McpTools, identity: FakeIdentity, state: VerificationState, status: str
) -> None:
    identity.state = state
    assert await tools.call(call("cards", "read", verification_id="v1")) == {"verification_id": "v1", "status": status}


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (call("payment", "read", amount="1", to_account="Sarah Chen"), "forbidden"),
        (call("balance", "transact"), "forbidden"),
        (call("balance", "read", session="s2"), "session_stale"),
        (call("balance", "read", account="offshore"), "unknown_account"),
        (call("transactions", "read", limit=0), "invalid_request"),
        (call("transactions", "read", limit="many"), "invalid_request"),
        (call("payment", amount="1"), "invalid_request"),
        (call("payment", amount="1", to_account="Nobody"), "unknown_payee"),
        (call("payment", amount="1", to_account="Sarah Chen", currency="XXX"), "currency_mismatch"),
        (call("payment", amount="1", to_account="Sarah Chen", payment_id="a b"), "invalid_request"),
        (call("moon", "read"), "invalid_request"),
        (call("transactions", "read", account="offshore"), "unknown_account"),
        (call("transactions", "read", **{"from": "2026-05-31", "to": "2026-05-01"}), "dates_reversed"),
        (call("transactions", "read", **{"from": "in May"}), "date_unreadable"),
        (call("transactions", "read", to="2026-02-30"), "date_unreadable"),
        (call("transactions", "read", to="20260230"), "date_unreadable"),
        (call("transactions", "read", least="20", most="19.99"), "amounts_reversed"),
        (call("transactions", "read", least="lots"), "amount_unreadable"),
        (call("transactions", "read", most="-1"), "amount_not_positive"),
        (call("transactions", "read", least="0.001"), "amount_too_precise"),
        (call("transactions", "read", order="random"), "invalid_request"),
        (call("transactions", "read", direction="sideways"), "invalid_request"),
        (call("transactions", "read", limit=51), "invalid_request"),
        (call("transactions", "read", cursor="eA"), "cursor_invalid"),
        (call("transactions", "read", cursor="\u20ac"), "cursor_invalid"),
        (call("spending", "read", payee="corner"), "ambiguous_counterparty"),
        (call("spending", "read", **{"from": "yesterday"}), "date_unreadable"),
        (call("spending", "read", **{"from": "2026-12-01"}), "dates_reversed"),
        (call("spending", "read", account="offshore"), "unknown_account"),
        (call("scheduled", "read", days=-1), "invalid_request"),
        (call("scheduled", "read", days=367), "invalid_request"),
        (call("loans", "transact"), "forbidden"),
        (call("cards", "transact"), "forbidden"),
        (call("cards", "read", verification_id="a b"), "invalid_request"),
        (call("cards", "read", begin="perhaps"), "invalid_request"),
        (call("credit", "transact"), "forbidden"),
        (call("scheduled", "transact"), "forbidden"),
        (call("spending", "transact"), "forbidden"),
        (call("mandate_create", "read", **MANDATE), "forbidden"),
        (call("mandate_create", **MANDATE | {"payees": []}), "invalid_request"),
        (call("mandate_create", **MANDATE | {"payees": ["Nobody"]}), "unknown_payee"),
        (call("mandate_create", **MANDATE | {"budget": "-1"}), "amount_not_positive"),
        (call("mandate_create", **MANDATE | {"budget": "ten"}), "amount_unreadable"),
        (call("mandate_create", **MANDATE | {"period": "moon"}), "period_unknown"),
        (call("mandate_create", **MANDATE | {"mandate_id": "a b"}), "invalid_request"),
        (call("mandates", "transact"), "forbidden"),
        (call("mandate_revoke", "read", mandate_id="m1"), "forbidden"),
        (call("mandate_revoke", mandate_id="theirs"), "mandate_not_found"),
        (call("mandate_revoke"), "invalid_request"),
        (call("alerts", "transact", action="list"), "forbidden"),
        (call("alerts", "configure", action="buy"), "invalid_request"),
        (call("alerts", "configure", action="pause"), "invalid_request"),
        (call("alerts", "configure", action="delete", alert_id="theirs"), "alert_not_found"),
    ],
)
async def test_refusals_keep_their_codes(tools: McpTools, asked: ToolCall, code: str) -> None:
    with pytest.raises(BankError) as refused:
        await tools.call(asked)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/mcp/payment", b"{", 400, "not_json"),
        ("/mcp/payment", b"\xff\xfe", 400, "not_json"),
        ("/mcp/payment", b"[1]", 422, "invalid_request"),
        ("/mcp/payment", b"[" * 30_000, 400, "not_json"),
        ("/mcp/payment", b" " * 70_000, 413, "body_too_large"),
        ("/mcp", b"{", 400, "not_json"),
        ("/mcp", b" " * 70_000, 413, "body_too_large"),
        ("/mcp/nothing", b"{}", 404, "not_found"),
    ],
)
def test_bad_bodies_are_problems(http: httpx.Client, path: str, body: bytes, status: int, code: str) -> None:
    answer = http.post(path, content=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert {"type", "title", "status", "detail", "code", "sentence", "trace_id"} <= answer.json().keys()


async def test_a_server_that_is_not_there_is_unavailable() -> None:
    async with McpTools("http://127.0.0.1:9", TOKENS) as tools:
        for _ in range(2):
            with pytest.raises(BankError) as refused:
                await tools.call(call("balance", "read"))
            assert refused.value.code == "service_unavailable"


def test_tools_are_listed_with_their_schemas(http: httpx.Client) -> None:
    headers = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-11-25"}
    answer = http.post("/mcp/", json={"jsonrpc": "2.0", "id": 1, "method": "tools/list"}, headers=headers)
    listed = {tool["name"]: tool for tool in answer.json()["result"]["tools"]}
    assert listed.keys() == {
        "balance",
        "transactions",
        "spending",
        "loans",
        "credit",
        "scheduled",
        "cards",
        "payment",
        "transfer",
        "payment_resume",
        "payment_correct",
        "payment_cancel",
        "elicitation_cancel",
        "mandate_create",
        "mandates",
        "mandate_revoke",
        "standing_orders",
        "alerts",
    }
    assert all(tool["outputSchema"]["type"] == "object" and tool["annotations"] for tool in listed.values())
    kinds = {option["type"] for option in listed["payment"]["inputSchema"]["properties"]["amount"]["anyOf"]}
    assert kinds == {"string", "number"}
    assert json.dumps(listed["payment"]["inputSchema"]["required"]) == '["to_account"]'


async def test_a_payment_is_corrected(tools: McpTools, http: httpx.Client, world: World) -> None:
    found = await tools.call(call("payment_correct", payment_id="p1", amount="50", correction_id="c1"))
    assert (found["version"], found["elicitation"]["elicitation_id"]) == (2, "p1-confirmation-2")
    assert world.payments.corrected[-1] == ("p1", Correction(amount="50"), "c1")
    await twin(http, "payment/correct", payment_id="p1", to_account=" John Doe ", from_account="savings", version=3)
    payment_id, wanted, correction_id = world.payments.corrected[-1]
    assert (payment_id, wanted) == ("p1", Correction("", "John Doe", "savings", 3))
    assert correction_id


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"payment_id": "theirs", "amount": "5"}, "payment_not_found"),
        ({"payment_id": "../p1", "amount": "5"}, "payment_not_found"),
        ({"payment_id": "p1", "amount": "5", "version": 7}, "stale_version"),
        ({"payment_id": "p1", "amount": True}, "amount_unreadable"),
        ({"payment_id": "p1", "amount": "5", "version": -1}, "invalid_request"),
        ({"payment_id": "p1", "amount": "5", "correction_id": "a b"}, "invalid_request"),
        ({"amount": "5"}, "invalid_request"),
    ],
)
async def test_a_correction_that_is_refused(http: httpx.Client, given: dict[str, object], code: str) -> None:
    assert (await twin(http, "payment/correct", **given))["code"] == code


async def test_a_standing_order_is_set_up_changed_and_stopped(tools: McpTools, world: World) -> None:
    terms = {"payee": " City Power ", "amount": 80, "every": "FREQ=MONTHLY;BYMONTHDAY=1"}
    begun = await tools.call(call("standing_orders", action="create", order_id="o9", **terms))
    assert (begun["order_id"], begun["elicitation"]["elicitation_id"]) == ("o9", "standing-order-o9-confirmation-1")
    assert world.orders.wanted[-1].wish == OrderWish("City Power", "80", every="FREQ=MONTHLY;BYMONTHDAY=1")
    changed = await tools.call(call("standing_orders", action="change", order_id="o1", amount="90", request_id="r1"))
    assert changed["elicitation"]["elicitation_id"] == "standing-order-o1-confirmation-2"
    assert (world.orders.wanted[-1].change_id, world.orders.wanted[-1].wish.amount) == ("r1", "90")
    for step, state in (("pause", "PAUSED"), ("resume", "ACTIVE"), ("cancel", "CANCELLED")):
        assert (await tools.call(call("standing_orders", action=step, order_id="o1")))["status"] == state
    [listed] = (await tools.call(call("standing_orders", action="list")))["standing_orders"]
    assert (listed["order_id"], listed["state"], listed["next_on"]) == ("o1", "CANCELLED", "2026-12-01")


@pytest.mark.parametrize(
    ("scopes", "given", "code"),
    [
        ("read", {"action": "pause", "order_id": "o1"}, "forbidden"),
        ("transact", {"action": "pause"}, "invalid_request"),
        ("transact", {"action": "pause", "order_id": "theirs"}, "standing_order_not_found"),
        ("transact", {"action": "create", "payee": "Nobody", "amount": "1"}, "unknown_payee"),
        ("transact", {"action": "create", "order_id": "no/path", "amount": "1"}, "invalid_request"),
    ],
)
async def test_a_standing_order_that_is_refused(tools: McpTools, scopes: str, given: dict[str, str], code: str) -> None:
    with pytest.raises(BankError) as refused:
        await tools.call(call("standing_orders", scopes, **given))
    assert refused.value.code == code
