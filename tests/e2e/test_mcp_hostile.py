"""What a hostile client, page or person tries at the door for persons' own MCP clients, on the whole bank."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from contextlib import ExitStack, closing
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import uuid4

import httpx
import pytest

from runtime.local.stack import Stack
from tests.browser import Browser
from tests.e2e.outsider import newest_code
from tests.faults.customer import Books, await_all, kill, until

pytestmark = [pytest.mark.servers, pytest.mark.timeout(120)]
VERIFIER: Final = "v" * 50
CHALLENGE: Final = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
BACK: Final = "http://127.0.0.1:5555/callback"


class House:
    """The two doors, and a person's way through the first by hand."""

    def __init__(self, stack: Stack, stay: ExitStack) -> None:
        self.stack, self._stay = stack, stay
        self.issuer = f"http://localhost:{stack.env['COUNTERSIGN_API_PORT']}"
        self.resource = f"{stack.env['COUNTERSIGN_MCP_URL']}/mcp"
        self.again()

    def again(self) -> None:
        """With new connections: those to a process that was killed are dead."""
        self.http = self._stay.enter_context(httpx.Client(timeout=60))

    def browser(self, user: str = "maya") -> Browser:
        return self._stay.enter_context(closing(Browser(user, self.stack.env["COUNTERSIGN_DEMO_PASSWORD"])))

    def register(self, *uris: str) -> httpx.Response:
        body = {"client_name": "Some client", "redirect_uris": list(uris or (BACK,))}
        return self.http.post(f"{self.issuer}/oauth/register", json=body)

    def asked(self, **other: str) -> str:
        """The address that a browser is sent to."""
        client_id = other.get("client_id") or self.register().json()["client_id"]
        usual = {"response_type": "code", "client_id": client_id, "redirect_uri": BACK, "scope": "read transact"}
        usual |= {"code_challenge": CHALLENGE, "code_challenge_method": "S256", "state": "s", "resource": self.resource}
        wanted = {name: value for name, value in (usual | other).items() if value}
        return f"{self.issuer}/oauth/authorize?{urlencode(wanted)}"

    def code(self, browser: Browser, **other: str) -> dict[str, str]:
        """What comes back to the client once the person has said yes."""
        browser.open(self.asked(**other))
        browser.submit("allow")
        return dict(parse_qsl(urlsplit(browser.visited[-1]).query))

    def token(self, **fields: str) -> httpx.Response:
        return self.http.post(f"{self.issuer}/oauth/token", data=fields)

    def redeem(self, given_to: str, code: str, **other: str) -> httpx.Response:
        usual = {"grant_type": "authorization_code", "client_id": given_to, "code": code, "redirect_uri": BACK}
        return self.token(**(usual | {"code_verifier": VERIFIER} | other))

    def granted(self, user: str = "maya", scope: str = "read transact") -> dict[str, Any]:
        client_id = self.register().json()["client_id"]
        told = self.code(self.browser(user), client_id=client_id, scope=scope)
        return self.redeem(client_id, told["code"]).json() | {"client_id": client_id}

    def call(self, token: str, name: str, arguments: dict[str, Any], **more: object) -> httpx.Response:
        """A round, of a client that can ask in both ways."""
        return self.rpc(token, "tools/call", {"name": name, "arguments": arguments} | more, name)

    def rpc(self, token: str, method: str, params: dict[str, Any], name: str, **extensions: object) -> httpx.Response:
        capabilities = {"elicitation": {"form": {}, "url": {}}} | ({"extensions": extensions} if extensions else {})
        meta = {
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": capabilities,
            "io.modelcontextprotocol/clientInfo": {"name": "t", "version": "1"},
        }
        headers = {
            "Authorization": f"Bearer {token}",
            "Accept": "application/json, text/event-stream",
            "MCP-Protocol-Version": "2026-07-28",
            "Mcp-Method": method,
            "Mcp-Name": name,
        }
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params | {"_meta": meta}}
        return self.http.post(self.resource, json=body, headers=headers)


@pytest.fixture(scope="module")
def house(typed_bank: Stack) -> Iterator[House]:
    with ExitStack() as stay:
        yield House(typed_bank, stay)


