"""A customer who does not answer in time: nothing is moved, nothing stays on hold, and it is said."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from runtime.local.stack import Stack
from tests.faults.customer import Books, Typist, until

pytestmark = [pytest.mark.servers, pytest.mark.faults, pytest.mark.timeout(240)]
SHORT_S = "1.5"


@pytest.fixture(scope="module")
def hurried_bank(typed_bank: Stack) -> Iterator[Stack]:
    """Questions stay open for a moment only."""
    typed_bank.site.given["COUNTERSIGN_ELICITATION_S"] = SHORT_S
    typed_bank.restart("temporal_worker")
    yield typed_bank
    del typed_bank.site.given["COUNTERSIGN_ELICITATION_S"]
    typed_bank.restart("temporal_worker")


@pytest.mark.parametrize(("says", "steps"), [((), []), (("yes",), ["hold", "expire"])])
def test_an_unanswered_payment_expires(
    hurried_bank: Stack, sit_down: Callable[..., Typist], says: tuple[str, ...], steps: list[str]
) -> None:
    customer, books = sit_down(hurried_bank, user="omar"), Books(hurried_bank)
    payment_id = customer.ask_for_payment()
    for words in says:
        customer.say(words)

    until(lambda: books.state(payment_id) == "EXPIRED", "the payment to expire")

    customer.hears("The payment of $2.50 to Sarah Chen ran out of time. Nothing was moved.")
    assert books.steps(payment_id) == steps
    assert books.rows("SELECT 1 FROM holds WHERE payment_id = %s AND state = 'held'", payment_id) == []
    assert customer.say("where were we")["text"] == "Nothing is waiting for you."
    books.agree()
