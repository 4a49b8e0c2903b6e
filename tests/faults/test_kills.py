"""SIGKILL of every process at every point where a payment waits or acts: paid once, and the customer was told so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from runtime.local.stack import Stack
from tests.faults.customer import Books, Typist, await_all, kill, until

pytestmark = [pytest.mark.servers, pytest.mark.faults, pytest.mark.timeout(300)]

PROCESSES = ("temporal_worker", "temporal", "api", "mcp", "redis", "postgres")
Act = Callable[[], None]


@pytest.fixture
def bank(typed_bank: Stack) -> Iterator[Stack]:
    """Everything is up before, and again after."""
    await_all(typed_bank, list(PROCESSES))
    yield typed_bank
    await_all(typed_bank, list(PROCESSES))


def while_confirmation_is_awaited(customer: Typist, _books: Books, strike: Act) -> tuple[str, str]:
    payment_id = customer.ask_for_payment()
    strike()
    customer.say_until("yes", "awaiting_code")
    return payment_id, _give_code(customer, payment_id)


def while_the_code_is_awaited(customer: Typist, _books: Books, strike: Act) -> tuple[str, str]:
    payment_id = customer.ask_for_payment()
    customer.say_until("yes", "awaiting_code")
    strike()
    return payment_id, _give_code(customer, payment_id)


def while_the_money_moves(customer: Typist, books: Books, strike: Act) -> tuple[str, str]:
    payment_id = customer.ask_for_payment()
    customer.say_until("yes", "awaiting_code")
    with ThreadPoolExecutor(1) as other:
        giving = other.submit(_give_code, customer, payment_id)
        until(lambda: books.answered(payment_id), "the code to be accepted")
        strike()
        return payment_id, giving.result()


def _give_code(customer: Typist, payment_id: str) -> str:
    turn_id = uuid4().hex
    customer.say(customer.code(payment_id), turn_id)
    return turn_id


MOMENTS = (while_confirmation_is_awaited, while_the_code_is_awaited, while_the_money_moves)


@pytest.mark.parametrize("moment", MOMENTS, ids=lambda moment: moment.__name__)
@pytest.mark.parametrize("process", PROCESSES)
def test_a_payment_is_made_once_whatever_is_killed(
    bank: Stack, sit_down: Callable[..., Typist], process: str, moment: Callable[[Typist, Books, Act], tuple[str, str]]
) -> None:
    customer, books = sit_down(bank), Books(bank)

    payment_id, code_turn = moment(customer, books, lambda: kill(bank, process))

    customer.hears("Done. I paid $2.50 to Sarah Chen.")
    await_all(bank, [process])
    assert books.state(payment_id) == "COMPLETED"
    assert books.steps(payment_id) == ["hold", "post"]
    first = customer.told[-1]
    assert customer.say("the code again, its reply was lost", code_turn)["text"] == first
    assert "balance is" in customer.say("what is my checking balance")["text"]
    assert books.steps(payment_id) == ["hold", "post"]
    books.agree()


@pytest.mark.parametrize("process", ["api", "temporal", "temporal_worker"])
def test_an_answer_whose_reply_was_lost_counts_once(bank: Stack, sit_down: Callable[..., Typist], process: str) -> None:
    customer, books = sit_down(bank), Books(bank)
    payment_id = customer.ask_for_payment()
    question = customer.say_until("yes", "awaiting_code")["elicitation"]["elicitation_id"]
    answer = {"data": {"otp_code": customer.code(payment_id)}, "response_id": uuid4().hex}
    door = f"/api/elicitations/{question}/answer"
    with ThreadPoolExecutor(1) as other:
        giving = other.submit(customer.insist, "POST", door, answer)
        until(lambda: books.answered(payment_id), "the code to be accepted")
        kill(bank, process)
        first = giving.result()

    assert first["status"] == "completed"
    assert customer.insist("POST", door, answer)["status"] == "completed"
    customer.hears("Done. I paid $2.50 to Sarah Chen.")
    assert books.steps(payment_id) == ["hold", "post"]
