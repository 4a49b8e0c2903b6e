"""What is held for a payment that nobody works on any more is given back, once, and nothing else is."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import psycopg
import pytest

from adapters.holds import Sweep
from adapters.postgres.holds import PgHolds
from adapters.postgres.ledger import PgLedger
from domain.errors import BankError, PaymentClosedError, UnavailableError
from domain.payments import PaymentState
from tests.bank import OPENING, assert_books_agree, balances, found_bank, plan, request

if TYPE_CHECKING:
    from adapters.postgres.pool import Pool

pytestmark = pytest.mark.servers


@dataclass
class Workflows:
    """Those that still run."""

    running: set[str] = field(default_factory=set[str])
    away: bool = False

    async def goes_on(self, payment_id: str) -> bool:
        if self.away:
            raise UnavailableError
        return payment_id in self.running


@pytest.fixture
def ledger(owner: psycopg.Connection, pool: Pool) -> PgLedger:
    found_bank(owner)
    return PgLedger(pool)


async def held(ledger: PgLedger, owner: psycopg.Connection, *payments: str, overdue: bool = True) -> None:
    for payment_id in payments:
        await ledger.open_payment(request(payment_id, 1_00), plan(payment_id, 1_00))
        await ledger.hold(payment_id)
        if overdue:
            owner.execute("UPDATE holds SET expires_at = now() - interval '1 s' WHERE payment_id = %s", [payment_id])


async def test_only_what_is_overdue_and_left_behind_is_given_back(
    ledger: PgLedger, owner: psycopg.Connection, pool: Pool
) -> None:
    await held(ledger, owner, "lost", "alive", "unsure")
    await held(ledger, owner, "fresh", overdue=False)
    await ledger.set_state("unsure", PaymentState.UNKNOWN)
    sweep = Sweep(PgHolds(pool), Workflows({"alive"}))
    assert await sweep.once() == ["lost"]
    assert await sweep.once() == []
    assert await ledger.state_of("lost") is PaymentState.EXPIRED
    rows = owner.execute("SELECT payment_id, state FROM holds ORDER BY payment_id").fetchall()
    assert rows == [("alive", "held"), ("fresh", "held"), ("lost", "expired"), ("unsure", "held")]
    steps = owner.execute("SELECT step, state FROM transfers WHERE payment_id = 'lost' ORDER BY transfer_id").fetchall()
    assert steps == [("hold", "pending"), ("expire", "expired")]
    events = owner.execute("SELECT body ->> 'error_code' FROM outbox WHERE kind = 'payment.expired'").fetchall()
    assert events == [("hold_expired",)]
    assert balances(owner)["a1"] == (OPENING["a1"], 3_00)
    assert_books_agree(owner)


async def test_none_is_given_back_while_it_is_not_known_who_works(
    ledger: PgLedger, owner: psycopg.Connection, pool: Pool
) -> None:
    await held(ledger, owner, "p")
    with pytest.raises(UnavailableError):
        await Sweep(PgHolds(pool), Workflows(away=True)).once()
    assert await ledger.state_of("p") is PaymentState.CREATED


async def test_many_that_go_on_do_not_hide_the_one_that_does_not(
    ledger: PgLedger, owner: psycopg.Connection, pool: Pool
) -> None:
    owner.execute("SELECT book('more', 'equity', 'a1', 100000, 'More', now())")
    alive = [f"alive{number:03}" for number in range(104)]
    await held(ledger, owner, *alive, "zlost")
    assert await Sweep(PgHolds(pool), Workflows(set(alive))).once() == ["zlost"]


async def test_a_hold_outlives_every_wait_of_its_payment(ledger: PgLedger, owner: psycopg.Connection) -> None:
    await held(ledger, owner, "p", overdue=False)
    lasts = owner.execute("SELECT extract(epoch FROM expires_at - created_at)::int FROM holds").fetchone()
    assert lasts == (86_400,)


async def test_posted_or_expired_but_never_both(ledger: PgLedger, owner: psycopg.Connection, pool: Pool) -> None:
    names = [f"p{number}" for number in range(12)]
    await held(ledger, owner, *names)

    async def posted(payment_id: str) -> str:
        try:
            await ledger.post(payment_id)
        except PaymentClosedError:
            return "late"
        return "posted"

    async def expired(payment_id: str) -> str:
        try:
            await PgHolds(pool).expire(payment_id)
        except BankError as error:
            return error.code
        return "ok"

    said = await asyncio.gather(*(act(name) for name in names for act in (posted, expired)))
    for name, by_post in zip(names, said[::2], strict=True):
        state = await ledger.state_of(name)
        assert state is (PaymentState.COMPLETED if by_post == "posted" else PaymentState.EXPIRED)
    assert balances(owner)["a1"][1] == 0
    assert_books_agree(owner)
