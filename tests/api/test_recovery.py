"""Recovery codes, and the way that codes take: what changes how one signs in, and who is told of it."""

from __future__ import annotations

import asyncio
import json
import re
import time
from typing import TYPE_CHECKING

import httpx
import psycopg
import pyotp
import pytest

from activities.ports import Message
from adapters.notices import Notices
from adapters.postgres.directory import PgDirectory
from adapters.postgres.pool import open_pool
from domain.errors import UnavailableError
from domain.notices import WHAT, notice
from tests.api.conftest import PASSWORD
from tests.api.test_sign_ins import audited, code, from_elsewhere, log_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from activities.ports import Delivered
    from domain.accounts import Customer
    from tests.conftest import Database

pytestmark = pytest.mark.servers
FORM = re.compile(r"([0-9A-HJKMNP-TV-Z]{6}-){3}[0-9A-HJKMNP-TV-Z]{6}")


@pytest.fixture
def browser(api: str) -> Iterator[httpx.Client]:
    with from_elsewhere(api) as client:
        yield client


@pytest.fixture
def books(api: str, migrated: Database) -> Iterator[psycopg.Connection]:
    del api
    with psycopg.connect(migrated.owner_url, autocommit=True) as owner:
        yield owner
        owner.execute("DELETE FROM totp_factors")
        owner.execute("DELETE FROM recovery_codes")
        owner.execute("UPDATE users SET code_channel = ''")


@pytest.fixture
def locked(browser: httpx.Client, books: psycopg.Connection) -> list[str]:
    """Omar's ten codes, with an authenticator on; the browser is signed in as him."""
    del books
    log_in(browser, "omar")
    made = browser.post("/api/totp", json={"password": PASSWORD}).json()
    app = pyotp.parse_uri(made["otpauth_uri"])
    assert browser.post("/api/totp/confirm", json={"code": app.at(time.time() - 30)}).status_code == 200
    answer = browser.post("/api/recovery-codes")
    assert answer.status_code == 200, answer.text
    return answer.json()["recovery_codes"]


def stale(books: psycopg.Connection, user: str) -> None:
    """As if everybody had signed in an hour ago."""
    books.execute("UPDATE sign_ins SET created_at = created_at - interval '1 hour' WHERE user_id = %s", [user])


def opened(client: httpx.Client, recovery_code: str, user: str = "omar", password: str = PASSWORD) -> httpx.Response:
    given = {"username": user, "password": password, "recovery_code": recovery_code}
    return client.post("/api/login", json=given)


def test_ten_codes_are_shown_once_and_each_signs_in_once(
    api: str, browser: httpx.Client, locked: list[str], migrated: Database
) -> None:
    assert len(set(locked)) == 10
    assert all(FORM.fullmatch(each) for each in locked)
    assert browser.get("/api/recovery-codes").json()["left"] == 10
    with from_elsewhere(api) as other:
        assert code(other.post("/api/login", json={"username": "omar", "password": PASSWORD})) == (401, "totp_required")
        first = opened(other, locked[0])
        assert first.status_code == 200
        assert code(opened(other, locked[0])) == (401, "unauthenticated")
        assert code(opened(other, locked[1], password="wrong")) == (401, "unauthenticated")
        typed = locked[1].lower().replace("-", " ").replace("0", "o").replace("1", "l")
        assert opened(other, typed).status_code == 200
        other.headers["Authorization"] = f"Bearer {first.json()['access_token']}"
        methods = {each["method"] for each in other.get("/api/sign-ins").json()["sign_ins"] if each["current"]}
        assert methods == {"password+recovery"}
    assert browser.get("/api/recovery-codes").json()["left"] == 8
    trail = audited(migrated, "user_omar")
    assert [detail["left"] for action, detail in trail if action == "recovery_codes.used"][-2:] == [9, 8]
    assert {"factor": "recovery"}.items() <= next(
        detail for action, detail in reversed(trail) if action == "sign_in.refused" and detail["factor"] != "password"
    ).items()
    kept = json.dumps(trail)
    assert not any(each in kept for each in locked)


