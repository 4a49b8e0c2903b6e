"""Arguments and messages made up by Hypothesis, at the twins and at the JSON-RPC endpoint of the real tools."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import threading
from typing import TYPE_CHECKING, Any, Final

import httpx
import jsonschema_rs
import psycopg
import pytest
import uvicorn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.tokens import API_AUDIENCE, MCP_AUDIENCE, ServiceTokens, Signer
from domain.errors import every_error
from mcp_tools.compose import tools
from mcp_tools.read_schemas import (
    BalanceArgs,
    BalanceResult,
    CardsArgs,
    CardsResult,
    CreditResult,
    LoansResult,
    ScheduledArgs,
    ScheduledResult,
    SpendingArgs,
    SpendingResult,
    TransactionsArgs,
    TransactionsResult,
)
from mcp_tools.schemas import (
    CancelArgs,
    NoArgs,
    PaymentArgs,
    PaymentCancelArgs,
    PaymentOutcome,
    ResumeArgs,
    StatusResult,
    TransferArgs,
)
from runtime.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runtime.local.stack import Stack

pytestmark = pytest.mark.servers
BOUNDED = settings(
    derandomize=True, database=None, deadline=None, max_examples=100, suppress_health_check=list(HealthCheck)
)
CODES: Final = {error.code for error in every_error()}
TOOLS: Final = {
    "balance": ("/mcp/balance", BalanceArgs, BalanceResult),
    "transactions": ("/mcp/transactions", TransactionsArgs, TransactionsResult),
    "spending": ("/mcp/spending", SpendingArgs, SpendingResult),
    "loans": ("/mcp/loans", NoArgs, LoansResult),
    "credit": ("/mcp/credit", NoArgs, CreditResult),
    "scheduled": ("/mcp/scheduled", ScheduledArgs, ScheduledResult),
    "cards": ("/mcp/cards", CardsArgs, CardsResult),
    "payment": ("/mcp/payment", PaymentArgs, PaymentOutcome),
    "transfer": ("/mcp/transfer", TransferArgs, PaymentOutcome),
    "payment_resume": ("/mcp/payment/resume", ResumeArgs, StatusResult),
    "payment_cancel": ("/mcp/payment/cancel", PaymentCancelArgs, PaymentOutcome),
    "elicitation_cancel": ("/mcp/elicitation/{}/cancel", CancelArgs, StatusResult),
}
texts = st.text(st.characters(codec=None), max_size=20)  # half characters and NUL too
likely = st.sampled_from(
    [
        *("checking", "Sarah Chen", "USD", "12.50", "-1", "1e9", "0", "", " ", "x" * 3000, "..", "\0", "\ud800"),
        *(0, -1, 2**31, 2**63, 10**400, True, None, 1.5, {}, [], {"otp_code": "123456"}, {"confirmed": True}),
    ]
)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
names = sorted(
    {name for _, args, _ in TOOLS.values() for name in (each.alias or own for own, each in args.model_fields.items())}
)
arguments = st.dictionaries(st.sampled_from(names) | texts, likely | anything, max_size=6)


class Served:
    """The tools in a thread of their own, as `python -m mcp_tools` has them, but for their limits."""

    def __init__(self, chosen: Settings) -> None:
        self._chosen = chosen
        self._over = asyncio.Event()
        self._loop = asyncio.new_event_loop()
        self._socket = socket.create_server(("127.0.0.1", 0))  # who comes before it serves, waits
        self._thread = threading.Thread(target=lambda: self._loop.run_until_complete(self._serve()))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    async def _serve(self) -> None:
        async with tools(self._chosen) as app:
            server = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="none"))
            serving = asyncio.create_task(server.serve(sockets=[self._socket]))
            await self._over.wait()
            server.should_exit = True
            await serving

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()
        self._loop.close()


@pytest.fixture(scope="module")
def http(typed_bank: Stack) -> Iterator[httpx.Client]:
    """The tools as the orchestrator calls them for maya, in a conversation of hers."""
    given_env = {name.removeprefix("COUNTERSIGN_").lower(): value for name, value in typed_bank.env.items()}
    given_env |= {
        "database_url": typed_bank.site.database_url("countersign_mcp"),
        "rate_tools": "",
        "rate_anonymous": "",
    }
    served = Served(Settings(**{name: value for name, value in given_env.items() if name in Settings.model_fields}))
    with httpx.Client(base_url=typed_bank.env["COUNTERSIGN_API_URL"], timeout=60) as api:
        login = {"username": "maya", "password": typed_bank.env["COUNTERSIGN_DEMO_PASSWORD"]}
        api.headers["Authorization"] = f"Bearer {api.post('/api/login', json=login).json()['access_token']}"
        session = api.post("/api/conversations", json={"new": True}).json()["session_id"]
    keys = typed_bank.site.layout.keys
    signer = Signer.from_files(keys / "service.pem", keys / "jwks.json")
    token = ServiceTokens(signer).mint("user_maya", session, ["read", "transact"], [MCP_AUDIENCE, API_AUDIENCE])
    with httpx.Client(base_url=served.url, timeout=60, headers={"Authorization": f"Bearer {token}"}) as client:
        yield client
    served.close()


@pytest.fixture(autouse=True, scope="module")
def _nothing_moved(typed_bank: Stack) -> Iterator[None]:
    with psycopg.connect(typed_bank.env["COUNTERSIGN_MIGRATIONS_URL"], autocommit=True) as owner:
        before = owner.execute("SELECT count(*) FROM entries").fetchall()
        yield
        assert owner.execute("SELECT count(*) FROM entries").fetchall() == before


def refused(answer: httpx.Response) -> None:
    about = (answer.status_code, answer.text[:300])
    assert 400 <= answer.status_code < 500, about
    assert answer.headers["content-type"] == "application/problem+json", about
    assert answer.json()["code"] in CODES, about
    assert re.fullmatch(r"[^{}\[\]]+[.?!]", answer.json()["sentence"]), about


@pytest.mark.parametrize("name", TOOLS)
def test_a_twin_answers_or_refuses(http: httpx.Client, name: str) -> None:
    path, _, result = TOOLS[name]
    fits = jsonschema_rs.validator_for(result.model_json_schema())

    @given(arguments)
    @BOUNDED
    def check(made: dict[str, Any]) -> None:
        body = json.dumps(made).encode()
        where = path.format("x1")
        answer = http.post(where, content=body, headers={"Content-Type": "application/json"})
        if answer.status_code == 200:
            assert fits.is_valid(answer.json())
        else:
            refused(answer)

    check()


@pytest.mark.parametrize("name", TOOLS)
def test_a_tool_answers_or_refuses(http: httpx.Client, name: str) -> None:
    fits = jsonschema_rs.validator_for(TOOLS[name][2].model_json_schema())

    @given(arguments)
    @BOUNDED
    def check(made: dict[str, Any]) -> None:
        message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": name, "arguments": made}}
        answer = http.post("/mcp/", content=json.dumps(message).encode(), headers=_RPC)
        if answer.headers["content-type"] == "application/problem+json":
            refused(answer)
            return
        told = answer.json()
        assert answer.status_code < 500, told
        if "error" in told:  # the message itself was none
            assert told["error"]["code"] in {-32600, -32602, -32700}, told
        elif told["result"].get("isError"):
            assert told["result"]["structuredContent"]["error"]["code"] in CODES - {"internal_error"}, told
        else:
            assert fits.is_valid(told["result"]["structuredContent"])

    check()


_RPC: Final = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
messages = st.dictionaries(
    st.sampled_from(["jsonrpc", "id", "method", "params", "result", "error"]) | texts,
    st.sampled_from(["2.0", "tools/call", "tools/list", "initialize", "ping", "notifications/cancelled", 1]) | anything,
    max_size=6,
)


@given(messages | anything | st.lists(messages, max_size=3))
@BOUNDED
def _any_message(http: httpx.Client, made: object) -> None:
    answer = http.post("/mcp/", content=json.dumps(made).encode(), headers=_RPC)
    assert answer.status_code < 500, (answer.status_code, answer.text[:300], made)


def test_a_message_that_is_none(http: httpx.Client) -> None:
    _any_message(http)


@given(st.binary(max_size=200))
@BOUNDED
def _any_bytes(http: httpx.Client, made: bytes) -> None:
    for path in ("/mcp/", "/mcp/payment", "/mcp/payment/resume"):
        answer = http.post(path, content=made, headers=_RPC)
        assert answer.status_code < 500, (answer.status_code, answer.text[:300], made)


def test_bytes_that_are_no_message(http: httpx.Client) -> None:
    _any_bytes(http)


@pytest.mark.parametrize("given_id", ["%00", "%ED%A0%80", "..%2F..", "a" * 4000, "%FF"])
def test_an_id_that_is_none(http: httpx.Client, given_id: str) -> None:
    refused(http.post(f"/mcp/elicitation/{given_id}/cancel"))
