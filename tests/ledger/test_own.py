"""A payment that a yes is enough for goes to an account of the same customer, whatever the application believes."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import psycopg
import pytest

from adapters.postgres.ledger import PgLedger
from domain.accounts import Payee
from domain.errors import MoreThanOwedError
from domain.payments import PaymentKind, PaymentPlan, PaymentRequest
from tests.bank import assert_books_agree, balances, found_bank, plan, request

if TYPE_CHECKING:
    from adapters.postgres.pool import Pool

pytestmark = pytest.mark.servers


@pytest.fixture
def ledger(owner: psycopg.Connection, pool: Pool) -> PgLedger:
    found_bank(owner)
    return PgLedger(pool)


def wish() -> PaymentRequest:
    return replace(request("p"), kind=PaymentKind.OWN)


def own(payment_id: str, payer: str = "a1", payee: str = "a2", minor: int = 25_00) -> PaymentPlan:
    return replace(plan(payment_id, minor, payer, payee), kind=PaymentKind.OWN, payee_name="your savings account")


async def test_it_moves_once_and_both_statements_say_where(ledger: PgLedger, owner: psycopg.Connection) -> None:
    assert (await ledger.open_payment(wish(), own("p"))).kind is PaymentKind.OWN
    await ledger.hold("p")
    for _ in range(2):
        await ledger.post("p")
    assert balances(owner)["a1"] == (75_00, 0)
    assert balances(owner)["a2"] == (75_00, 0)
    lines = owner.execute(
        "SELECT account_id, counterparty FROM entries WHERE account_id IN ('a1', 'a2') AND description = ''"
    ).fetchall()
    assert sorted(lines) == [("a1", "your savings account"), ("a2", "your checking account")]
    assert_books_agree(owner)


@pytest.mark.parametrize(("payer", "payee"), [("a1", "shop"), ("a1", "b1"), ("b1", "a1"), ("shop", "a1")])
async def test_somebody_elses_account_is_refused(ledger: PgLedger, payer: str, payee: str) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        await ledger.open_payment(wish(), replace(own("p", payer, payee), user_id="u1"))


@pytest.mark.parametrize("kind", ["credit card", "loan"])
async def test_it_comes_from_checking_or_savings(ledger: PgLedger, owner: psycopg.Connection, kind: str) -> None:
    owner.execute("UPDATE accounts SET kind = %s WHERE account_id = 'a1'", [kind])
    with pytest.raises(psycopg.errors.CheckViolation):
        await ledger.open_payment(wish(), own("p"))


async def test_no_correction_makes_it_somebody_elses(ledger: PgLedger) -> None:
    await ledger.open_payment(wish(), own("p"))
    with pytest.raises(psycopg.errors.CheckViolation):
        await ledger.revise(replace(own("p", payee="shop"), version=2, transaction_hash="e" * 64))


async def test_a_loan_takes_no_more_than_is_owed_whoever_pays_it_at_once(
    ledger: PgLedger, owner: psycopg.Connection
) -> None:
    owner.execute("UPDATE accounts SET kind = 'loan', overdraft_limit_minor = 6000 WHERE account_id = 'a2'")
    owner.execute("SELECT book('owed', 'a2', 'equity', 11000, 'Lent', now())")
    names = [f"p{n}" for n in range(8)]
    for name in names:
        await ledger.open_payment(replace(request(name), kind=PaymentKind.OWN), own(name))
    held = await asyncio.gather(*(ledger.hold(name) for name in names), return_exceptions=True)
    refused = [error for error in held if error is not None]
    assert ([type(error) for error in refused], len(held) - len(refused)) == ([MoreThanOwedError] * 6, 2)
    for name, error in zip(names, held, strict=True):
        if error is None:
            await ledger.post(name)
    assert balances(owner)["a2"] == (-10_00, 0)
    assert_books_agree(owner)


async def test_it_does_not_count_as_money_paid_away(ledger: PgLedger) -> None:
    await ledger.open_payment(wish(), own("p"))
    await ledger.open_payment(request("q"), plan("q", 10_00))
    known = await ledger.history("u1", Payee("x", "Shop", "shop", "USD"), "r")
    assert known.recent_minor == 10_00
