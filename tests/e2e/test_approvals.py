"""A large payment on the whole bank: the customer's countersigns, supervisors' decisions, and what is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import Any

import httpx
import pytest

from runtime.local.stack import Stack
from tests.faults.customer import Books, Typist, kill, until

pytestmark = [pytest.mark.servers, pytest.mark.timeout(240)]
WAITS = "A supervisor must approve this. I'll tell you when it is decided."


@pytest.fixture
def sit_down(typed_bank: Stack) -> Iterator[Callable[[], Typist]]:
    with ExitStack() as seats:
        yield lambda: seats.enter_context(closing(Typist(typed_bank)))


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


def countersigned(customer: Typist) -> str:
    """Fifty-one hundred from savings, with the yes and the code: the payment's id."""
    reply = customer.say_until("pay Sarah Chen 5100 dollars from savings", "confirming")
    payment_id = reply["elicitation"]["tool_call_id"]
    customer.say("yes")
    assert customer.say(customer.code(payment_id))["text"] == WAITS
    return payment_id


def listed(supervisor: httpx.Client, payment_id: str) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        found = supervisor.get("/api/approvals?amount_min=500000&limit=200").json()["approvals"]
        return next((each for each in found if each["payment_id"] == payment_id), None)

    return until(look, "the approval on the list")


def decide(supervisor: httpx.Client, waits: dict[str, Any], decision: str, **more: str) -> httpx.Response:
    body = {"decision": decision, "version": waits["version"]} | more
    return supervisor.post(f"/api/approvals/{waits['approval_id']}/decision", json=body)


def test_approved_paid_once_and_told(
    typed_bank: Stack, sit_down: Callable[[], Typist], staff: Callable[[str], httpx.Client]
) -> None:
    customer, books = sit_down(), Books(typed_bank)
    payment_id = countersigned(customer)
    assert (books.state(payment_id), books.steps(payment_id)) == ("AWAITING_SUPERVISOR", ["hold"])
    waits = listed(staff("sam"), payment_id)
    assert waits["payer_name"] == "Maya Lindqvist"
    first = decide(staff("sam"), waits, "approve", response_id="r-1")
    assert first.json()["status"] == "completed"
    customer.hears("Done. I paid $5,100.00 to Sarah Chen.")
    assert decide(staff("sam"), waits, "approve", response_id="r-1").json()["status"] == "completed"
    assert decide(staff("sue"), waits, "approve").json()["code"] == "already_decided"
    assert (books.state(payment_id), books.steps(payment_id)) == ("COMPLETED", ["hold", "post"])
    told = [kind for (kind,) in books.rows("SELECT action FROM audit WHERE subject_id = %s", waits["approval_id"])]
    assert told.count("approval.approved") == 1
    books.agree()


def test_refused_while_everything_dies_and_told_on_the_next_visit(
    typed_bank: Stack, sit_down: Callable[[], Typist], staff: Callable[[str], httpx.Client]
) -> None:
    customer, books = sit_down(), Books(typed_bank)
    payment_id = countersigned(customer)
    assert customer.say("goodbye")["end"]
    kill(typed_bank, "temporal_worker")
    waits = listed(staff("sam"), payment_id)
    sam = staff("sam")

    def refused() -> bool:
        answer = decide(sam, waits, "refuse", note="not plausible", response_id="r-2")
        return answer.status_code == 200

    until(refused, "the decision to be taken")
    until(lambda: books.state(payment_id) == "REJECTED", "the payment to be rejected")
    assert books.steps(payment_id) == ["hold", "void"]
    again = sit_down()
    assert again.session_id != customer.session_id
    opened = books.rows(
        "SELECT told_in FROM payments WHERE payment_id = %s AND told_in = %s", payment_id, again.session_id
    )
    assert len(opened) == 1
    books.agree()


def test_the_customer_withdraws_it_in_words(typed_bank: Stack, sit_down: Callable[[], Typist]) -> None:
    customer, books = sit_down(), Books(typed_bank)
    payment_id = countersigned(customer)
    assert customer.say("cancel my payment to Sarah Chen")["text"].startswith("Cancelled. $5,100.00")
    assert (books.state(payment_id), books.steps(payment_id)) == ("CANCELLED", ["hold", "void"])
    books.agree()


