"""A customer removes a payee whom a payment still waits for."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from runtime.local.stack import Stack
from tests.faults.conftest import Sit
from tests.faults.customer import Books, until

pytestmark = pytest.mark.servers


@pytest.fixture
def known(typed_bank: Stack) -> Iterator[str]:
    """A payee of maya's that no other test pays."""
    with psycopg.connect(typed_bank.env["COUNTERSIGN_MIGRATIONS_URL"], autocommit=True) as owner:
        owner.execute(
            """INSERT INTO accounts (account_id, kind, name, currency) VALUES ('acct_robin', 'checking', 'Robin', 'USD')
               ON CONFLICT DO NOTHING"""
        )
        owner.execute(
            """INSERT INTO payees (payee_id, user_id, name, account_id, created_at)
               VALUES ('payee_maya_robin', 'user_maya', 'Robin Castle', 'acct_robin', now() - interval '90 days')"""
        )
        yield "payee_maya_robin"
        owner.execute("DELETE FROM payees WHERE payee_id = 'payee_maya_robin'")


@pytest.mark.parametrize("held", [False, True])
def test_the_payment_ends_and_the_customer_hears_why(typed_bank: Stack, sit_down: Sit, known: str, held: bool) -> None:
    maya, books = sit_down(typed_bank), Books(typed_bank)
    asked = maya.say_until("pay Robin Castle 2.50 dollars", "confirming")
    payment_id = asked["elicitation"]["tool_call_id"]
    if held:
        maya.say_until("yes", "awaiting_code")
    omar = sit_down(typed_bank, "omar")
    assert omar.http.delete(f"/api/payees/{known}").json()["code"] == "payee_not_found"
    for _ in range(2):
        left = maya.http.delete(f"/api/payees/{known}").json()["payees"]
        assert known not in {payee["payee_id"] for payee in left}
    until(lambda: books.state(payment_id) == "CANCELLED", "the end")
    assert maya.http.get(f"/api/payments/{payment_id}").json()["error_code"] == "payee_removed"
    assert books.steps(payment_id) == (["hold", "void"] if held else [])
    maya.hears("Robin Castle was removed from your payees")
    assert "can't find" in maya.say("pay Robin Castle 2.50 dollars")["text"]
    books.agree()
