"""A payee that is removed while a payment to them waits: it is refused, whatever it had already, and nothing moves."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from adapters.postgres.ledger import PgLedger
from adapters.postgres.payees import PgPayees
from domain.errors import BankError, PayeeNotFoundError, PayeeRemovedError
from domain.payments import PaymentState
from tests.bank import OPENING, assert_books_agree, balances, found_bank, plan, request

if TYPE_CHECKING:
    import psycopg

    from adapters.postgres.pool import Pool

pytestmark = pytest.mark.servers


@pytest.fixture
def ledger(owner: psycopg.Connection, pool: Pool) -> PgLedger:
    found_bank(owner)
    register(owner)
    return PgLedger(pool)


@pytest.fixture
def payees(api_pool: Pool) -> PgPayees:
    return PgPayees(api_pool)


def register(owner: psycopg.Connection, *numbers: int) -> None:
    for number in numbers or (1,):
        owner.execute(
            "INSERT INTO payees (payee_id, user_id, name, account_id) VALUES (%s, 'u1', %s, 'shop')",
            [f"y{number}", f"Shop {number}"],
        )


@pytest.mark.parametrize("held", [False, True])
async def test_what_waits_is_refused_and_its_hold_released(
    ledger: PgLedger, payees: PgPayees, owner: psycopg.Connection, held: bool
) -> None:
    await ledger.open_payment(request("p"), plan("p"))
    if held:
        await ledger.hold("p")
    for _ in range(2):
        await payees.remove("y1", "u1")
    assert await payees.waiting("u1") == [("p", "u1")]
    with pytest.raises(PayeeRemovedError):
        await (ledger.post("p") if held else ledger.hold("p"))
    await ledger.void("p", PaymentState.FAILED, PayeeRemovedError.code)
    assert balances(owner)["a1"] == (OPENING["a1"], 0)
    assert await payees.waiting("u1") == []
    actions = owner.execute("SELECT action, detail ->> 'error_code' FROM audit WHERE actor = 'u1' ORDER BY audit_id")
    assert [row for row in actions.fetchall() if row[0] in {"payee.removed", "payment.failed"}] == [
        ("payee.removed", None),
        ("payment.failed", "payee_removed"),
    ]
    assert_books_agree(owner)


async def test_only_its_owner_removes_a_payee(ledger: PgLedger, payees: PgPayees) -> None:
    for payee, user in (("y1", "u2"), ("nobody", "u1")):
        with pytest.raises(PayeeNotFoundError):
            await payees.remove(payee, user)
    await ledger.open_payment(request("p"), plan("p"))
    await ledger.hold("p")
    await ledger.post("p")


async def test_under_another_name_it_is_a_payee_still(
    ledger: PgLedger, payees: PgPayees, owner: psycopg.Connection
) -> None:
    register(owner, 2)
    await ledger.open_payment(request("p"), plan("p"))
    await payees.remove("y1", "u1")
    await ledger.hold("p")
    await ledger.post("p")
    assert balances(owner)["shop"] == (25_00, 0)


async def test_of_a_removal_and_many_posts_each_payment_has_one_end(
    ledger: PgLedger, payees: PgPayees, owner: psycopg.Connection
) -> None:
    ids = [f"p{number}" for number in range(12)]
    for name in ids:
        await ledger.open_payment(request(name, 1_00), plan(name, 1_00))
        await ledger.hold(name)
    half = len(ids) // 2
    calls = [*(ledger.post(name) for name in ids[:half]), payees.remove("y1", "u1")]
    results = await asyncio.gather(*calls, *(ledger.post(name) for name in ids[half:]), return_exceptions=True)
    codes = {result.code for result in results if isinstance(result, BankError)}
    assert codes <= {"payee_removed"}
    refused = [name for name, _ in await payees.waiting("u1")]
    for name in refused:
        with pytest.raises(PayeeRemovedError):
            await ledger.post(name)
        await ledger.void(name, PaymentState.CANCELLED, PayeeRemovedError.code)
    assert balances(owner)["shop"] == ((len(ids) - len(refused)) * 1_00, 0)
    assert balances(owner)["a1"] == (OPENING["a1"] - (len(ids) - len(refused)) * 1_00, 0)
    assert_books_agree(owner)