def test_of_racing_submissions_one_gets_in(api: str, locked: list[str]) -> None:
    body = {"username": "omar", "password": PASSWORD, "recovery_code": locked[0]}

    async def together() -> list[int]:
        async with httpx.AsyncClient(base_url=api, timeout=60) as client:
            found = await asyncio.gather(*(client.post("/api/login", json=body) for _ in range(6)))
            return sorted(each.status_code for each in found)

    assert asyncio.run(together()) == [200, 401, 401, 401, 401, 401]


def test_new_ones_void_the_old(api: str, browser: httpx.Client, locked: list[str]) -> None:
    renewed = browser.post("/api/recovery-codes").json()["recovery_codes"]
    assert not set(renewed) & set(locked)
    with from_elsewhere(api) as other:
        assert code(opened(other, locked[0])) == (401, "unauthenticated")
        assert opened(other, renewed[0]).status_code == 200


def test_making_them_asks_for_the_password_unless_one_has_just_signed_in(
    browser: httpx.Client, locked: list[str], books: psycopg.Connection
) -> None:
    stale(books, "user_omar")
    path = "/api/recovery-codes"
    assert code(browser.post(path)) == (403, "step_up_required")
    assert code(browser.post(path, json={"password": "a guess"})) == (403, "answer_rejected")
    assert code(browser.post(path, json={"password": PASSWORD})) == (403, "answer_rejected")
    wrong = {"password": PASSWORD, "recovery_code": "000000-000000-000000-000000"}
    assert code(browser.post(path, json=wrong)) == (403, "answer_rejected")
    given = {"password": PASSWORD, "recovery_code": locked[0]}
    assert browser.post(path, json=given).status_code == 200
    assert code(browser.post(path, json=given)) == (403, "answer_rejected")  # void with the others


def test_the_lost_authenticator_is_taken_away_with_one(browser: httpx.Client, locked: list[str], api: str) -> None:
    assert code(browser.post("/api/totp/disable", json={})) == (403, "answer_rejected")
    bad = {"recovery_code": "000000-000000-000000-000000"}
    assert code(browser.post("/api/totp/disable", json=bad)) == (403, "answer_rejected")
    assert browser.post("/api/totp/disable", json={"recovery_code": locked[0]}).json() == {"on": False}
    assert code(browser.post("/api/totp/disable", json={"recovery_code": locked[1]})) == (409, "totp_not_on")
    assert browser.get("/api/recovery-codes").json()["left"] == 9
    with from_elsewhere(api) as other:  # nothing is asked for, so nothing is spent
        assert opened(other, locked[1]).status_code == 200
    assert browser.get("/api/recovery-codes").json()["left"] == 9


def test_who_guesses_them_waits(api: str, locked: list[str]) -> None:
    with from_elsewhere(api) as other:
        found = [opened(other, "000000-000000-000000-00000" + str(n)) for n in range(7)]
        assert [each.status_code for each in found] == [401] * 6 + [429]
        assert opened(other, locked[0]).status_code == 429
    assert len({each.json()["detail"] for each in found[:6]}) == 1


@pytest.mark.parametrize("given", ["1", "x" * 24 + "y", "000000_000000_000000_000000", "-" * 24, 5, None, "O" * 300])
def test_what_is_no_recovery_code_is_invalid(browser: httpx.Client, given: object) -> None:
    body = {"username": "omar", "password": PASSWORD, "recovery_code": given}
    assert code(browser.post("/api/login", json=body)) == (422, "invalid_request")


