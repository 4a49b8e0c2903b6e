"""What every answer carries, whoever may read it, and what a failure gives away."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import httpx
import pytest
from fastapi import FastAPI
from pydantic import ValidationError
from starlette.responses import PlainTextResponse

from adapters.edge.cors import Cors
from adapters.edge.headers import SecurityHeaders
from adapters.edge.problems import install
from adapters.livekit.keys import LiveKitKey
from api.rooms import RoomTickets, new_room
from domain.accounts import Customer
from domain.errors import InvalidRequestError
from runtime.settings import Settings
from tests.api.conftest import PASSWORD
from tests.serving import serving

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import Receive, Scope, Send

pytestmark = pytest.mark.servers
LOGIN = {"username": "maya", "password": PASSWORD}
MAYA = Customer("user_maya", "maya", "Maya", "customer", "t", "cust_1", "web", "+15550100101", "maya@example.com")


def is_guarded(answer: httpx.Response) -> bool:
    found = answer.headers
    return (
        found["x-content-type-options"] == "nosniff"
        and found["x-frame-options"] == "DENY"
        and found["referrer-policy"] == "no-referrer"
        and found["cache-control"] == "no-store"
        and "default-src 'none'" in found["content-security-policy"]
        and "frame-ancestors 'none'" in found["content-security-policy"]
    )


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/api/login", LOGIN, 200),
        ("POST", "/api/login", {"username": "maya", "password": "no"}, 401),
        ("POST", "/api/login", {}, 422),
        ("POST", "/api/elicitations/e1/answer", {"data": {}}, 401),
        ("POST", "/api/login", {"username": "x" * 70_000}, 413),
        ("DELETE", "/api/login", None, 405),
        ("GET", "/nothing", None, 404),
        ("GET", "/health", None, 503),
        ("GET", "/", None, 200),
        ("GET", "/docs", None, 200),
        ("GET", "/openapi.json", None, 200),
        ("GET", "/.well-known/jwks.json", None, 200),
    ],
)
def test_every_answer_is_guarded(api: str, method: str, path: str, body: object, status: int) -> None:
    answer = httpx.request(method, api + path, json=body, timeout=60)
    assert answer.status_code == status
    assert is_guarded(answer)


def test_the_documentation_tells_every_route_and_error_and_loads_nothing(api: str) -> None:
    page = httpx.get(f"{api}/docs")
    assert "<script" not in page.text
    assert "://" not in page.text
    assert "script-src" not in page.headers["content-security-policy"]
    for path, verbs in httpx.get(f"{api}/openapi.json").json()["paths"].items():
        for verb in verbs:
            assert f"<h2>{verb.upper()} {path}</h2>" in page.text
    for code in ("payment_closed", "answer_rejected", "withdrawn"):
        assert f"<code>{code}</code>" in page.text
    assert httpx.get(f"{api}/redoc").status_code == 404


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1"])
def test_other_sites_may_not_read(api: str, origin: str) -> None:
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    assert "access-control-allow-origin" not in httpx.options(f"{api}/codec/decode", headers=asked).headers
    answer = httpx.post(f"{api}/api/login", json=LOGIN, headers={"Origin": origin}, timeout=60)
    assert "access-control-allow-origin" not in answer.headers


def test_every_route_is_guarded_whoever_asks(
    api: str, chosen: Settings, maya: httpx.Client, sign_in: Callable[[str], httpx.Client]
) -> None:
    paths = httpx.get(f"{api}/openapi.json").json()["paths"]
    asked = [(verb.upper(), path) for path, verbs in paths.items() for verb in verbs if path != "/api/events"]
    assert len(asked) > 15
    del chosen
    for method, path in asked:
        for client in (sign_in(""), maya):
            answer = client.request(method, re.sub(r"\{\w+\}", "x1", path), json={} if method == "POST" else None)
            assert is_guarded(answer), (method, path)
            assert "strict-transport-security" not in answer.headers


@pytest.mark.parametrize(("scheme", "said"), [("https", "max-age=63072000; includeSubDomains"), ("http", None)])
async def test_only_over_tls_is_tls_asked_for(scheme: str, said: str | None) -> None:
    async def plain(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse("ok")(scope, receive, send)

    transport = httpx.ASGITransport(SecurityHeaders(plain))
    async with httpx.AsyncClient(transport=transport, base_url=f"{scheme}://bank.example") as client:
        assert (await client.get("/")).headers.get("strict-transport-security") == said


async def test_a_listed_site_may_call_the_api_but_not_the_codec() -> None:
    async def plain(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse("ok")(scope, receive, send)

    app = Cors(plain, ["https://bank.example"], {"/codec/": ["https://temporal.example"]})
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://t") as client:
        for path, origin, allowed in (
            ("/api/login", "https://bank.example", True),
            ("/api/login", "https://temporal.example", False),
            ("/codec/decode", "https://bank.example", False),
            ("/codec/decode", "https://temporal.example", True),
            ("/api/login", "https://bank.example.evil.example", False),
        ):
            asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
            asked["Access-Control-Request-Headers"] = "idempotency-key"
            answer = await client.options(path, headers=asked)
            assert (answer.headers.get("access-control-allow-origin") == origin) is allowed, (path, origin)
            assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize(
    "origin", ["*", "bank.example", "https://bank.example/", "https://a@b", "ftp://x", "https://*.x"]
)
def test_a_list_of_origins_holds_origins_only(origin: str) -> None:
    with pytest.raises(ValidationError):
        Settings(cors_origins=(origin,))


@pytest.mark.parametrize("rate", ["60", "0/1m", "often"])
def test_a_limit_that_is_none_stops_the_start(rate: str) -> None:
    with pytest.raises(ValidationError):
        Settings(rate_tools=rate)


def test_the_pages_on_the_list_may(api: str, chosen: Settings) -> None:
    asked = {"Origin": chosen.temporal_ui_url, "Access-Control-Request-Method": "POST"}
    answer = httpx.options(f"{api}/codec/decode", headers=asked)
    assert answer.headers["access-control-allow-origin"] == chosen.temporal_ui_url
    assert "access-control-allow-credentials" not in answer.headers


def test_a_fault_of_ours_says_where_to_look_and_nothing_else() -> None:
    app = FastAPI()
    install(app)
    app.add_middleware(SecurityHeaders)

    @app.get("/fault")
    async def fault(said: str) -> None:
        raise LookupError(said)

    with serving(app) as url:
        answer = httpx.get(f"{url}/fault?said=424242")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert "424242" not in answer.text
    assert "Traceback" not in answer.text
    assert ".py" not in answer.text


@pytest.mark.parametrize(
    "room", ["", "*", "admin", "voice_assistant_room_", "voice_assistant_room_1234567890_0123456789ABCDEF", "a/b"]
)
def test_a_ticket_is_for_a_customers_room_only(room: str) -> None:
    tickets = RoomTickets(LiveKitKey("key", "s" * 32))
    assert tickets.mint(new_room(), "agent", MAYA, frozenset())
    with pytest.raises(InvalidRequestError):
        tickets.mint(room, "agent", MAYA, frozenset())
