"""What the text door sees before it listens: its own customer's things, and nobody else's."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from adapters.postgres.doorstep import PgDoorstep
from adapters.postgres.elicitations import PgElicitations
from adapters.postgres.sessions import PgSessions
from domain.elicitation import ElicitationState
from domain.errors import SessionNotFoundError, SessionStaleError
from tests.bank import found_bank
from tests.fakes.desk import question

if TYPE_CHECKING:
    import psycopg

    from adapters.postgres.pool import Pool


async def _ask(pool: Pool, elicitation_id: str, user_id: str, session_id: str) -> None:
    asked = question(elicitation_id, user_id=user_id)
    await PgElicitations(pool).open(replace(asked, session_id=session_id))


async def test_a_turn_finds_its_customers_payees_and_open_questions(
    owner: psycopg.Connection, pool: Pool, api_pool: Pool
) -> None:
    found_bank(owner)
    for payee_id, user, name in (("y1", "u1", "Shop"), ("y2", "u1", "Baker"), ("y3", "u2", "Theirs")):
        owner.execute(
            "INSERT INTO payees (payee_id, user_id, name, account_id) VALUES (%s, %s, %s, 'a1')", [payee_id, user, name]
        )
    await PgSessions(api_pool).open("s1", "u1", "text", "web")
    await _ask(pool, "e1", "u1", "s0")
    await _ask(pool, "e2", "u2", "s1")
    door = PgDoorstep(api_pool)
    found = await door.enter("s1", "u1", "sign-in", "turn1")
    assert found.payees == ("Baker", "Shop")
    assert [(each.session_id, each.request.elicitation_id) for each in found.waiting] == [("s0", "e1")]
    assert not found.settled
    await PgElicitations(pool).close("e1", ElicitationState.COMPLETED, "turn1")
    found = await door.enter("s1", "u1", "sign-in", "turn1")
    assert (found.waiting, found.settled) == ((), "e1")
    assert not (await door.enter("s1", "u1", "sign-in", "turn2")).settled


async def test_a_session_is_entered_by_its_own_customer_while_it_is_open(
    owner: psycopg.Connection, api_pool: Pool
) -> None:
    found_bank(owner)
    sessions, door = PgSessions(api_pool), PgDoorstep(api_pool)
    await sessions.open("s1", "u1", "text", "web", sign_in_id="first")
    for session_id, user_id in (("s1", "u2"), ("none", "u1")):
        with pytest.raises(SessionNotFoundError):
            await door.enter(session_id, user_id, "theirs", "turn")
    await door.enter("s1", "u1", "second", "turn")
    assert owner.execute("SELECT sign_in_id FROM sessions").fetchall() == [("second",)]
    await sessions.end("s1")
    with pytest.raises(SessionStaleError):
        await door.enter("s1", "u1", "third", "turn")
    assert owner.execute("SELECT sign_in_id FROM sessions").fetchall() == [("second",)]
