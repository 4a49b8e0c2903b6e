"""A standing order on the whole bank: set up by word, countersigned, listed, paused and cancelled."""

from __future__ import annotations

from contextlib import closing

import pytest

from runtime.local.stack import Stack
from tests.faults.customer import Books, Typist

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
