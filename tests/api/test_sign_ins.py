"""Signing in, staying in, and being thrown out, over a real socket and a real Postgres."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx
import jwt
import psycopg
import pyotp
import pytest

from api.app import application
from api.compose import services
from runtime.keys import ensure_keys, rotate
from tests.api.conftest import PASSWORD
from tests.serving import serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import Any

    from runtime.settings import Settings
    from tests.conftest import Database

pytestmark = pytest.mark.servers
NAMES = iter(range(10, 250))


@contextmanager
def from_elsewhere(api: str) -> Iterator[httpx.Client]:
    """A client with an address of its own."""
    transport = httpx.HTTPTransport(local_address=f"127.0.0.{next(NAMES)}")
    with httpx.Client(base_url=api, transport=transport, timeout=60) as client:
        yield client


@pytest.fixture
def browser(api: str) -> Iterator[httpx.Client]:
    with from_elsewhere(api) as client:
        yield client


def log_in(client: httpx.Client, user: str = "maya", **more: str) -> dict[str, Any]:
    answer = client.post("/api/login", json={"username": user, "password": PASSWORD} | more)
    assert answer.status_code == 200, answer.text
    client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
    return answer.json()


def refresh(client: httpx.Client, token: str, **more: str) -> httpx.Response:
    return client.post("/api/token/refresh", json={"refresh_token": token} | more)


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def audited(database: Database, user_id: str) -> list[tuple[str, dict[str, str]]]:
    with psycopg.connect(database.owner_url) as owner:
        statement = "SELECT action, detail FROM audit WHERE actor = %s ORDER BY audit_id"
        return owner.execute(statement, [user_id]).fetchall()


def test_a_refresh_token_is_good_once_and_gives_the_next(browser: httpx.Client) -> None:
    first = log_in(browser)
    assert (first["expires_in"], first["refresh_expires_in"]) == (900, pytest.approx(86_400, abs=120))
    second = refresh(browser, first["refresh_token"]).json()
    assert second.keys() == first.keys()
    assert second["sign_in_id"] == first["sign_in_id"]
    browser.headers["Authorization"] = f"Bearer {second['access_token']}"
    assert browser.get("/api/accounts").status_code == 200
    assert code(refresh(browser, first["refresh_token"])) == (401, "refresh_reused")
    assert code(refresh(browser, second["refresh_token"])) == (401, "sign_in_ended")
    assert code(browser.get("/api/accounts")) == (401, "sign_in_ended")
    assert code(refresh(browser, "never-given")) == (401, "refresh_invalid")


def test_a_lost_reply_is_asked_for_again_by_its_request_id(browser: httpx.Client) -> None:
    first = log_in(browser)
    lost, again = (refresh(browser, first["refresh_token"], request_id="r" * 20).json() for _ in range(2))
    assert lost["refresh_token"] != again["refresh_token"]
    assert refresh(browser, again["refresh_token"]).status_code == 200
    assert code(refresh(browser, lost["refresh_token"])) == (401, "refresh_reused")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"refresh_token": ""},
        {"refresh_token": 5},
        {"refresh_token": "x" * 300},
        {"refresh_token": "x", "request_id": "short"},
        {"refresh_token": "x", "request_id": "no spaces in it please"},
    ],
)
def test_a_refresh_that_is_none_is_invalid(browser: httpx.Client, body: dict[str, object]) -> None:
    assert code(browser.post("/api/token/refresh", json=body)) == (422, "invalid_request")


def test_where_one_is_signed_in_is_listed_for_that_user_alone(api: str, browser: httpx.Client) -> None:
    browser.headers["User-Agent"] = "Phone  of\tOmar " + "x" * 300
    mine = log_in(browser, "omar")
    listed = browser.get("/api/sign-ins").json()["sign_ins"]
    assert [each["sign_in_id"] for each in listed if each["current"]] == [mine["sign_in_id"]]
    current = next(each for each in listed if each["current"])
    assert current.keys() == {
        *("sign_in_id", "method", "agent", "created_at", "last_used_at", "ends_at", "current")
    }  # nothing that signs in
    assert current["agent"].startswith("Phone of Omar x")
    assert len(current["agent"]) == 120
    with from_elsewhere(api) as other:
        log_in(other, "sue")
        assert mine["sign_in_id"] not in other.get("/api/sign-ins").text
        assert code(other.delete(f"/api/sign-ins/{mine['sign_in_id']}")) == (404, "sign_in_not_found")
    assert browser.get("/api/sign-ins").status_code == 200


DOORS = [
    ("GET", "/api/accounts", None),
    ("GET", "/api/sign-ins", None),
    ("GET", "/api/events", None),
    ("GET", "/api/events/backlog", None),
    ("GET", "/api/elicitations", None),
    ("POST", "/api/elicitations/e1/answer", {"data": {"confirmed": True}}),
    ("POST", "/api/connection-details", {"agent_name": "banking-assistant"}),
    ("POST", "/api/conversations", {}),
    ("POST", "/api/payments/p1/cancel", {}),
    ("POST", "/api/totp", {"password": PASSWORD}),
    ("POST", "/api/logout", None),
]


@pytest.mark.parametrize("how", ["by id", "logout", "logout/all", "in the database"])
def test_a_revoked_sign_in_is_refused_at_once_at_every_door(
    api: str, browser: httpx.Client, migrated: Database, how: str
) -> None:
    gone = log_in(browser, "omar")
    with from_elsewhere(api) as other:
        log_in(other, "omar")
        if how == "by id":
            assert other.delete(f"/api/sign-ins/{gone['sign_in_id']}").json() == {"signed_out": 1}
        elif how == "in the database":
            with psycopg.connect(migrated.owner_url) as owner:
                owner.execute("SELECT end_sign_ins('user_omar', %s, 'revoked')", [gone["sign_in_id"]])
        else:
            assert browser.post(f"/api/{how}").json()["signed_out"] >= 1
        for method, path, body in DOORS:
            assert code(browser.request(method, path, json=body)) == (401, "sign_in_ended")
        assert code(refresh(browser, gone["refresh_token"])) == (401, "sign_in_ended")
        assert (other.get("/api/accounts").status_code == 200) is (how != "logout/all")


def test_the_orchestrator_may_do_no_more_for_a_revoked_sign_in(
    api: str,
    browser: httpx.Client,
    orchestrator: Callable[[str, str], dict[str, str]],
    ask: Callable[[str, str], None],
) -> None:
    log_in(browser)
    room = browser.post("/api/connection-details", json={"agent_name": "banking-assistant"}).json()["roomName"]
    ask("e1", "user_maya")
    service, door = orchestrator("user_maya", room), f"{api}/api/elicitations/e1/answer"
    assert code(httpx.post(door, json={"data": {}}, headers=service)) == (422, "answer_malformed")
    browser.post("/api/logout")
    assert code(httpx.post(door, json={"data": {}}, headers=service)) == (401, "session_stale")


def test_a_stream_of_events_ends_with_its_sign_in(browser: httpx.Client, migrated: Database) -> None:
    log_in(browser, "ada")
    bearer = dict(browser.headers)
    begun = threading.Event()
    found: list[str] = []

    def listen() -> None:
        with (
            httpx.Client(base_url=browser.base_url, timeout=60, headers=bearer) as client,
            client.stream("GET", "/api/events") as lines,
        ):
            for line in lines.iter_lines():
                begun.set()
                found.append(line)

    listener = threading.Thread(target=listen)
    listener.start()
    assert begun.wait(20)
    browser.post("/api/logout")
    with psycopg.connect(migrated.owner_url, autocommit=True) as owner:
        owner.execute("SELECT announce('s1', 'user_ada', 'after-logout', '{}')")
        owner.execute("SELECT count(*) FROM sequence_outbox(100)")
    listener.join(20)
    assert not listener.is_alive()
    assert not [line for line in found if line.startswith("data:")]


@pytest.fixture
def app_of(api: str, migrated: Database) -> Iterator[Callable[[str], pyotp.TOTP]]:
    """Enrols an authenticator for a user, until the test is over."""

    def enrol(user: str) -> pyotp.TOTP:
        with from_elsewhere(api) as client:
            log_in(client, user)
            made = client.post("/api/totp", json={"password": PASSWORD}).json()
            app = pyotp.parse_uri(made["otpauth_uri"])
            assert client.get("/api/totp").json() == {"on": False}
            log_in(client, user)  # not asked for until it is confirmed
            assert client.post("/api/totp/confirm", json={"code": app.at(time.time() - 30)}).json() == {"on": True}
            return app

    yield enrol
    with psycopg.connect(migrated.owner_url) as owner:
        owner.execute("DELETE FROM totp_factors")


def test_a_second_factor_is_asked_for_and_each_code_taken_once(
    api: str, app_of: Callable[[str], pyotp.TOTP], migrated: Database
) -> None:
    app = app_of("cora")
    given = {"username": "cora", "password": PASSWORD}
    with from_elsewhere(api) as client:
        assert code(client.post("/api/login", json=given)) == (401, "totp_required")
        assert client.post("/api/login", json=given).headers["www-authenticate"].startswith("Bearer")
        now = app.now()
        assert log_in(client, "cora", totp_code=now)["user"]["username"] == "cora"
        replayed = client.post("/api/login", json=given | {"totp_code": now})
        wrong_password = client.post("/api/login", json=given | {"password": "no", "totp_code": now})
        assert code(replayed) == (401, "unauthenticated")
        assert {**replayed.json(), "trace_id": ""} == {**wrong_password.json(), "trace_id": ""}
        methods = {each["method"] for each in client.get("/api/sign-ins").json()["sign_ins"] if each["current"]}
        assert methods == {"password+totp"}
        assert code(client.post("/api/totp", json={"password": PASSWORD})) == (409, "totp_already_on")
        assert code(client.post("/api/totp/disable", json={"code": now})) == (403, "answer_rejected")
        assert client.get("/api/totp").json() == {"on": True}
        following = app.at(time.time() + 30)
        assert client.post("/api/totp/disable", json={"code": following}).json() == {"on": False}
        assert code(client.post("/api/totp/disable", json={"code": following})) == (409, "totp_not_on")
    trail = audited(migrated, "user_cora")
    assert {action for action, _ in trail} >= {"totp.enrolled", "totp.on", "totp.off", "totp.refused"}
    assert {detail["factor"] for action, detail in trail if action == "sign_in.refused"} == {"totp", "password"}
    assert app.secret not in json.dumps(trail)
    assert now not in json.dumps(trail)


def test_one_code_for_two_at_once_lets_one_in(api: str, app_of: Callable[[str], pyotp.TOTP]) -> None:
    app = app_of("sue")
    body = {"username": "sue", "password": PASSWORD, "totp_code": app.now()}

    async def both() -> list[int]:
        async with httpx.AsyncClient(base_url=api, timeout=60) as client:
            found = await asyncio.gather(*(client.post("/api/login", json=body) for _ in range(4)))
            return sorted(each.status_code for each in found)

    assert asyncio.run(both()) == [200, 401, 401, 401]


@pytest.mark.parametrize("off_s", [-90, 90, 3600])
def test_an_authenticator_a_minute_off_is_refused(
    browser: httpx.Client, app_of: Callable[[str], pyotp.TOTP], off_s: int
) -> None:
    app = app_of("sam")
    body = {"username": "sam", "password": PASSWORD, "totp_code": app.at(time.time() + off_s)}
    assert code(browser.post("/api/login", json=body)) == (401, "unauthenticated")


@pytest.mark.parametrize("given", ["12345", "1234567", "12 456", "abcdef", "١٢٣٤٥٦", 123456, "000000\n"])
def test_what_is_no_code_is_invalid(browser: httpx.Client, given: object) -> None:
    body = {"username": "maya", "password": PASSWORD, "totp_code": given}
    answer = browser.post("/api/login", json=body)
    assert code(answer) == (422, "invalid_request")
    assert str(given).strip() not in answer.text


def test_enrolling_asks_for_the_password_again(browser: httpx.Client) -> None:
    log_in(browser)
    assert code(browser.post("/api/totp", json={"password": "stolen token, no password"})) == (401, "unauthenticated")
    assert browser.get("/api/totp").json() == {"on": False}
    assert code(browser.post("/api/totp/confirm", json={"code": "123456"})) == (409, "totp_not_on")


def guess(client: httpx.Client, user: str) -> httpx.Response:
    return client.post("/api/login", json={"username": user, "password": "a guess"})


@pytest.mark.parametrize("user", ["maya", "nobody-of-that-name"])
def test_who_guesses_waits_whether_or_not_the_name_exists(browser: httpx.Client, user: str) -> None:
    found = [guess(browser, user) for _ in range(7)]
    assert [code(each) for each in found[:6]] == [(401, "unauthenticated")] * 6
    assert len({json.dumps({**each.json(), "trace_id": ""}) for each in found[:6]}) == 1
    assert code(found[6]) == (429, "rate_limited")
    assert int(found[6].headers["retry-after"]) >= 1


def test_a_victim_gets_in_while_somebody_else_guesses(api: str, browser: httpx.Client, migrated: Database) -> None:
    with from_elsewhere(api) as attacker:
        while guess(attacker, "omar").status_code != 429:
            pass
        right = attacker.post("/api/login", json={"username": "omar", "password": PASSWORD})
        assert right.status_code == 429  # a right guess gains nothing while one waits
        assert log_in(browser, "omar")
        assert guess(attacker, "omar").status_code == 429
    trail = [action for action, _ in audited(migrated, "user_omar")]
    assert trail.count("sign_in.throttled") == 1
    assert trail.count("sign_in.refused") == 6


def test_one_address_that_tries_name_after_name_waits(api: str, chosen: Settings) -> None:
    limited = chosen.model_copy(update={"login_address_tries": 3})
    with serving(application(limited, services(limited))) as url, from_elsewhere(url) as attacker:
        found = [guess(attacker, f"name{n}").status_code for n in range(5)]
    assert found == [401, 401, 401, 401, 429]
    assert api


def test_keys_change_while_everybody_is_signed_in(chosen: Settings, tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    ensure_keys(keys)
    own = {name: keys / getattr(chosen, name).name for name in ("access_key_file", "proof_key_file", "jwks_file")}
    apart = chosen.model_copy(update=own)
    with serving(application(apart, services(apart))) as url, from_elsewhere(url) as client:
        before = log_in(client)
        rotate(keys, ["access", "proof"], 960)
        assert client.get("/api/accounts").status_code == 200  # with the token from before
        after = refresh(client, before["refresh_token"]).json()
        kids = [jwt.get_unverified_header(each["access_token"])["kid"] for each in (before, after)]
        assert kids[0] != kids[1]
        assert {key["kid"] for key in client.get("/.well-known/jwks.json").json()["keys"]} == set(kids)
        rotate(keys, ["access"], 0)  # the second rotation's overlap is over at once; the first one's is not
        assert client.get("/api/accounts").status_code == 200
        client.headers["Authorization"] = f"Bearer {after['access_token']}"
        assert code(client.get("/api/accounts")) == (401, "token_invalid")


def test_the_document_names_every_way_in_and_out(api: str) -> None:
    paths = httpx.get(f"{api}/openapi.json").json()["paths"]
    for path, methods in {
        "/api/login": {"post"},
        "/api/token/refresh": {"post"},
        "/api/logout": {"post"},
        "/api/logout/all": {"post"},
        "/api/sign-ins": {"get"},
        "/api/sign-ins/{sign_in_id}": {"delete"},
        "/api/totp": {"get", "post"},
        "/api/totp/confirm": {"post"},
        "/api/totp/disable": {"post"},
    }.items():
        assert paths[path].keys() == methods
        for method in methods:
            assert paths[path][method]["responses"]["200"]["content"]["application/json"]["schema"]
