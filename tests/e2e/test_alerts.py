"""An alert on the whole bank, in writing: said, set off by a payment, and told by every way there is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from uuid import uuid4

import pytest

from runtime.local.stack import Stack
from tests.faults.customer import Books, Typist, kill, until

pytestmark = [pytest.mark.servers, pytest.mark.timeout(240)]


@pytest.fixture
def sit_down(typed_bank: Stack) -> Iterator[Callable[[], Typist]]:
    with ExitStack() as seats:
        yield lambda: seats.enter_context(closing(Typist(typed_bank)))


def below_now(books: Books) -> str:
    """A sum that the balance of maya's checking account is just above, in dollars."""
    rows = books.rows("SELECT balance_minor FROM accounts WHERE account_id = 'acct_maya_checking'")
    return str(rows[0][0] // 100)


def pay(customer: Typist, amount: str) -> None:
    payment_id = customer.ask_for_payment(amount)
    customer.say("yes")
    customer.say(customer.code(payment_id))
    customer.hears(f"Done. I paid ${amount} to Sarah Chen.")


def test_a_low_balance_is_told_everywhere_and_survives_a_kill(
    typed_bank: Stack, sit_down: Callable[[], Typist]
) -> None:
    customer, books = sit_down(), Books(typed_bank)
    sum_ = below_now(books)
    told = customer.say(f"tell me when my checking balance drops below {sum_} dollars")["text"]
    assert told.startswith("Done. I'll tell you when your checking balance drops below $"), told
    kill(typed_bank, "temporal_worker")
    pay(customer, "2.50")
    words = f"which is below ${int(sum_):,}.00."
    customer.hears(words)
    events = customer.insist("GET", f"/api/events/backlog?after={customer.seen}")["events"]
    fired = [each["body"]["text"] for each in events if each["kind"] == "alert.fired"]
    assert len(fired) == 1
    assert fired[0].endswith(words)
    until(
        lambda: any(words in each["body"] for each in customer.insist("GET", "/api/demo/inbox")["messages"]),
        "the text message",
        patience_s=240,  # one that was lent to whoever died is lent anew after a minute
    )
    [shown] = [each for each in customer.insist("GET", "/api/alerts")["alerts"] if each["kind"] == "low_balance"]
    assert (shown["state"], shown["fired"]) == ("ACTIVE", 1)
    listed = customer.say("which alerts do I have")["text"]
    assert "when your checking balance drops below" in listed
    customer.insist("DELETE", f"/api/alerts/{shown['alert_id']}")


def test_the_next_conversation_begins_with_it(typed_bank: Stack, sit_down: Callable[[], Typist]) -> None:
    customer, books = sit_down(), Books(typed_bank)
    wanted = {"kind": "low_balance", "amount": below_now(books), "account": "checking"}
    alert = customer.insist("POST", "/api/alerts", wanted)["alert"]["alert_id"]
    customer.say("goodbye")
    move = "SELECT book(%s, %s, %s, 250, 'Groceries', now())"
    books.rows(move, uuid4().hex, "acct_maya_checking", "acct_corner_grocer")
    released = "SELECT said FROM alert_firings WHERE alert_id = %s AND released_at IS NOT NULL"
    [(said,)] = until(lambda: books.rows(released, alert), "the alert to go off")
    greeting = customer.insist("POST", "/api/conversations", {"new": True})["replies"][0]["text"]
    assert said in greeting
    greeting = customer.insist("POST", "/api/conversations", {"new": True})["replies"][0]["text"]
    assert said not in greeting
    books.rows(move, uuid4().hex, "acct_corner_grocer", "acct_maya_checking")
    customer.insist("DELETE", f"/api/alerts/{alert}")
