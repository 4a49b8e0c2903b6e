"""A standing order on the whole bank: set up by word, countersigned, listed, paused and cancelled."""

from __future__ import annotations

from contextlib import closing

import pytest

from runtime.local.stack import Stack
from tests.faults.customer import Books, Typist, until

pytestmark = [pytest.mark.servers, pytest.mark.timeout(240)]


def test_countersigned_once_and_stopped_by_word(typed_bank: Stack) -> None:
    with closing(Typist(typed_bank)) as customer:
        customer.say_until("pay City Power eighty dollars on the first of every month", "confirming")
        customer.say_until("yes", "awaiting_code")
        assert customer.say(customer.code("order"))["text"].startswith("Done. I'll pay $80.00 to City Power on the 1st")
        assert "$80.00 to City Power on the 1st of each month" in customer.say("what standing orders do I have")["text"]
        assert customer.say("pause my standing order to City Power")["text"].startswith("Paused.")
        assert customer.say("start it again")["text"].startswith("Resumed.")
        assert customer.say("put it on hold")["text"].startswith("Paused.")
        assert customer.say("cancel my standing order to City Power")["text"].startswith("Cancelled.")
        assert customer.say("what standing orders do I have")["text"] == "You have no standing orders."
    Books(typed_bank).agree()


@pytest.mark.parametrize(
    ("wish", "to", "stop", "steps"),
    [
        ("pay Lakeside Dental eleven dollars every day", "Lakeside Dental", "stop paying Lakeside Dental every day", 2),
        ("move twelve dollars from checking to savings every day", "your savings account",
         "stop moving money to savings", 2),
    ],
    ids=["to another bank", "between own accounts"],
)  # fmt: skip
def test_a_due_date_goes_out_by_itself(typed_bank: Stack, wish: str, to: str, stop: str, steps: int) -> None:
    """What is due today by a clock that says midnight is due now, whatever hour it is."""
    books = Books(typed_bank)
    with closing(Typist(typed_bank)) as customer:
        asked = customer.say_until(wish, "confirming")
        order_id = asked["elicitation"]["tool_call_id"]
        assert f" to {to} every day" in asked["text"]
        customer.say_until("yes", "awaiting_code")
        customer.say(customer.code("order"))
        paid = (
            "SELECT payment_id FROM standing_order_runs WHERE order_id = %s AND state = 'PAID' ORDER BY due_on LIMIT 1"
        )
        [(payment_id,)] = until(lambda: books.rows(paid, order_id), "the first due date")
        customer.hears(f" to {to}, as your standing order says.")
        assert customer.say(stop)["text"].startswith("Cancelled.")
    assert (books.state(payment_id), len(books.steps(payment_id))) == ("COMPLETED", steps)
    [(kind, rail)] = books.rows(
        "SELECT kind, (SELECT status FROM rail_payments r WHERE r.payment_id = p.payment_id) FROM payments p"
        " WHERE payment_id = %s", payment_id
    )  # fmt: skip
    assert (kind, rail) == (("outside", "settled") if to == "Lakeside Dental" else ("own", None))
    books.agree()