def test_a_new_payee_cools_off_until_it_is_called_back_by_another_channel(
    typed_bank: Stack, sit_down: Callable[[], Typist]
) -> None:
    books = Books(typed_bank)
    books.rows(
        """INSERT INTO accounts (account_id, kind, name, currency) VALUES ('acct_new', 'checking', 'New Person', 'USD')
           ON CONFLICT DO NOTHING RETURNING 1"""
    )
    books.rows(
        """INSERT INTO payees (payee_id, user_id, name, account_id)
           VALUES ('payee_new', 'user_maya', 'New Person', 'acct_new')
           ON CONFLICT (payee_id) DO UPDATE SET created_at = now() RETURNING 1"""
    )
    try:
        customer = sit_down()
        reply = customer.say_until("pay New Person 1200 dollars from savings", "confirming")
        payment_id = reply["elicitation"]["tool_call_id"]
        customer.say("yes")
        held = customer.say(customer.code(payment_id))["text"]
        assert held.startswith("This is new for New Person, so I'll hold it. It will go out on ")
        assert books.state(payment_id) == "COOLING_OFF"
        assert customer.insist("POST", f"/api/payments/{payment_id}/cancel", {})["state"] == "CANCELLED"
        customer.hears("Cancelled. $1,200.00 was not paid to New Person.")
        assert books.steps(payment_id) == ["hold", "void"]
    finally:
        books.rows("DELETE FROM payees WHERE payee_id = 'payee_new' RETURNING 1")
    books.agree()


def test_a_correction_voids_what_a_supervisor_reads(
    typed_bank: Stack, sit_down: Callable[[], Typist], staff: Callable[[str], httpx.Client]
) -> None:
    customer, books = sit_down(), Books(typed_bank)
    payment_id = countersigned(customer)
    old = listed(staff("sam"), payment_id)
    changed = customer.say("make it 5200 dollars")
    assert changed["text"] == "Changed. I'll pay $5,200.00 to Sarah Chen from your savings account. Shall I go ahead?"
    stale = [decide(staff("sam"), old, "refuse", note="no"), decide(staff("sam"), old, "approve")]
    assert {(each.status_code, each.json()["code"]) for each in stale} == {(409, "stale_version")}
    customer.say("yes")
    code = customer.code(payment_id)
    assert customer.say("change it to 5300 dollars")["text"].startswith("Changed. I'll pay $5,300.00")
    customer.say("yes")
    assert customer.say(code)["text"].startswith("That code isn't right.")
    assert customer.say(customer.code(payment_id))["text"] == WAITS
    new = listed(staff("sam"), payment_id)
    assert (new["version"], new["amount"]) == (3, "5300.00")
    assert decide(staff("sam"), new, "refuse", note="twice changed").json()["status"] == "completed"
    customer.hears("The payment of $5,300.00 to Sarah Chen was not approved. Nothing was moved.")
    assert books.steps(payment_id) == ["hold", "void", "hold", "void", "hold", "void"]
    books.agree()


def test_a_client_with_a_form_corrects_too(typed_bank: Stack, sit_down: Callable[[], Typist]) -> None:
    customer, books = sit_down(), Books(typed_bank)
    payment_id = customer.say_until("pay Sarah Chen 15 dollars", "confirming")["elicitation"]["tool_call_id"]
    path = f"/api/payments/{payment_id}/correct"
    made = customer.http.post(path, json={"amount": "16", "version": 1}, headers={"Idempotency-Key": "k-correct-1"})
    assert (made.json()["version"], made.json()["elicitation"]["context"]["amount"]) == (2, "16.00 USD")
    again = customer.http.post(path, json={"amount": "16", "version": 1}, headers={"Idempotency-Key": "k-correct-1"})
    assert again.json() == made.json()
    refused = customer.http.post(path, json={"amount": "17", "version": 1})
    assert (refused.status_code, refused.json()["code"]) == (409, "stale_version")
    changed = "I'll pay $16.00 to Sarah Chen from your checking account. Shall I go ahead?"
    customer.hears(f"Changed. {changed}")
    path = f"/api/conversations/{customer.session_id}/turns"
    late = customer.insist("POST", path, {"text": "yes", "asked": f"{payment_id}-confirmation-1"})
    assert late["replies"][-1]["text"] == changed
    customer.say("no")
    assert books.state(payment_id) == "CANCELLED"


def test_a_client_is_told_what_comes_next(typed_bank: Stack, sit_down: Callable[[], Typist]) -> None:
    customer, books = sit_down(), Books(typed_bank)
    asked = customer.say_until("pay Sarah Chen 3 dollars", "confirming")["elicitation"]
    payment_id = asked["tool_call_id"]
    path = "/api/elicitations/{}/answer"
    yes = customer.insist("POST", path.format(asked["elicitation_id"]), {"data": {"confirmed": True}})
    assert (yes["status"], yes["next_elicitation"]["elicitation_type"]) == ("completed", "otp")
    code = {"data": {"otp_code": customer.code(payment_id)}}
    last = customer.insist("POST", path.format(yes["next_elicitation"]["elicitation_id"]), code)
    assert (last["status"], last.get("next_elicitation")) == ("completed", None)
    customer.hears("Done. I paid $3.00 to Sarah Chen.")
    assert books.steps(payment_id) == ["hold", "post"]