@pytest.fixture(scope="module")
def maya(house: House) -> dict[str, Any]:
    return house.granted()


def pay(**other: object) -> dict[str, Any]:
    return {"payment_id": str(uuid4()), "amount": "1.25", "to_account": "Sarah Chen"} | other


def begun(house: House, token: str, arguments: dict[str, Any]) -> dict[str, Any]:
    result = house.call(token, "payment", arguments).json()["result"]
    assert result["resultType"] == "input_required", result
    return result


def yes(result: dict[str, Any]) -> dict[str, Any]:
    """The confirmation of this round."""
    (key,) = result["inputRequests"]
    answer = {"action": "accept", "content": {"confirmed": True}}
    return {"inputResponses": {key: answer}, "requestState": result["requestState"]}


def test_who_may_not_call_is_told_where_to_go(house: House, maya: dict[str, Any]) -> None:
    stranger = house.http.post(house.resource, json={})
    challenge = stranger.headers["www-authenticate"]
    assert (stranger.status_code, 'scope="read"' in challenge) == (401, True)
    where = challenge.split('resource_metadata="')[1].split('"')[0]
    described = house.http.get(where).json()
    assert described["resource"] == house.resource
    server = house.http.get(f"{described['authorization_servers'][0]}/.well-known/oauth-authorization-server").json()
    assert (server["issuer"], server["code_challenge_methods_supported"]) == (house.issuer, ["S256"])
    reader = house.granted(scope="read")
    assert house.call(reader["access_token"], "balance", {}).status_code == 200
    lacking = house.call(reader["access_token"], "payment", pay())
    assert lacking.status_code == 403
    assert 'error="insufficient_scope", scope="transact"' in lacking.headers["www-authenticate"]
    twin = house.http.post(
        f"{house.resource}/payment", json=pay(), headers={"Authorization": f"Bearer {reader['access_token']}"}
    )
    assert (twin.status_code, 'scope="transact"' in twin.headers["www-authenticate"]) == (403, True)
    wider = house.token(
        grant_type="refresh_token",
        client_id=reader["client_id"],
        refresh_token=reader["refresh_token"],
        scope="read transact",
    )
    assert (wider.status_code, wider.json()["error"]) == (400, "invalid_scope")
    assert maya["scope"] == "read transact"


def test_a_token_opens_one_door_only(house: House, maya: dict[str, Any]) -> None:
    grant = {"Authorization": f"Bearer {maya['access_token']}"}
    for path in ("/api/accounts", "/api/elicitations", "/api/sign-ins"):
        assert house.http.get(f"{house.issuer}{path}", headers=grant).status_code == 401, path
    login = {"username": "maya", "password": house.stack.env["COUNTERSIGN_DEMO_PASSWORD"]}
    own = house.http.post(f"{house.issuer}/api/login", json=login).json()
    assert house.call(own["access_token"], "balance", {}).status_code == 401
    stolen = {"refresh_token": maya["refresh_token"]}
    assert house.http.post(f"{house.issuer}/api/token/refresh", json=stolen).json()["code"] == "refresh_invalid"
    swapped = house.token(grant_type="refresh_token", client_id=maya["client_id"], refresh_token=own["refresh_token"])
    assert swapped.json()["error"] == "invalid_grant"
    assert house.http.post(f"{house.issuer}/api/token/refresh", json={"refresh_token": own["refresh_token"]}).is_success


REDIRECTS: Final = [
    "javascript:alert(1)",
    "http://evil.example/cb",
    "https://user@evil.example/cb",
    "http://127.0.0.1@evil.example/cb",
    "http://127.0.0.1.evil.example/cb",
    "https://good.example/cb#x",
    "https://good.example\\@evil.example/",
    "http://localhost:99999/cb",
    "myapp://callback",
    "https://g\u00f6\u00f6d.example/cb",
]


@pytest.mark.parametrize("uri", REDIRECTS)
def test_no_such_redirect(house: House, uri: str) -> None:
    assert (house.register(uri).status_code, house.register(BACK, uri).status_code) == (400, 400)
    answer = httpx.get(house.asked(redirect_uri=uri))
    assert (answer.status_code, "location" in answer.headers) == (400, False)
    assert uri not in answer.text


