"""A standing mandate on the whole bank: said, countersigned, used without a code, and revoked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from uuid import uuid4

import pytest

from runtime.local.stack import Stack
from tests.faults.customer import Books, Typist, kill, until

pytestmark = [pytest.mark.servers, pytest.mark.timeout(240)]
READ_BACK = "I'll allow up to $40.00 a month to City Power from your checking account. Shall I set that up?"


@pytest.fixture
def sit_down(typed_bank: Stack) -> Iterator[Callable[[], Typist]]:
    with ExitStack() as seats:
        yield lambda: seats.enter_context(closing(Typist(typed_bank)))


def set_up(customer: Typist) -> str:
    """The id of a mandate over forty dollars a month that stands."""
    assert customer.say("pay City Power up to 40")["text"].endswith("a day, a week, a month or a year?")
    reply = customer.say_until("every month", "confirming")
    assert reply["text"] == READ_BACK
    mandate_id = reply["elicitation"]["tool_call_id"]
    assert customer.say("yes")["state"] == "awaiting_code"
    customer.say(customer.code(mandate_id))
    customer.hears("Done. From now on I can pay up to $40.00 a month to City Power without a code.")
    return mandate_id


def test_a_mandate_from_the_first_word_to_the_last(typed_bank: Stack, sit_down: Callable[[], Typist]) -> None:
    customer, books = sit_down(), Books(typed_bank)
    mandate_id = set_up(customer)
    asked = customer.say("pay City Power 25 dollars")
    payment_id = asked["elicitation"]["tool_call_id"]
    assert asked["text"] == "I'll pay $25.00 to City Power from your checking account. Shall I go ahead?"
    customer.say("yes")
    customer.hears("Done. I paid $25.00 to City Power.")
    assert books.steps(payment_id) == ["hold", "post"]
    plan = books.rows("SELECT mandate_id, countersigns, reason FROM payments WHERE payment_id = %s", payment_id)
    assert plan[0][:2] == (mandate_id, ["confirmation"])
    assert plan[0][2].endswith("; standing mandate")
    [shown] = [each for each in customer.insist("GET", "/api/mandates")["mandates"] if each["mandate_id"] == mandate_id]
    assert (shown["state"], shown["left_minor"]) == ("ACTIVE", 1500)
    assert "of which $15.00 is left this month" in customer.say("what standing payments do I have")["text"]
    customer.say("pay City Power 20 dollars")
    assert customer.say("yes")["state"] == "awaiting_code"
    customer.say("cancel")
    done = customer.say("revoke the City Power mandate")
    assert done["text"] == "Revoked. I'll ask for a code again before I pay City Power."
    customer.say("pay City Power 5 dollars")
    assert customer.say("yes")["state"] == "awaiting_code"
    events = customer.insist("GET", f"/api/events/backlog?after={customer.seen}")["events"]
    told = [each["kind"] for each in events if each["kind"].startswith("mandate.")]
    assert told == ["mandate.active", "mandate.used", "mandate.revoked"]
    until(
        lambda: books.rows("SELECT 1 FROM mandates WHERE mandate_id = %s AND closed_at IS NOT NULL", mandate_id),
        "its workflow to have heard",
    )
    books.agree()


def test_a_mandate_outlives_the_servers(typed_bank: Stack, sit_down: Callable[[], Typist]) -> None:
    customer, books = sit_down(), Books(typed_bank)
    reply = customer.say_until("let City Power take up to 30 a week from savings", "confirming")
    mandate_id = reply["elicitation"]["tool_call_id"]
    customer.say("yes")
    kill(typed_bank, "temporal_worker")
    customer.say(customer.code(mandate_id))
    state = "SELECT 1 FROM mandates WHERE mandate_id = %s AND state = %s"
    until(lambda: books.rows(state, mandate_id, "ACTIVE"), "the mandate to stand")
    kill(typed_bank, "temporal_worker")
    assert customer.insist("DELETE", f"/api/mandates/{mandate_id}")["state"] == "REVOKED"
    until(lambda: books.rows(f"{state} AND closed_at IS NOT NULL", mandate_id, "REVOKED"), "its workflow to have heard")


def test_one_key_sets_up_one(typed_bank: Stack, sit_down: Callable[[], Typist]) -> None:
    customer, books = sit_down(), Books(typed_bank)
    wanted = {"payees": ["City Power", "Sarah Chen"], "budget": "60.00", "period": "week", "ends_on": "2999-12-31"}
    key = {"Idempotency-Key": uuid4().hex}

    def create(budget: str = "60.00") -> tuple[int, dict[str, object]]:
        answer = customer.http.post("/api/mandates", json=wanted | {"budget": budget}, headers=key)
        return answer.status_code, answer.json()

    with ThreadPoolExecutor(12) as many:
        answers = list(many.map(lambda _: create(), range(12)))
    assert {status for status, _ in answers} == {201}
    assert len({body["mandate_id"] for _, body in answers}) == 1
    assert answers[0][1]["elicitation"]["context"] == {
        "amount": "60.00 USD a week until 2999-12-31",
        "payee": "City Power and Sarah Chen",
        "account": "any",
        "transaction_type": "mandate",
    }
    answered = customer.http.post(
        f"/api/elicitations/{answers[0][1]['elicitation']['elicitation_id']}/answer",
        json={"data": {"confirmed": True}, "response_id": uuid4().hex},
    ).json()
    assert (answered["status"], answered["next_elicitation"]["elicitation_type"]) == ("completed", "otp")
    assert answered["next_elicitation"]["context"]["transaction_type"] == "mandate"
    assert create("61.00")[1]["code"] == "idempotency_conflict"
    assert books.rows("SELECT count(*) FROM mandates WHERE mandate_id = %s", answers[0][1]["mandate_id"]) == [(1,)]
