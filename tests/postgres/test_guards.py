"""What the database refuses, whoever asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from adapters.postgres.ledger import PgLedger
from domain.payments import PaymentState
from tests.bank import found_bank, plan, request

if TYPE_CHECKING:
    from adapters.postgres.pool import Pool

pytestmark = pytest.mark.servers


@pytest.fixture
async def bank(owner: psycopg.Connection, pool: Pool) -> PgLedger:
    found_bank(owner)
    ledger = PgLedger(pool)
    for payment in ("done", "open", "void"):
        await ledger.open_payment(request(payment, 100), plan(payment, 100))
    await ledger.hold("done")
    await ledger.post("done")
    await ledger.hold("open")
    await ledger.void("void", PaymentState.CANCELLED)
    return ledger


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET amount_minor = 1",
        "DELETE FROM entries",
        "TRUNCATE entries CASCADE",
        "UPDATE transfers SET amount_minor = 1",
        "DELETE FROM transfers",
        "UPDATE audit SET actor = 'x'",
        "DELETE FROM audit",
        "UPDATE payments SET state = 'CREATED' WHERE payment_id = 'done'",
        "UPDATE payments SET state = 'COMPLETED' WHERE payment_id = 'void'",
        "UPDATE payments SET state = 'COMPLETED' WHERE payment_id = 'open'",
        "UPDATE payments SET state = 'FAILED' WHERE payment_id = 'open'",
        "UPDATE holds SET state = 'held', released_at = NULL WHERE payment_id = 'done'",
        "UPDATE holds SET amount_minor = 1 WHERE payment_id = 'open'",
        "UPDATE accounts SET held_minor = 10001 WHERE account_id = 'a1'",
        "UPDATE accounts SET balance_minor = -1 WHERE account_id = 'mill'",
        "UPDATE accounts SET overdraft_limit_minor = NULL WHERE account_id = 'a1'",
        """INSERT INTO transfers (payment_id, step, state, debit_account, credit_account, amount_minor, currency)
           VALUES ('done', 'void', 'voided', 'a1', 'shop', 100, 'USD')""",
        """INSERT INTO transfers (payment_id, step, state, debit_account, credit_account, amount_minor, currency)
           VALUES ('done', 'post', 'posted', 'a1', 'shop', 100, 'USD')""",
        "INSERT INTO entries SELECT max(transfer_id), 'mill', 5, 'USD', 'x' FROM transfers WHERE step = 'post'",
        "DELETE FROM payments",
        "TRUNCATE payments CASCADE",
        "DELETE FROM holds",
        "UPDATE payments SET settled_at = now() WHERE payment_id = 'open'",
        """INSERT INTO transfers (payment_id, step, state, debit_account, credit_account, amount_minor, currency)
           VALUES ('k', 'book', 'posted', 'a1', 'shop', 100, 'USD')""",
        """INSERT INTO transfers (payment_id, step, state, debit_account, credit_account, amount_minor, currency)
           VALUES ('k', 'book', 'pending', 'a1', 'shop', 100, 'USD')""",
        """INSERT INTO entries SELECT min(transfer_id), unnest(ARRAY['mill', 'shop']), unnest(ARRAY[5, -5]), 'USD', 'x'
           FROM transfers WHERE step = 'post'""",
        "INSERT INTO entries SELECT max(transfer_id), 'mill', 5, 'EUR', 'x' FROM transfers WHERE step = 'post'",
    ],
)
async def test_the_owner_too_is_refused(bank: PgLedger, owner: psycopg.Connection, statement: str) -> None:
    assert bank
    with pytest.raises(psycopg.errors.IntegrityError):
        owner.execute(statement.encode())
