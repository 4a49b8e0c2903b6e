"""Where a card is, on the whole bank: who asks is checked, then it is told; in no other session, and to nobody else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from uuid import uuid4

import pytest

from runtime.local.stack import Stack
from tests.faults.customer import Books, Typist, kill, until

pytestmark = [pytest.mark.servers, pytest.mark.timeout(240)]
TOLD = "Thank you. Your credit card ending 7730 was shipped on "
WAITS = "I'm waiting for the six-digit code that shows it's you"


@pytest.fixture
def sit_down(typed_bank: Stack) -> Iterator[Callable[..., Typist]]:
    with ExitStack() as seats:
        yield lambda user="maya": seats.enter_context(closing(Typist(typed_bank, user)))


def ask(customer: Typist) -> str:
    """The id of the check that waits for its code."""
    reply = customer.say_until("where is my credit card", "awaiting_code")
    assert reply["text"].startswith("Before I tell you about your cards, I have to check that it's you.")
    assert reply["elicitation"]["context"] == {"purpose": "cards", "transaction_type": "identity_check"}
    assert reply["card"] is None
    return reply["elicitation"]["tool_call_id"]


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_it_is_told_to_who_has_shown_that_it_is_them(typed_bank: Stack, sit_down: Callable[..., Typist]) -> None:
    customer, books = sit_down(), Books(typed_bank)
    check = ask(customer)
    refused = customer.say(wrong(customer.code(check)))
    assert refused["text"] == "That code isn't right. You have 4 tries left."
    reply = customer.say(f"the code is {customer.code(check)}")
    assert reply["text"].startswith(TOLD)
    assert reply["text"].count("card ending") == 1
    again = customer.say("where is my credit card")  # it counts for a while
    assert f"Thank you. {again['text']}" == reply["text"]
    rows = dict(again["card"]["rows"])
    assert (rows["Credit ****7730"], rows["Tracking"]) == ("Shipped", "****2264")
    assert customer.say("where is my debit card")["text"].startswith("Your debit card ending 4821 was delivered on ")
    stored = books.rows(
        "SELECT state, method, stands_until > now() FROM verifications WHERE verification_id = %s", check
    )
    assert stored == [("VERIFIED", "otp", True)]
    audit = books.rows("SELECT action FROM audit WHERE subject_id = %s ORDER BY audit_id", check)
    assert audit == [("verification.created",), ("verification.verified",)]

    elsewhere = sit_down()  # another sign-in of the same customer has shown nothing yet
    assert elsewhere.say("where is my credit card")["state"] == "awaiting_code"
    stranger = sit_down("omar")
    question = f"verification-{check}-otp-1"
    answer = {"data": {"otp_code": "123456"}, "response_id": uuid4().hex}
    assert stranger.http.get(f"/api/elicitations/{question}").status_code == 404
    assert stranger.http.post(f"/api/elicitations/{question}/answer", json=answer).status_code == 404
    assert elsewhere.say("cancel")["text"].startswith("All right. Then I can't tell you about your cards.")


def test_five_wrong_codes_tell_nothing(typed_bank: Stack, sit_down: Callable[..., Typist]) -> None:
    customer, books = sit_down(), Books(typed_bank)
    check = ask(customer)
    for _ in range(5):
        customer.say(wrong(customer.code(check)))
    customer.hears("That was the last try. I can't tell you about your cards now.")
    state = "SELECT state, error_code FROM verifications WHERE verification_id = %s"
    assert books.rows(state, check) == [("FAILED", "too_many_tries")]
    assert not any("7730" in each for each in customer.news())


@pytest.mark.parametrize("process", ["temporal_worker", "mcp"])
def test_it_outlives_the_servers(typed_bank: Stack, sit_down: Callable[..., Typist], process: str) -> None:
    customer, books = sit_down(), Books(typed_bank)
    check = ask(customer)
    kill(typed_bank, process)
    customer.say(customer.code(check))
    customer.hears(TOLD)
    stored = "SELECT state FROM verifications WHERE verification_id = %s"
    until(lambda: books.rows(stored, check) == [("VERIFIED",)], "the check to be written down")