def test_a_loopback_redirect_may_choose_its_port_and_nothing_else(house: House) -> None:
    client_id = house.register().json()["client_id"]
    for uri, status in {
        "http://127.0.0.1:6666/callback": 401,
        "http://127.0.0.1/callback": 401,
        "http://127.0.0.1:6666/other": 400,
        "http://localhost:5555/callback": 400,
        "https://127.0.0.1:5555/callback": 400,
        "http://127.0.0.1:5555/callback?x=1": 400,
    }.items():
        assert httpx.get(house.asked(client_id=client_id, redirect_uri=uri)).status_code == status, uri
    forged = client_id[:-6] + "AAAAAA"
    assert httpx.get(house.asked(client_id=forged)).status_code == 400


@pytest.mark.parametrize(
    ("other", "error"),
    [
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": ""}, "invalid_request"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"resource": "http://127.0.0.1:1/mcp"}, "invalid_target"),
        ({"scope": "read admin"}, "invalid_scope"),
    ],
)
def test_a_wrong_wish_goes_back_to_the_client(house: House, other: dict[str, str], error: str) -> None:
    answer = httpx.get(house.asked(**other))
    told = dict(parse_qsl(urlsplit(answer.headers["location"]).query))
    assert answer.headers["location"].startswith(BACK)
    assert (told["error"], told["state"], told["iss"]) == (error, "s", house.issuer)


def test_a_code_is_one_clients_once(house: House) -> None:
    mine, other = (house.register().json()["client_id"] for _ in range(2))
    browser = house.browser()
    for wrong in (
        {"client_id": house.register("https://x.example/cb").json()["client_id"]},
        {"code_verifier": "w" * 50},
        {"code_verifier": ""},
        {"redirect_uri": "http://127.0.0.1:5556/callback"},
    ):
        code = house.code(browser, client_id=mine)["code"]
        assert house.redeem(mine, code, **wrong).json() == {"error": "invalid_grant"}, wrong
        assert house.redeem(mine, code).json() == {"error": "invalid_grant"}  # burnt
    assert mine != other
    code = house.code(browser, client_id=mine)["code"]
    first = house.redeem(mine, code).json()
    assert house.call(first["access_token"], "balance", {}).status_code == 200
    assert house.redeem(mine, code).json() == {"error": "invalid_grant"}
    assert house.call(first["access_token"], "balance", {}).status_code == 401  # what it gave is over


def test_refresh_tokens_rotate_and_signing_out_everywhere_ends_the_grant(house: House) -> None:
    granted = house.granted("omar")
    again = {"grant_type": "refresh_token", "client_id": granted["client_id"]}
    second = house.token(**again, refresh_token=granted["refresh_token"]).json()
    assert house.call(second["access_token"], "balance", {}).status_code == 200
    assert house.token(**again, refresh_token=granted["refresh_token"]).json()["error"] == "invalid_grant"
    assert house.call(second["access_token"], "balance", {}).status_code == 401  # reuse ended it
    third = house.granted("omar")
    login = {"username": "omar", "password": house.stack.env["COUNTERSIGN_DEMO_PASSWORD"]}
    own = house.http.post(f"{house.issuer}/api/login", json=login).json()["access_token"]
    house.http.post(f"{house.issuer}/api/logout/all", headers={"Authorization": f"Bearer {own}"})
    assert house.call(third["access_token"], "balance", {}).status_code == 401


def refused_state(answer: httpx.Response) -> bool:
    told = answer.json()["error"]
    return (told["code"], told["data"]) == (-32602, {"reason": "invalid_request_state"})


