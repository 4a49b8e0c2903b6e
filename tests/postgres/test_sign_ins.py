"""Sign-ins and their refresh tokens in a real Postgres: rotated, reused, raced for, idle and over."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import psycopg
import pytest

from adapters.postgres.doorstep import PgDoorstep
from adapters.postgres.grants import PgOpenGrants
from adapters.postgres.pool import open_pool
from adapters.postgres.second_factors import PgSecondFactors
from adapters.postgres.sessions import PgSessions
from adapters.postgres.sign_ins import PgSignIns, trimmed
from adapters.tokens import MCP_AUDIENCE, Principal, ServiceTokens, ServiceTokenVerifier
from domain.errors import (
    BankError,
    RateLimitedError,
    RefreshInvalidError,
    RefreshReusedError,
    SessionStaleError,
    SignInEndedError,
    SignInNotFoundError,
    TotpAlreadyOnError,
    TotpNotOnError,
)
from mcp_tools.guard import Guard
from tests.bank import found_bank
from tests.fakes.outside import GRANTS
from tests.signing import KEYS, SIGNER

if TYPE_CHECKING:
    from adapters.postgres.pool import Pool
    from adapters.postgres.sign_ins import Begun
    from tests.conftest import Database

pytestmark = pytest.mark.servers
REQUEST = "0123456789abcdef"


@pytest.fixture
def sign_ins(owner: psycopg.Connection, api_pool: Pool) -> PgSignIns:
    found_bank(owner)
    return PgSignIns(api_pool, lives_s=86_400, idle_s=3600, grace_s=30)


async def begin(sign_ins: PgSignIns, user_id: str = "u1") -> Begun:
    return await sign_ins.begin(user_id, "password", "a browser", "127.0.0.1")


def who(begun: Begun, role: str = "customer") -> Principal:
    return Principal(begun.user_id, role, frozenset(), sign_in_id=begun.sign_in_id)


async def is_in(sign_ins: PgSignIns, begun: Begun) -> bool:
    try:
        await sign_ins.require(who(begun))
    except SignInEndedError:
        return False
    return True


def audited(owner: psycopg.Connection) -> list[tuple[str, str]]:
    return owner.execute("SELECT actor, action FROM audit ORDER BY audit_id").fetchall()


async def test_a_chain_of_refreshes_is_one_sign_in(sign_ins: PgSignIns) -> None:
    first = begun = await begin(sign_ins)
    seen = {begun.refresh_token}
    for _ in range(5):
        begun = await sign_ins.rotate(begun.refresh_token)
        seen.add(begun.refresh_token)
        assert (begun.sign_in_id, begun.ends_at) == (first.sign_in_id, first.ends_at)
    assert len(seen) == 6
    assert await is_in(sign_ins, begun)


@pytest.mark.parametrize("which", [0, 1])
async def test_a_token_used_twice_ends_the_family(sign_ins: PgSignIns, owner: psycopg.Connection, which: int) -> None:
    chain = [await begin(sign_ins)]
    bystander = await begin(sign_ins)
    for _ in range(2):
        chain.append(await sign_ins.rotate(chain[-1].refresh_token))
    with pytest.raises(RefreshReusedError):
        await sign_ins.rotate(chain[which].refresh_token)
    assert not await is_in(sign_ins, chain[0])
    for each in chain:
        with pytest.raises(SignInEndedError):
            await sign_ins.rotate(each.refresh_token)
    assert await is_in(sign_ins, bystander)
    assert audited(owner)[-2:] == [("u1", "sign_in.refresh_reused"), ("u1", "sign_in.ended")]


async def test_the_same_request_again_gets_another_token_and_the_lost_one_is_void(sign_ins: PgSignIns) -> None:
    first = await begin(sign_ins)
    lost = await sign_ins.rotate(first.refresh_token, REQUEST)
    again = await sign_ins.rotate(first.refresh_token, REQUEST)
    assert await sign_ins.rotate(again.refresh_token)
    with pytest.raises(RefreshReusedError):
        await sign_ins.rotate(lost.refresh_token)
    assert not await is_in(sign_ins, first)


@pytest.mark.parametrize(
    "case", ["no request id", "another request id", "first without", "too late", "the reply was used"]
)
async def test_nothing_else_is_the_same_request(sign_ins: PgSignIns, owner: psycopg.Connection, case: str) -> None:
    first = await begin(sign_ins)
    got = await sign_ins.rotate(first.refresh_token, "" if case == "first without" else REQUEST)
    if case == "too late":
        owner.execute("SET session_replication_role = replica")
        owner.execute("UPDATE refresh_tokens SET used_at = used_at - interval '31 seconds' WHERE used_at IS NOT NULL")
        owner.execute("SET session_replication_role = origin")
    if case == "the reply was used":
        await sign_ins.rotate(got.refresh_token, "another-request-id")
    again = {"no request id": "", "another request id": REQUEST[::-1]}.get(case, REQUEST)
    with pytest.raises(RefreshReusedError):
        await sign_ins.rotate(first.refresh_token, again)
    assert not await is_in(sign_ins, first)


async def test_of_fifty_at_once_one_wins_and_the_family_ends(sign_ins: PgSignIns) -> None:
    first = await begin(sign_ins)
    found = await asyncio.gather(*(sign_ins.rotate(first.refresh_token) for _ in range(50)), return_exceptions=True)
    codes = sorted(each.code if isinstance(each, BankError) else "ok" for each in found)
    assert codes.count("ok") == 1
    assert codes.count("refresh_reused") == 1
    assert codes.count("sign_in_ended") == 48
    assert not await is_in(sign_ins, first)


@pytest.mark.parametrize("token", ["", "x", "a" * 43, "\x00"])
async def test_what_was_never_given_is_invalid(sign_ins: PgSignIns, token: str) -> None:
    await begin(sign_ins)
    with pytest.raises(RefreshInvalidError):
        await sign_ins.rotate(token)


@pytest.mark.parametrize(
    ("change", "lasts"),
    [
        ("last_used_at = now() - interval '3590 seconds'", True),
        ("last_used_at = now() - interval '3601 seconds'", False),
        ("ends_at = now() + interval '5 seconds'", True),
        ("ends_at = now()", False),
        ("ended_at = now(), ended_why = 'revoked'", False),
    ],
)
async def test_a_sign_in_lasts_until(sign_ins: PgSignIns, owner: psycopg.Connection, change: str, lasts: bool) -> None:
    begun = await begin(sign_ins)
    owner.execute(f"UPDATE sign_ins SET {change}".encode())  # noqa: S608 - the table above
    assert bool(await sign_ins.open_of("u1")) is lasts
    assert await is_in(sign_ins, begun) is lasts
    if lasts:
        assert await sign_ins.rotate(begun.refresh_token)
        return
    with pytest.raises(SignInEndedError):
        await sign_ins.rotate(begun.refresh_token)


async def test_using_it_keeps_it(sign_ins: PgSignIns, owner: psycopg.Connection) -> None:
    begun = await begin(sign_ins)
    owner.execute("UPDATE sign_ins SET last_used_at = now() - interval '50 minutes'")
    for _ in range(2):
        assert await is_in(sign_ins, begun)
        owner.execute("UPDATE sign_ins SET last_used_at = last_used_at - interval '50 minutes'")
    assert await is_in(sign_ins, begun)


async def test_a_role_that_was_taken_away_ends_what_it_signed_in(
    sign_ins: PgSignIns, owner: psycopg.Connection
) -> None:
    begun = await begin(sign_ins)
    owner.execute("UPDATE users SET role = 'supervisor' WHERE user_id = 'u1'")
    assert not await is_in(sign_ins, begun)
    await sign_ins.require(who(begun, "supervisor"))


async def test_one_is_ended_by_its_user_alone_and_all_at_once(sign_ins: PgSignIns, owner: psycopg.Connection) -> None:
    mine, mine_too, other = await begin(sign_ins), await begin(sign_ins), await begin(sign_ins, "u2")
    for user_id, sign_in_id in (("u2", mine.sign_in_id), ("u1", other.sign_in_id), ("u1", "none"), ("u1", "")):
        with pytest.raises(SignInNotFoundError):
            await sign_ins.end(user_id, sign_in_id)
    await sign_ins.end("u1", mine.sign_in_id)
    with pytest.raises(SignInNotFoundError):
        await sign_ins.end("u1", mine.sign_in_id)
    assert await sign_ins.end_all("u1") == 1
    assert [await is_in(sign_ins, each) for each in (mine, mine_too, other)] == [False, False, True]
    assert audited(owner)[3:] == [("u1", "sign_in.ended")] * 2


async def test_what_a_client_calls_itself_is_one_short_line(sign_ins: PgSignIns) -> None:
    await sign_ins.begin("u1", "password", "Evil\r\nBrowser\x00\u202e " + "x" * 500, "127.0.0.1")
    (row,) = await sign_ins.open_of("u1")
    assert row["agent"].startswith("Evil Browser x")
    assert len(row["agent"]) == 120
    assert trimmed("") == ""


async def test_no_refresh_token_is_kept(sign_ins: PgSignIns, owner: psycopg.Connection) -> None:
    begun = await begin(sign_ins)
    begun = await sign_ins.rotate(begun.refresh_token, REQUEST)
    everything = "".join(
        str(owner.execute(f"SELECT t::text FROM {table} t".encode()).fetchall())  # noqa: S608 - the three below
        for table in ("sign_ins", "refresh_tokens", "audit")
    )
    assert begun.refresh_token not in everything
    assert REQUEST not in everything


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE sign_ins SET ended_at = NULL, ended_why = '' WHERE ended_at IS NOT NULL",
        "UPDATE sign_ins SET ends_at = ends_at + interval '1 second' WHERE ended_at IS NULL",
        "UPDATE sign_ins SET user_id = 'u2' WHERE ended_at IS NULL",
        "UPDATE refresh_tokens SET used_at = NULL WHERE used_at IS NOT NULL",
        "INSERT INTO refresh_tokens (digest, sign_in_id) SELECT 'short', sign_in_id FROM sign_ins",
        "SELECT note_identity('u1', 'payment.completed', 'p1', '{}')",
    ],
)
async def test_the_owner_cannot_bring_one_back(sign_ins: PgSignIns, owner: psycopg.Connection, statement: str) -> None:
    await sign_ins.end("u1", (await begin(sign_ins)).sign_in_id)
    await sign_ins.rotate((await begin(sign_ins)).refresh_token)
    with pytest.raises(psycopg.errors.IntegrityError):
        owner.execute(statement.encode())


async def test_old_ones_are_cleared_away_with_their_tokens(sign_ins: PgSignIns, owner: psycopg.Connection) -> None:
    begun = await begin(sign_ins)
    await sign_ins.rotate(begun.refresh_token, REQUEST)
    owner.execute("UPDATE sign_ins SET ends_at = now() - interval '25 hours'")
    later = await begin(sign_ins)
    assert owner.execute("SELECT sign_in_id FROM sign_ins").fetchall() == [(later.sign_in_id,)]
    assert owner.execute("SELECT count(*) FROM refresh_tokens").fetchone() == (1,)


async def test_the_tools_refuse_a_conversation_whose_sign_in_is_over(sign_ins: PgSignIns, database: Database) -> None:
    begun, later = await begin(sign_ins), await begin(sign_ins)
    edge = await open_pool(database.api_url, 1, 1)
    tools = await open_pool(database.mcp_url, 1, 1)
    sessions = PgSessions(edge)
    guard = Guard(ServiceTokenVerifier(KEYS, MCP_AUDIENCE), PgSessions(tools), GRANTS, PgOpenGrants(tools, 3600))
    try:
        session_id = await sessions.open_text("t1", "u1", "web", sign_in_id=begun.sign_in_id)
        token = f"Bearer {ServiceTokens(SIGNER).mint('u1', session_id, ['read'])}"
        assert (await guard.caller(token)).user_id == "u1"
        await sign_ins.end("u1", begun.sign_in_id)
        with pytest.raises(SessionStaleError):
            await guard.caller(token)
        await PgDoorstep(edge).enter(session_id, "u1", later.sign_in_id, "turn")  # the same user goes on elsewhere
        assert (await guard.caller(token)).user_id == "u1"
        await sign_ins.end_all("u1")
        with pytest.raises(SessionStaleError):
            await guard.caller(token)
    finally:
        await edge.close()
        await tools.close()


@pytest.fixture
async def factors(owner: psycopg.Connection, api_pool: Pool) -> PgSecondFactors:
    found_bank(owner)
    opened = PgSecondFactors(api_pool)
    await opened.enrol("u1", "sealed")
    return opened


async def test_a_step_is_good_once_and_never_after_a_later_one(factors: PgSecondFactors) -> None:
    factor = await factors.of("u1")
    assert factor is not None
    found = await asyncio.gather(*(factors.use_step(factor, 100) for _ in range(20)))
    assert found.count(True) == 1
    assert [await factors.use_step(factor, step) for step in (99, 100, 101, 101, 100)] == [
        False,
        False,
        True,
        False,
        False,
    ]


async def test_a_code_for_a_secret_that_was_replaced_meanwhile_is_refused(factors: PgSecondFactors) -> None:
    old = await factors.of("u1")
    assert old is not None
    await factors.enrol("u1", "another")
    assert not await factors.use_step(old, 100)


async def test_a_factor_is_switched_on_and_off_once(factors: PgSecondFactors, owner: psycopg.Connection) -> None:
    with pytest.raises(TotpNotOnError):
        await factors.switch("u1", on=False)
    await factors.switch("u1", on=True)
    for refused in (factors.switch("u1", on=True), factors.enrol("u1", "mine")):
        with pytest.raises(TotpAlreadyOnError):
            await refused
    found = await factors.of("u1")
    assert (found.secret, found.on) == ("sealed", True)
    await factors.switch("u1", on=False)
    assert await factors.of("u1") is None
    assert [action for _, action in audited(owner)] == ["totp.enrolled", "totp.on", "totp.off"]


async def test_wrong_codes_are_slowed_down_wherever_they_come_from(
    factors: PgSecondFactors, owner: psycopg.Connection
) -> None:
    tried = await asyncio.gather(*(factors.count_try("u1") for _ in range(30)), return_exceptions=True)
    assert tried.count(None) == 10
    assert {each.retry_after_s for each in tried if isinstance(each, RateLimitedError)} <= {1, 2}
    waits = []
    for _ in range(12):
        owner.execute("UPDATE totp_factors SET blocked_to = now() - interval '1 second'")
        await factors.count_try("u1")
        waits += owner.execute("SELECT round(extract(epoch FROM blocked_to - now())) FROM totp_factors").fetchone()
    assert waits == sorted(waits)
    assert waits[-1] == 900
    factor = await factors.of("u1")
    assert await factors.use_step(factor, 7)  # the owner, once the delay is over
    await factors.count_try("u1")
