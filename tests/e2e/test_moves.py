"""Money between own accounts, and back from a payee, on the whole bank."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import httpx
import pytest

from runtime.local.stack import Stack
from tests.faults.customer import Books, Typist, until

pytestmark = [pytest.mark.servers, pytest.mark.timeout(240)]


@pytest.fixture
def customer(typed_bank: Stack) -> Iterator[Typist]:
    with closing(Typist(typed_bank)) as seat:
        yield seat


@pytest.fixture
def staff(typed_bank: Stack) -> Iterator[Callable[[str], httpx.Client]]:
    with ExitStack() as open_clients:

        def sign_in(user: str) -> httpx.Client:
            client = open_clients.enter_context(
                httpx.Client(base_url=typed_bank.env["COUNTERSIGN_API_URL"], timeout=60)
            )
            body = {"username": user, "password": typed_bank.env["COUNTERSIGN_DEMO_PASSWORD"]}
            client.headers["Authorization"] = f"Bearer {client.post('/api/login', json=body).json()['access_token']}"
            return client

        yield sign_in


def test_moved_by_a_yes_and_corrected_on_the_way(typed_bank: Stack, customer: Typist) -> None:
    books = Books(typed_bank)
    asked = customer.say_until("move twenty dollars from savings to checking", "confirming")
    assert asked["text"] == "I'll move $20.00 to your checking account from your savings account. Shall I go ahead?"
    payment_id = asked["elicitation"]["tool_call_id"]
    changed = customer.say("make it thirty")
    assert changed["text"].startswith("Changed. I'll move $30.00 to your checking account")
    assert customer.say("from checking instead")["text"].startswith("That is the same account twice.")
    customer.say("yes")
    customer.hears("Done. I moved $30.00 to your checking account.")
    assert books.steps(payment_id) == ["hold", "post"]
    books.agree()


def test_a_payment_goes_back_by_two_supervisors(
    typed_bank: Stack, customer: Typist, staff: Callable[[str], httpx.Client]
) -> None:
    books = Books(typed_bank)
    asked = customer.say_until("pay John Doe seven dollars", "confirming")
    payment_id = asked["elicitation"]["tool_call_id"]
    customer.say("yes")
    customer.say(customer.code(payment_id))
    until(lambda: books.state(payment_id) == "COMPLETED", "the payment")
    path, key = f"/api/payments/{payment_id}/reverse", {"Idempotency-Key": f"back-{payment_id}"}
    sam, sue = staff("sam"), staff("sue")
    refused = [staff("maya").post(path, json={"note": "mine"}), sam.post(path, json={"note": " "})]
    assert [each.status_code for each in refused] == [403, 422]
    assert sam.post("/api/payments/nowhere/reverse", json={"note": "x"}).json()["code"] == "payment_not_found"
    begun = [sam.post(path, json={"note": "paid twice"}, headers=key).json() for _ in range(2)]
    assert begun[0] == begun[1]
    assert begun[0]["state"] == "AWAITING_SUPERVISOR"
    assert sue.post(path, json={"note": "again"}).json()["code"] == "already_reversed"
    back = begun[0]["payment_id"]
    waits = until(
        lambda: next(
            (a for a in sue.get("/api/approvals?limit=200").json()["approvals"] if a["payment_id"] == back), None
        ),
        "the approval",
    )
    assert "paid twice" in waits["reason"]
    door, said = f"/api/approvals/{waits['approval_id']}/decision", {"decision": "approve", "version": 1}
    assert sam.post(door, json=said).json()["code"] == "self_approval"
    assert sue.post(door, json=said).json()["status"] == "completed"
    until(lambda: books.state(back) == "COMPLETED", "the reversal")
    shown = staff("maya").get(f"/api/payments/{payment_id}").json()
    assert (shown["state"], shown["reversed_by"]) == ("COMPLETED", back)
    customer.hears("The bank reversed your payment of $7.00 to John Doe. The money is in your checking account again.")
    books.agree()