def test_a_state_is_one_persons_and_one_calls(house: House, maya: dict[str, Any]) -> None:
    arguments = pay()
    first = begun(house, maya["access_token"], arguments)
    omar = house.granted("omar")
    same_person = house.granted()  # but another client of hers
    answered = yes(first)
    forged = answered | {"requestState": first["requestState"][:-4] + "AAAA"}
    plain = answered | {"requestState": json.dumps([arguments["payment_id"], "e", "form"])}
    assert refused_state(house.call(maya["access_token"], "payment", arguments, **forged))
    assert refused_state(house.call(maya["access_token"], "payment", arguments, **plain))
    assert refused_state(house.call(omar["access_token"], "payment", arguments, **answered))
    assert refused_state(house.call(maya["access_token"], "payment", arguments | {"amount": "9.00"}, **answered))
    assert refused_state(house.call(maya["access_token"], "mandate_create", arguments, **answered))
    assert refused_state(house.call(same_person["access_token"], "payment", arguments, **answered)) is (
        same_person["client_id"] != maya["client_id"]
    )
    rounds = [house.call(maya["access_token"], "payment", arguments, **answered).json()["result"] for _ in range(3)]
    asked = [next(iter(each["inputRequests"].values()))["params"] for each in rounds]
    assert {each["mode"] for each in asked} == {"url"}
    assert len({each["url"] for each in asked}) == 1
    assert Books(house.stack).state(arguments["payment_id"]) == "AWAITING_CUSTOMER"


def test_the_page_is_for_who_began_it(house: House, maya: dict[str, Any]) -> None:
    arguments, books = pay(), Books(house.stack)
    first = begun(house, maya["access_token"], arguments)
    second = house.call(maya["access_token"], "payment", arguments, **yes(first)).json()["result"]
    (request,) = second["inputRequests"].values()
    url = request["params"]["url"]
    assert "maya" not in json.dumps(request)
    victim, owner = house.browser("omar"), house.browser("maya")
    told = victim.open(url)
    assert (victim.page.status_code, "This is not for you" in told, "1.25" in told) == (404, True, False)
    assert books.rows("SELECT 1 FROM audit WHERE actor = 'user_omar' AND subject_id = %s", url.rsplit("/", 1)[1])
    assert "1.25 USD" in owner.open(url)
    for origin in ("http://evil.example", "null", None):
        headers = {"Content-Type": "application/x-www-form-urlencoded"} | ({"Origin": origin} if origin else {})
        assert owner.http.post(url, content="otp_code=123456", headers=headers).status_code == 403, origin
    policy = owner.page.headers["content-security-policy"]
    assert ("unsafe" in policy, "frame-ancestors 'none'" in policy) == (False, True)
    wrong = owner.submit(otp_code="000000")
    assert "tries left" in wrong or "try left" in wrong
    assert "Countersigned" in owner.submit(otp_code=newest_code(house.stack, "maya"))
    last = {"requestState": second["requestState"], "inputResponses": {}}
    result = house.call(maya["access_token"], "payment", arguments, **last).json()["result"]
    assert result["structuredContent"]["status"] == "COMPLETED"
    assert books.steps(arguments["payment_id"]) == ["hold", "post"]


def test_a_factor_never_goes_through_a_client(house: House, maya: dict[str, Any]) -> None:
    arguments = pay()
    first = begun(house, maya["access_token"], arguments)
    second = house.call(maya["access_token"], "payment", arguments, **yes(first)).json()["result"]
    (key,) = second["inputRequests"]
    code = newest_code(house.stack, "maya")
    resumed = {"elicitation_id": key, "user_input": {"otp_code": code}}
    refused = house.call(maya["access_token"], "payment_resume", resumed).json()["result"]
    assert refused["structuredContent"]["error"]["code"] == "forbidden"
    smuggled = {key: {"action": "accept", "content": {"otp_code": code}}}
    house.call(
        maya["access_token"], "payment_cancel", {"payment_id": arguments["payment_id"]}
    )  # else the round would wait for the page
    ended = house.call(
        maya["access_token"], "payment", arguments, inputResponses=smuggled, requestState=second["requestState"]
    ).json()["result"]
    assert ended["structuredContent"]["status"] == "CANCELLED"


@pytest.mark.parametrize(
    "following", ["https://evil.example/", "//evil.example", "/countersign/../x", "/oauth/authorize", "javascript:1"]
)
def test_signing_in_leads_nowhere_else(house: House, following: str) -> None:
    own = {"Origin": house.issuer}
    fields = {"next": following, "username": "maya", "password": house.stack.env["COUNTERSIGN_DEMO_PASSWORD"]}
    answer = httpx.post(f"{house.issuer}/pages/sign-in", data=fields, headers=own)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert {"HttpOnly", "SameSite=lax"} <= set(answer.headers["set-cookie"].split("; "))


