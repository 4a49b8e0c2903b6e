"""Elicitations at rest: opened once, tried five times, settled once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from activities.ports import ElicitationRow
from adapters.postgres.elicitations import PgElicitations
from domain.elicitation import ElicitationRequest, ElicitationState, ElicitationType
from domain.errors import (
    BankError,
    ElicitationClosedError,
    ElicitationNotFoundError,
    ResendsUsedUpError,
    ResendTooSoonError,
    TooManyTriesError,
)
from domain.schemas import OTP_TRIES
from tests.bank import found_bank

if TYPE_CHECKING:
    import psycopg

    from adapters.postgres.pool import Pool

pytestmark = pytest.mark.servers

REQUEST = ElicitationRequest(
    elicitation_id="e1",
    tool_call_id="t1",
    elicitation_type=ElicitationType.OTP,
    payment_id="p1",
    version=2,
    transaction_hash="f" * 64,
    amount="25.00",
    currency="USD",
    payee="Shop",
    account="Checking",
    created_at="2026-11-21T10:00:00+00:00",
    expires_at="2026-11-21T10:05:00+00:00",
    timeout_seconds=300,
)
ROW = ElicitationRow(REQUEST, "u1", "s1", ElicitationState.PENDING, 0, secret="k.sealed", counter=0)


@pytest.fixture
def elicitations(owner: psycopg.Connection, pool: Pool) -> PgElicitations:
    found_bank(owner)
    return PgElicitations(pool, resend_min_s=0, resends_max=3)


@pytest.fixture
def desk(api_pool: Pool) -> PgElicitations:
    """As the api: it reads, and counts tries."""
    return PgElicitations(api_pool)


async def test_what_was_opened_comes_back(elicitations: PgElicitations, owner: psycopg.Connection) -> None:
    assert await elicitations.open(ROW) == ROW
    assert await elicitations.open(replace(ROW, secret="k.other")) == ROW
    assert await elicitations.get("e1") == ROW
    assert await elicitations.owner_of("e1") == "u1"
    assert await elicitations.pending_of("u1") == [ROW]
    assert await elicitations.pending_of("u2") == []
    events = owner.execute("SELECT kind, session_id, body FROM outbox").fetchall()
    assert events == [("elicitation.opened", "s1", REQUEST.to_json())]
    assert owner.execute("SELECT key FROM notifications").fetchall() == [("e1:0",)]


async def test_five_tries_in_all_however_many_at_once(elicitations: PgElicitations, desk: PgElicitations) -> None:
    await elicitations.open(ROW)
    results = await asyncio.gather(*(desk.count_try("e1") for _ in range(12)), return_exceptions=True)
    assert sorted(r for r in results if isinstance(r, int)) == list(range(1, OTP_TRIES + 1))
    assert {type(r) for r in results if not isinstance(r, int)} == {TooManyTriesError}
    await elicitations.note_delivery("e1", 0, "sms")
    assert await elicitations.next_code("e1") == 1
    with pytest.raises(TooManyTriesError):
        await desk.count_try("e1")


async def test_a_try_is_given_back_while_the_question_is_open(
    elicitations: PgElicitations, desk: PgElicitations, owner: psycopg.Connection
) -> None:
    await elicitations.open(ROW)
    await desk.give_back_try("e1")
    for _ in range(2 * OTP_TRIES):  # the right code, again and again, while nobody is there to take it
        assert await desk.count_try("e1") == 1
        await desk.give_back_try("e1")
    assert await desk.count_try("e1") == 1
    await elicitations.close("e1", ElicitationState.CANCELLED)
    await desk.give_back_try("e1")
    assert owner.execute("SELECT tries FROM elicitations").fetchall() == [(1,)]
    told = owner.execute("SELECT action FROM audit WHERE action LIKE 'elicitation.tr%' ORDER BY audit_id").fetchall()
    assert [action for (action,) in told].count("elicitation.try_given_back") == 2 * OTP_TRIES


async def test_a_code_is_sent_again_neither_at_once_nor_without_end(
    elicitations: PgElicitations, pool: Pool, owner: psycopg.Connection
) -> None:
    await elicitations.open(ROW)
    patient = PgElicitations(pool, resend_min_s=30, resends_max=3)
    assert await patient.next_code("e1") == 0  # it never went out: the same one again
    await patient.note_delivery("e1", 0, "email")
    with pytest.raises(ResendTooSoonError) as soon:
        await patient.next_code("e1")
    assert 1 <= soon.value.retry_after_s <= 30
    assert f"In {soon.value.retry_after_s} seconds" in soon.value.sentence
    for counter in (1, 2, 3):
        asked = await asyncio.gather(*(elicitations.next_code("e1") for _ in range(4)))
        assert asked == [counter] * 4
        await elicitations.note_delivery("e1", counter, "email")
    with pytest.raises(ResendsUsedUpError):
        await elicitations.next_code("e1")
    channels = owner.execute("SELECT channel, delivered_at IS NOT NULL FROM notifications").fetchall()
    assert channels == [("email", True)] * 4
    found = owner.execute("SELECT count(*) FROM audit WHERE action = 'code.delivered'").fetchone()
    assert found == (4,)


async def test_the_first_outcome_stays(
    elicitations: PgElicitations, desk: PgElicitations, owner: psycopg.Connection
) -> None:
    await elicitations.open(ROW)
    outcomes = [ElicitationState.COMPLETED, ElicitationState.EXPIRED, ElicitationState.CANCELLED] * 3
    results = await asyncio.gather(*(elicitations.close("e1", state, "r1", "some") for state in outcomes))
    assert len(set(results)) == 1
    assert (await elicitations.get("e1")).state is results[0]
    assert (await elicitations.get("e1")).response_id == "r1"
    assert await elicitations.pending_of("u1") == []
    assert owner.execute("SELECT count(*) FROM outbox WHERE kind = 'elicitation.closed'").fetchone() == (1,)
    for call in (desk.count_try("e1"), elicitations.next_code("e1")):
        with pytest.raises(ElicitationClosedError):
            await call


@pytest.mark.parametrize("error", [ElicitationNotFoundError])
async def test_what_is_not_there_is_not_found(
    elicitations: PgElicitations, desk: PgElicitations, error: type[BankError]
) -> None:
    calls = (
        elicitations.get("no"),
        elicitations.owner_of("no"),
        desk.count_try("no"),
        elicitations.next_code("no"),
        elicitations.close("no", ElicitationState.EXPIRED),
    )
    for call in calls:
        with pytest.raises(error):
            await call


async def test_an_open_state_settles_nothing(elicitations: PgElicitations) -> None:
    await elicitations.open(ROW)
    with pytest.raises(ValueError, match="not final"):
        await elicitations.close("e1", ElicitationState.PENDING)