def test_nothing_of_them_is_kept_for_a_repeat(
    browser: httpx.Client, locked: list[str], books: psycopg.Connection
) -> None:
    del locked
    headers = {"Idempotency-Key": "again-and-again"}
    first, second = (browser.post("/api/recovery-codes", headers=headers).json() for _ in range(2))
    assert first["recovery_codes"] != second["recovery_codes"]
    found = books.execute("SELECT string_agg(encode(body, 'escape'), '') FROM idempotency_keys").fetchone()
    assert first["recovery_codes"][0] not in str(found)


def test_the_way_of_codes_is_chosen_and_told_by_both(browser: httpx.Client, books: psycopg.Connection) -> None:
    path = "/api/profile/code-channel"
    log_in(browser, "maya")
    books.execute("DELETE FROM notices")
    books.execute("DELETE FROM outbox")
    assert browser.get(path).json() == {"channel": "sms"}
    assert browser.put(path, json={"channel": "mail"}).json() == {"channel": "mail"}
    assert browser.put(path, json={"channel": "mail"}).json() == {"channel": "mail"}
    assert browser.get(path).json() == {"channel": "mail"}
    waiting = books.execute("SELECT user_id, about, channel FROM notices ORDER BY channel").fetchall()
    assert waiting == [("user_maya", "code_channel.changed", way) for way in ("email", "sms")]
    told = books.execute("SELECT body FROM outbox WHERE kind = 'security.changed' AND user_id = 'user_maya'").fetchall()
    assert told == [({"what": "code_channel.changed"},)]
    stale(books, "user_maya")
    assert code(browser.put(path, json={"channel": "sms"})) == (403, "step_up_required")
    assert browser.put(path, json={"channel": "sms", "password": PASSWORD}).status_code == 200
    assert code(browser.put(path, json={"channel": "pigeon"})) == (422, "invalid_request")
    books.execute("UPDATE users SET email = '' WHERE user_id = 'user_maya'")
    try:
        assert code(browser.put(path, json={"channel": "mail", "password": PASSWORD})) == (409, "no_address")
    finally:
        books.execute("UPDATE users SET email = 'maya@example.com' WHERE user_id = 'user_maya'")


class Post:
    """Takes messages in, or does not."""

    def __init__(self) -> None:
        self.down = True
        self.got: list[tuple[str, str, str]] = []

    async def send(self, to: Customer, message: Message, key: str) -> Delivered:
        if self.down:
            raise UnavailableError
        assert key.startswith("notice-")
        self.got.append((to.user_id, to.code_channel, message.text))
        return "email" if to.code_channel == "email" else "sms"


async def test_notices_are_delivered_once_by_each_way_also_after_a_while(
    migrated: Database, books: psycopg.Connection
) -> None:
    books.execute("DELETE FROM notices")
    for about in WHAT:
        books.execute("INSERT INTO audit (actor, action, subject_id) VALUES ('user_maya', %s, 'user_maya')", [about])
    books.execute("INSERT INTO audit (actor, action, subject_id) VALUES ('user_maya', 'sign_in.begun', 'x')")
    pool = await open_pool(migrated.worker_url, 1, 2)
    post = Post()
    notices = Notices(pool, PgDirectory(pool), post)
    assert await notices.deliver() == 0
    post.down = False
    assert await notices.deliver() == 0  # lent to whom it was refused, for a minute
    books.execute("UPDATE notices SET tried_at = now() - interval '2 minutes'")
    assert await notices.deliver() == 2 * len(WHAT)
    assert await notices.deliver() == 0
    await pool.close()
    assert sorted(post.got) == sorted(("user_maya", way, notice(about)) for about in WHAT for way in ("sms", "email"))


def test_only_staff_of_the_bank_itself_could_read_a_digest(locked: list[str], migrated: Database) -> None:
    with psycopg.connect(migrated.owner_url) as owner:
        found = owner.execute("SELECT digest FROM recovery_codes").fetchall()
    assert len(found) == 10
    assert not any(each.replace("-", "").encode() in bytes(digest) for each in locked for (digest,) in found)