def test_where_a_card_is_is_told_to_who_has_shown_that_it_is_them(house: House) -> None:
    maya = house.granted("maya", scope="read")
    asked = house.call(maya["access_token"], "cards", {}).json()["result"]["structuredContent"]
    assert (asked["status"], asked.get("cards")) == ("PENDING", None)
    browser = house.browser("maya")
    assert "six digits" in browser.open(asked["url"]), browser.page.text
    assert "Countersigned" in browser.submit(otp_code=newest_code(house.stack, "maya"))

    def told() -> list[dict[str, Any]]:
        result = house.call(maya["access_token"], "cards", {"begin": False}).json()["result"]
        return result["structuredContent"].get("cards") or []

    assert until(told, "the cards")[0]["last4"].isdigit()
    another = house.granted("maya", scope="read")
    again = house.call(another["access_token"], "cards", {"begin": False}).json()["result"]["structuredContent"]
    assert again["status"] == "UNVERIFIED"


def test_a_task_is_its_workflow(house: House, maya: dict[str, Any]) -> None:
    token, arguments, known = maya["access_token"], pay(), {"io.modelcontextprotocol/tasks": {}}
    task_id = f"payment-{arguments['payment_id']}"
    made = house.rpc(token, "tools/call", {"name": "payment", "arguments": arguments}, "payment", **known)
    created = made.json()["result"]
    assert (created["resultType"], created["taskId"], created["status"]) == ("task", task_id, "input_required")
    kill(house.stack, "mcp")
    await_all(house.stack, ["mcp"])
    house.again()

    def ask(method: str, who: str = token, what: str = task_id, **more: object) -> dict[str, Any]:
        return house.rpc(who, method, {"taskId": what} | more, what, **known).json()

    seen = ask("tasks/get")["result"]
    (key,) = seen["inputRequests"]
    omar = house.granted("omar")["access_token"]
    for what, who in ((task_id, omar), ("payment-nothing", token), ("x", token), ("", token)):
        assert ask("tasks/get", who, what)["error"]["code"] == -32602, what
        assert ask("tasks/cancel", who, what)["error"]["code"] == -32602, what
    bare = house.rpc(token, "tasks/get", {"taskId": task_id}, task_id).json()
    assert bare["error"]["code"] == -32021
    given = {key: {"action": "accept", "content": {"confirmed": True}}, "another": {"action": "decline"}}
    assert ask("tasks/update", inputResponses=given)["result"]["resultType"] == "complete"
    page = ask("tasks/get")["result"]["inputRequests"]
    ((_, request),) = page.items()
    assert request["params"]["mode"] == "url"
    assert ask("tasks/cancel")["result"]["resultType"] == "complete"
    assert ask("tasks/get")["result"]["status"] == "cancelled"
    assert Books(house.stack).state(arguments["payment_id"]) == "CANCELLED"


def test_a_session_of_the_older_handshake_is_its_owners(house: House, maya: dict[str, Any]) -> None:
    begin = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "initialize",
        "params": {
            "protocolVersion": "2025-11-25",
            "capabilities": {"elicitation": {}},
            "clientInfo": {"name": "t", "version": "1"},
        },
    }
    both = {"Accept": "application/json, text/event-stream"}
    mine = both | {"Authorization": f"Bearer {maya['access_token']}"}
    chosen = house.http.post(house.resource, json=begin, headers=mine | {"Mcp-Session-Id": "chosen-by-me"})
    assert chosen.status_code == 404
    opened = house.http.post(house.resource, json=begin, headers=mine)
    session = {"Mcp-Session-Id": opened.headers["mcp-session-id"]}
    listing = {"jsonrpc": "2.0", "id": 2, "method": "tools/list"}
    theirs = both | {"Authorization": f"Bearer {house.granted('omar')['access_token']}"}
    assert house.http.post(house.resource, json=listing, headers=theirs | session).status_code == 404
    assert house.http.post(house.resource, json=listing, headers=mine | session).status_code == 200
    assert house.http.post(house.resource, content=b" " * 70_000, headers=mine | session).status_code == 413
    assert house.http.post(house.resource, json=begin, headers=mine | {"Host": "evil.example"}).status_code == 421
