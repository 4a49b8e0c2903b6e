"""Customers, logins, sessions, payments as they are read, and a server that is away."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from adapters.postgres.announcer import PgAnnouncer
from adapters.postgres.directory import PgDirectory
from adapters.postgres.outbox import PgOutbox
from adapters.postgres.passkeys import PgPasskeys
from adapters.postgres.payments import PgPayments
from adapters.postgres.pool import open_pool
from adapters.postgres.sessions import PgSessions
from adapters.postgres.users import PgUsers
from domain.errors import PaymentNotFoundError, SessionNotFoundError, UnauthenticatedError, UnavailableError
from domain.passkeys import Passkey
from runtime.demo_data import load
from runtime.migrate import migrate
from runtime.settings import Settings
from tests.bank import assert_books_agree, found_bank

if TYPE_CHECKING:
    import psycopg

    from adapters.postgres.pool import Pool
    from tests.conftest import Database

pytestmark = pytest.mark.servers


async def test_the_demo_is_complete_and_repeatable(database: Database, owner: psycopg.Connection, pool: Pool) -> None:
    chosen = Settings(migrations_url=database.owner_url, demo_password="one")
    for _ in range(2):
        migrate(database.owner_url)
        load(chosen)
    directory = PgDirectory(pool)
    accounts = await directory.accounts_of("user_maya")
    assert [account.kind for account in accounts] == ["checking", "savings", "credit card", "loan"]
    assert [account.balance_minor for account in accounts] == [4_211_00, 12_500_00, -640_25, -18_400_00]
    assert [account.available_minor for account in accounts] == [4_211_00, 12_500_00, 4_359_75, 0]
    assert [payee.name for payee in await directory.payees_of("user_omar")] == [
        "City Power",
        "Harvest Books",
        "John Doe",
        "Lakeside Dental",
        "Sarah Chen",
    ]
    assert len(await directory.postings_of("acct_maya_checking", 3)) == 3
    assert_books_agree(owner)


@pytest.mark.parametrize("wrong", [{"environment": "production"}, {"demo_password": ""}])
def test_the_demo_is_refused(database: Database, wrong: dict[str, str]) -> None:
    given = {"demo_password": "one", "migrations_url": database.owner_url} | wrong
    with pytest.raises(SystemExit):
        load(Settings.model_validate(given))


async def test_logins(owner: psycopg.Connection, pool: Pool, api_pool: Pool) -> None:
    found_bank(owner)
    found = await PgUsers(api_pool).by_username(" U1 ")
    assert found is not None
    assert found.customer == await PgDirectory(pool).customer("u1")
    assert found.password_hash == "h"
    assert await PgUsers(api_pool).by_username("nobody") is None
    with pytest.raises(UnauthenticatedError):
        await PgDirectory(pool).customer("nobody")


async def test_one_open_text_session_a_user(owner: psycopg.Connection, api_pool: Pool) -> None:
    found_bank(owner)
    sessions = PgSessions(api_pool)
    ids = await asyncio.gather(*(sessions.open_text(f"text_{n}", "u1", "web") for n in range(8)))
    assert len(set(ids)) == 1
    assert await sessions.is_fresh(ids[0], "u1")
    assert not await sessions.is_fresh(ids[0], "u2")
    owner.execute("UPDATE sessions SET last_seen_at = now() - interval '2 hours'")
    assert not await sessions.is_fresh(ids[0], "u1")
    assert not await sessions.use(ids[0], "u1")  # who comes too late does not make it fresh again
    await sessions.seen(ids[0])
    assert await sessions.is_fresh(ids[0], "u1")
    await sessions.end(ids[0])
    assert not await sessions.is_fresh(ids[0], "u1")
    assert (await sessions.get(ids[0])).ended
    assert await sessions.open_text("text_new", "u1", "web") == "text_new"


async def test_voice_sessions_stand_beside(owner: psycopg.Connection, api_pool: Pool) -> None:
    found_bank(owner)
    sessions = PgSessions(api_pool)
    for name in ("room1", "room2", "room1"):
        await sessions.open(name, "u1", "voice", "mobile", name)
    assert (await sessions.get("room2")).platform == "mobile"
    assert await sessions.find_text("u1") is None
    with pytest.raises(SessionNotFoundError):
        await sessions.get("none")


async def test_an_announcement_is_made_once(owner: psycopg.Connection, pool: Pool) -> None:
    for _ in range(2):
        await PgAnnouncer(pool).say("s1", "u1", "k1", {"reply": {"text": "hello"}})
    rows = owner.execute("SELECT kind, user_id, session_id, body FROM outbox").fetchall()
    assert rows == [("assistant.spoke", "u1", "s1", {"reply": {"text": "hello"}})]


async def test_what_was_said_to_nobody_is_told_until_it_is_seen(
    owner: psycopg.Connection, pool: Pool, api_pool: Pool
) -> None:
    found_bank(owner)
    sessions, outbox = PgSessions(api_pool), PgOutbox(api_pool)
    session_id = await sessions.open_text("text_1", "u1", "web")
    for said in ("one", "two"):
        await PgAnnouncer(pool).say(session_id, "u1", said, {"reply": {"text": said}})
    await PgAnnouncer(pool).say("text_2", "u1", "three", {"reply": {"text": "three"}})
    await PgOutbox(pool).sequence()
    assert [event.body["reply"]["text"] for event in await outbox.unseen(session_id)] == ["one", "two"]
    await sessions.seen(session_id)
    assert await outbox.unseen(session_id) == []


async def test_another_ones_payment_is_not_found(pool: Pool) -> None:
    assert await PgPayments(pool).of("u1") == []
    with pytest.raises(PaymentNotFoundError):
        await PgPayments(pool).get("p", "u1")


async def test_a_server_that_is_away_is_unavailable() -> None:
    pool = await open_pool("postgresql://nobody@127.0.0.1:9/none", 0, 1, wait_s=0.2)
    with pytest.raises(UnavailableError):
        await PgDirectory(pool).customer("u1")
    await pool.close()


async def test_dead_connections_cost_one_error(owner: psycopg.Connection, pool: Pool) -> None:
    found_bank(owner)
    directory = PgDirectory(pool)
    await asyncio.gather(*(directory.customer("u1") for _ in range(10)))
    owner.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'countersign_worker'")
    with pytest.raises(UnavailableError):
        await directory.customer("u1")
    for _ in range(10):
        assert (await directory.customer("u1")).user_id == "u1"


async def test_the_platform_is_the_sessions_and_a_passkey_is_known_of(
    owner: psycopg.Connection, pool: Pool, api_pool: Pool
) -> None:
    found_bank(owner)
    await PgSessions(api_pool).open("s1", "u1", "voice", "phone", "room")
    directory, passkeys = PgDirectory(pool), PgPasskeys(api_pool)
    asked = [("u1", "s1"), ("u1", ""), ("u2", "s1")]
    assert [await directory.platform_of(*who) for who in asked] == ["phone", "web", "web"]
    with pytest.raises(UnauthenticatedError):
        await directory.platform_of("nobody", "s1")
    assert not await directory.has_passkey("u1")
    key = Passkey("k1", "u1", b"c", b"p", 0, backup_eligible=False, backed_up=False, transports=(), aaguid="", name="n")
    await passkeys.enrol(key)
    assert (await directory.has_passkey("u1"), await directory.has_passkey("u2")) == (True, False)
    assert [await passkeys.revoke("k1", user) for user in ("u2", "u1", "u1")] == [False, True, False]
    assert not await directory.has_passkey("u1")
