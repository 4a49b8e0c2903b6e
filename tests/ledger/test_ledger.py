"""The ledger on the real Postgres: each step once, no overdraft, no second ending."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from adapters.postgres.directory import PgDirectory
from adapters.postgres.ledger import PgLedger
from adapters.postgres.payments import PgPayments
from domain.errors import (
    AccountClosedError,
    BankError,
    IdempotencyConflictError,
    InsufficientFundsError,
    PaymentClosedError,
    PaymentNotFoundError,
    UnauthenticatedError,
    UnknownAccountError,
)
from domain.payments import PaymentState
from tests.bank import assert_books_agree, balances, found_bank, plan, request

if TYPE_CHECKING:
    import psycopg

    from adapters.postgres.pool import Pool

pytestmark = pytest.mark.servers


@pytest.fixture
def ledger(owner: psycopg.Connection, pool: Pool) -> PgLedger:
    found_bank(owner)
    return PgLedger(pool)


async def test_a_plan_comes_back_as_it_was_recorded(ledger: PgLedger) -> None:
    assert await ledger.find_payment(request("p")) is None
    assert await ledger.open_payment(request("p"), plan("p")) == plan("p")
    assert await ledger.find_payment(request("p")) == plan("p")
    assert await ledger.state_of("p") is PaymentState.CREATED


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({}, True),
        ({"payee": "  SHOP "}, True),
        ({"session_id": "another"}, True),
        ({"tool_call_id": "retry"}, True),
        ({"payee": "Mill"}, False),
        ({"account": "savings"}, False),
        ({"description": "gift"}, False),
        ({"currency": "EUR"}, False),
    ],
)
async def test_one_id_stands_for_one_wish(ledger: PgLedger, changes: dict[str, str], same: bool) -> None:
    await ledger.open_payment(request("p"), plan("p"))
    again = request("p", **changes)
    if same:
        assert await ledger.open_payment(again, plan("p", minor=1)) == plan("p")
        assert await ledger.find_payment(again) == plan("p")
        return
    with pytest.raises(IdempotencyConflictError):
        await ledger.open_payment(again, plan("p"))
    with pytest.raises(IdempotencyConflictError):
        await ledger.find_payment(again)


async def test_another_amount_is_another_wish(ledger: PgLedger) -> None:
    await ledger.open_payment(request("p", 25_00), plan("p"))
    with pytest.raises(IdempotencyConflictError):
        await ledger.find_payment(request("p", 25_01))


async def test_another_customers_payment_is_not_there(ledger: PgLedger) -> None:
    await ledger.open_payment(request("p"), plan("p"))
    with pytest.raises(PaymentNotFoundError):
        await ledger.find_payment(request("p", user_id="u2"))
    with pytest.raises(PaymentNotFoundError):
        await ledger.open_payment(request("p", user_id="u2"), plan("p"))


async def test_the_first_of_many_openers_wins(ledger: PgLedger, owner: psycopg.Connection) -> None:
    plans = await asyncio.gather(*(ledger.open_payment(request("p"), plan("p", minor)) for minor in range(100, 120)))
    assert len(set(plans)) == 1
    assert owner.execute("SELECT count(*) FROM outbox WHERE kind = 'payment.created'").fetchone() == (1,)


@pytest.mark.parametrize(
    ("payer", "user", "error"), [("nowhere", "u1", UnknownAccountError), ("a1", "nobody", UnauthenticatedError)]
)
async def test_a_plan_must_name_what_exists(ledger: PgLedger, payer: str, user: str, error: type[BankError]) -> None:
    wrong = replace(plan("p"), payer_account=payer, user_id=user)
    with pytest.raises(error):
        await ledger.open_payment(request("p", user_id=user), wrong)


async def test_hold_then_post_moves_money_once(ledger: PgLedger, pool: Pool, owner: psycopg.Connection) -> None:
    await ledger.open_payment(request("p", description="rent"), plan("p"))
    for _ in range(2):
        await ledger.hold("p")
        assert balances(owner)["a1"] == (100_00, 25_00)
    for _ in range(2):
        await ledger.post("p")
        assert balances(owner) == {
            "a1": (75_00, 0),
            "shop": (25_00, 0),
            "a2": (50_00, 0),
            "b1": (70_00, 0),
            "mill": (0, 0),
        }
    await ledger.hold("p")
    assert await ledger.state_of("p") is PaymentState.COMPLETED
    kinds = owner.execute("SELECT kind FROM outbox ORDER BY id").fetchall()
    assert kinds == [("payment.created",), ("payment.held",), ("payment.completed",)]
    newest = (await PgDirectory(pool).postings_of("a1", 1))[0]
    assert (newest.amount_minor, newest.counterparty, newest.description) == (-25_00, "Shop", "rent")
    assert (await PgDirectory(pool).postings_of("shop", 5))[0].counterparty == "User u1"
    assert (await PgPayments(pool).of("u1"))[0].state is PaymentState.COMPLETED
    assert_books_agree(owner)


@pytest.mark.parametrize(
    "state", [PaymentState.CANCELLED, PaymentState.EXPIRED, PaymentState.REJECTED, PaymentState.FAILED]
)
@pytest.mark.parametrize("held", [True, False])
async def test_void_releases_and_ends(
    ledger: PgLedger, owner: psycopg.Connection, state: PaymentState, held: bool
) -> None:
    await ledger.open_payment(request("p"), plan("p"))
    if held:
        await ledger.hold("p")
    await ledger.void("p", state, "some_code")
    await ledger.void("p", PaymentState.CANCELLED)
    assert await ledger.state_of("p") is state
    assert balances(owner)["a1"] == (100_00, 0)
    with pytest.raises(PaymentClosedError):
        await ledger.post("p")
    with pytest.raises(PaymentClosedError):
        await ledger.hold("p")
    assert owner.execute("SELECT error_code FROM payments").fetchone() == ("some_code",)
    assert owner.execute("SELECT count(*) FROM outbox WHERE kind = %s", [f"payment.{state.lower()}"]).fetchone() == (1,)
    assert_books_agree(owner)


async def test_refusals_in_order_of_precedence(ledger: PgLedger, owner: psycopg.Connection) -> None:
    for call in (ledger.hold("no"), ledger.post("no"), ledger.void("no", PaymentState.FAILED), ledger.state_of("no")):
        with pytest.raises(PaymentNotFoundError):
            await call
    await ledger.open_payment(request("p", 100_01), plan("p", 100_01))
    with pytest.raises(PaymentClosedError):
        await ledger.post("p")
    with pytest.raises(InsufficientFundsError):
        await ledger.hold("p")
    owner.execute("UPDATE accounts SET closed_at = now() WHERE account_id = 'shop'")
    with pytest.raises(AccountClosedError):
        await ledger.hold("p")
    owner.execute("UPDATE accounts SET closed_at = NULL; UPDATE accounts SET closed_at = now() WHERE account_id = 'a1'")
    with pytest.raises(AccountClosedError):
        await ledger.hold("p")
    assert balances(owner)["a1"] == (100_00, 0)
    assert owner.execute("SELECT count(*) FROM holds").fetchone() == (0,)


async def test_a_posted_payment_stays_posted(ledger: PgLedger, owner: psycopg.Connection) -> None:
    await ledger.open_payment(request("p"), plan("p"))
    await ledger.hold("p")
    await ledger.post("p")
    with pytest.raises(PaymentClosedError):
        await ledger.void("p", PaymentState.CANCELLED)
    await ledger.set_state("p", PaymentState.FAILED)
    assert await ledger.state_of("p") is PaymentState.COMPLETED
    assert balances(owner)["shop"] == (25_00, 0)


async def test_set_state_moves_on_and_never_completes(ledger: PgLedger, owner: psycopg.Connection) -> None:
    await ledger.open_payment(request("p"), plan("p"))
    await ledger.set_state("p", PaymentState.AWAITING_CUSTOMER)
    assert await ledger.state_of("p") is PaymentState.AWAITING_CUSTOMER
    with pytest.raises(PaymentClosedError):
        await ledger.set_state("p", PaymentState.COMPLETED)
    await ledger.hold("p")
    await ledger.set_state("p", PaymentState.REJECTED, "why")
    assert balances(owner)["a1"] == (100_00, 0)
    assert await ledger.state_of("p") is PaymentState.REJECTED


async def test_fifty_holds_at_once_never_overdraw(ledger: PgLedger, owner: psycopg.Connection) -> None:
    ids = [f"p{n}" for n in range(50)]
    await asyncio.gather(*(ledger.open_payment(request(i, 7_00), plan(i, 7_00)) for i in ids))
    results = await asyncio.gather(*(ledger.hold(i) for i in ids), return_exceptions=True)
    assert Counter(type(result).__name__ for result in results) == {"NoneType": 14, "InsufficientFundsError": 36}
    assert balances(owner)["a1"] == (100_00, 98_00)
    assert_books_agree(owner)


async def test_post_and_void_at_once_leave_exactly_one_ending(ledger: PgLedger, owner: psycopg.Connection) -> None:
    ids = [f"p{n}" for n in range(12)]
    for i in ids:
        await ledger.open_payment(request(i, 1_00), plan(i, 1_00))
        await ledger.hold(i)
    calls = [c for i in ids for c in (ledger.post(i), ledger.void(i, PaymentState.EXPIRED), ledger.post(i))]
    results = await asyncio.gather(*calls, return_exceptions=True)
    assert {type(result) for result in results} <= {type(None), PaymentClosedError}
    ends = owner.execute(
        "SELECT count(*), count(DISTINCT payment_id) FROM transfers WHERE step <> 'hold' AND step <> 'book'"
    )
    assert ends.fetchone() == (12, 12)
    assert_books_agree(owner)


async def test_payments_both_ways_at_once_do_not_deadlock(ledger: PgLedger, owner: psycopg.Connection) -> None:
    ids = [(f"p{n}", ("a1", "a2") if n % 2 else ("a2", "a1")) for n in range(40)]
    for i, (payer, payee) in ids:
        await ledger.open_payment(request(i, 50), plan(i, 50, payer, payee))
        await ledger.hold(i)
    await asyncio.gather(*(ledger.post(i) for i, _ in ids))
    assert balances(owner)["a1"] == (100_00, 0)
    assert_books_agree(owner)
