"""Checks of who is speaking on the real Postgres: proven or nothing, for one sign-in, for a while."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import psycopg
import pytest

from activities.ports import ElicitationRow
from adapters.postgres.elicitations import PgElicitations
from adapters.postgres.pool import open_pool
from adapters.postgres.verifications import PgVerifications
from domain import ids
from domain.elicitation import IDENTITY, ElicitationRequest, ElicitationState, ElicitationType
from domain.errors import (
    BankError,
    IdempotencyConflictError,
    SessionNotFoundError,
    TooManyVerificationsError,
    VerificationLockedError,
    VerificationNotFoundError,
    VerificationOpenError,
    VerificationUnprovenError,
)
from domain.verification import (
    CARDS,
    MOST_BEGUN,
    MOST_FAILED,
    IdentityCheck,
    VerificationEnd,
    VerificationPlan,
    VerificationRequest,
    VerificationState,
    identity_hash,
)
from tests.bank import found_bank

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from adapters.postgres.pool import Pool
    from tests.conftest import Database

pytestmark = pytest.mark.servers
SESSIONS = {"s1": ("u1", "i1"), "s2": ("u1", "i2"), "s3": ("u1", "i1"), "s4": ("u1", ""), "s9": ("u2", "i9")}


@pytest.fixture
def checks(owner: psycopg.Connection, pool: Pool) -> PgVerifications:
    found_bank(owner)
    for session_id, (user, sign_in) in SESSIONS.items():
        owner.execute(
            """INSERT INTO sessions (session_id, user_id, channel, platform, sign_in_id)
               VALUES (%s, %s, 'voice', 'web', %s)""",
            [session_id, user, sign_in],
        )
    return PgVerifications(pool)


@pytest.fixture
async def tools(database: Database) -> AsyncIterator[PgVerifications]:
    """As mcp_tools."""
    opened = await open_pool(database.mcp_url, 1, 2)
    yield PgVerifications(opened)
    await opened.close()


def planned(verification_id: str = "v1", session: str = "s1", user: str = "u1") -> VerificationPlan:
    bound = identity_hash(IdentityCheck(user, session, CARDS))
    return VerificationPlan(verification_id, user, "t", f"ref_{user}", session, CARDS, ElicitationType.OTP, bound)


async def asked(pool: Pool, plan: VerificationPlan, **changes: str) -> str:
    """Its question, opened; the id."""
    request = ElicitationRequest(
        elicitation_id=ids.verification_elicitation_id(plan.verification_id, plan.method),
        tool_call_id=plan.verification_id,
        elicitation_type=plan.method,
        payment_id=plan.verification_id,
        version=1,
        transaction_hash=plan.identity_hash,
        amount="",
        currency="",
        payee="",
        account="",
        created_at="",
        expires_at="",
        timeout_seconds=300,
        transaction_type=IDENTITY,
        purpose=CARDS,
    )
    questions = PgElicitations(pool)
    request = replace(request, **changes)
    await questions.open(ElicitationRow(request, plan.user_id, plan.session_id, ElicitationState.PENDING, 0, "sealed"))
    assert (await questions.get(request.elicitation_id)).request == request
    assert await questions.following(request.elicitation_id) == (False, None)
    return request.elicitation_id


async def answered(pool: Pool, plan: VerificationPlan, **changes: str) -> None:
    """Its question, opened and accepted."""
    question = await asked(pool, plan, **changes)
    await PgElicitations(pool).close(question, ElicitationState.COMPLETED, "r1")


async def verified(checks: PgVerifications, pool: Pool, plan: VerificationPlan, stands_s: float = 900) -> None:
    await checks.open(plan)
    await answered(pool, plan)
    assert await checks.verify(plan.verification_id, stands_s) is VerificationState.VERIFIED


async def test_what_is_shown_counts_for_its_sign_in_alone(
    checks: PgVerifications, tools: PgVerifications, pool: Pool, owner: psycopg.Connection
) -> None:
    assert not await tools.is_verified("u1", "s1", CARDS)
    await verified(checks, pool, planned())
    known = {session: await tools.is_verified(user, session, CARDS) for session, (user, _) in SESSIONS.items()}
    assert known == {"s1": True, "s2": False, "s3": True, "s4": False, "s9": False}
    assert not await tools.is_verified("u2", "s1", CARDS)
    assert not await tools.is_verified("u1", "s1", "anything")
    owner.execute("UPDATE sessions SET sign_in_id = 'i7' WHERE session_id = 's1'")  # whoever signed in anew
    assert not await tools.is_verified("u1", "s1", CARDS)
    owner.execute("UPDATE sessions SET ended_at = now() WHERE session_id = 's3'")
    assert not await tools.is_verified("u1", "s3", CARDS)


async def test_of_a_session_without_a_sign_in_it_counts_for_the_session(
    checks: PgVerifications, tools: PgVerifications, pool: Pool
) -> None:
    await verified(checks, pool, planned(session="s4"))
    assert [await tools.is_verified("u1", session, CARDS) for session in ("s4", "s1")] == [True, False]


async def test_it_counts_for_a_while(checks: PgVerifications, tools: PgVerifications, pool: Pool) -> None:
    await verified(checks, pool, planned(), stands_s=-1)
    assert not await tools.is_verified("u1", "s1", CARDS)


@pytest.mark.parametrize(
    "changes",
    [{"transaction_hash": "0" * 64}, {"elicitation_id": "verification-other-otp-1"}],
    ids=lambda each: next(iter(each)),
)
async def test_nothing_counts_without_its_own_answer(
    checks: PgVerifications, pool: Pool, changes: dict[str, str]
) -> None:
    plan = await checks.open(planned())
    with pytest.raises(VerificationUnprovenError):
        await checks.verify("v1", 900)
    await answered(pool, plan, **changes)
    with pytest.raises(VerificationUnprovenError):
        await checks.verify("v1", 900)
    assert await checks.state_of("v1") is VerificationState.PENDING


async def test_the_first_end_stays(checks: PgVerifications, pool: Pool) -> None:
    plan = await checks.open(planned())
    assert await checks.end(VerificationEnd("v1", VerificationState.EXPIRED, "elicitation_expired")) == "EXPIRED"
    await answered(pool, plan)
    assert await checks.verify("v1", 900) is VerificationState.EXPIRED
    assert await checks.end(VerificationEnd("v1", VerificationState.FAILED)) is VerificationState.EXPIRED


async def test_its_question_does_not_outlive_it(checks: PgVerifications, pool: Pool) -> None:
    questions = PgElicitations(pool)
    await checks.open(planned())
    question = await asked(pool, planned())  # its code could not be sent, so no workflow waits for the answer
    assert [row.request.elicitation_id for row in await questions.pending_of("u1")] == [question]
    await checks.end(VerificationEnd("v1", VerificationState.FAILED, "unavailable"))
    assert await questions.pending_of("u1") == []
    row = await questions.get(question)
    assert (row.state, row.error_code) == (ElicitationState.FAILED, "unavailable")


async def test_one_id_is_one_check(checks: PgVerifications) -> None:
    first = await checks.open(planned())
    assert await checks.open(planned()) == first
    assert await checks.find(VerificationRequest("v1", "u1", "s1")) == first
    assert await checks.find(VerificationRequest("v2", "u1", "s1")) is None
    with pytest.raises(IdempotencyConflictError):
        await checks.find(VerificationRequest("v1", "u1", "s2"))
    with pytest.raises(IdempotencyConflictError):
        await checks.open(planned(session="s2"))
    with pytest.raises(VerificationNotFoundError):
        await checks.find(VerificationRequest("v1", "u2", "s9"))
    with pytest.raises(VerificationNotFoundError):
        await checks.open(planned(session="s9", user="u2"))
    with pytest.raises(SessionNotFoundError):
        await checks.open(planned("v2", session="s9"))


async def test_of_many_at_once_a_session_is_asked_one(checks: PgVerifications, tools: PgVerifications) -> None:
    opened = await asyncio.gather(*(checks.open(planned(f"v{number}")) for number in range(8)), return_exceptions=True)
    plans = [each for each in opened if isinstance(each, VerificationPlan)]
    assert len(plans) == 1
    assert {type(each) for each in opened} == {VerificationPlan, VerificationOpenError}
    assert await tools.open_of("u1", "s1", CARDS) == plans[0].verification_id
    assert [await tools.open_of(user, session, CARDS) for user, session in (("u2", "s1"), ("u1", "s2"))] == ["", ""]


async def fail(checks: PgVerifications, most: int, code: str) -> None:
    for number in range(most):
        await checks.open(planned(f"v{number}"))
        await checks.end(VerificationEnd(f"v{number}", VerificationState.FAILED, code))


@pytest.mark.parametrize(
    ("most", "code", "error"),
    [(MOST_FAILED, "too_many_tries", VerificationLockedError), (MOST_BEGUN, "withdrawn", TooManyVerificationsError)],
)
async def test_nobody_guesses_or_is_written_to_without_end(
    checks: PgVerifications, owner: psycopg.Connection, most: int, code: str, error: type[BankError]
) -> None:
    await fail(checks, most, code)
    with pytest.raises(error):
        await checks.open(planned("another", session="s2"))
    await checks.open(planned("theirs", session="s9", user="u2"))
    owner.execute("SET session_replication_role = replica")
    owner.execute(
        """UPDATE verifications SET created_at = now() - interval '25 hours', ended_at = now() - interval '25 hours'
           WHERE user_id = 'u1'"""
    )
    await checks.open(planned("another", session="s2"))


async def test_the_audit_tells_who_when_and_how(checks: PgVerifications, pool: Pool, owner: psycopg.Connection) -> None:
    await verified(checks, pool, planned())
    told = owner.execute("SELECT actor, action, detail FROM audit WHERE subject_id = 'v1' ORDER BY audit_id").fetchall()
    assert [(actor, action) for actor, action, _ in told] == [
        ("u1", "verification.created"),
        ("u1", "verification.verified"),
    ]
    assert told[1][2].items() >= {"session_id": "s1", "sign_in_id": "i1", "method": "otp", "purpose": CARDS}.items()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE verifications SET state = 'FAILED', stands_until = NULL",
        "UPDATE verifications SET stands_until = now() + interval '1 year'",
        "UPDATE verifications SET user_id = 'u2'",
        "DELETE FROM verifications",
        "TRUNCATE verifications",
    ],
)
async def test_what_is_proven_stays_even_for_the_owner(
    checks: PgVerifications, pool: Pool, owner: psycopg.Connection, statement: str
) -> None:
    await verified(checks, pool, planned())
    with pytest.raises(psycopg.errors.RestrictViolation):
        owner.execute(statement)


@pytest.mark.parametrize(
    "statement",
    ["SELECT * FROM verifications", "SELECT verify_identity('v1', 900)", "SELECT end_verification('v1', '', '')"],
)
async def test_tools_and_api_neither_read_nor_end_them(
    checks: PgVerifications, database: Database, statement: str
) -> None:
    await checks.open(planned())
    for url in (database.mcp_url, database.api_url):
        with psycopg.connect(url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement)
