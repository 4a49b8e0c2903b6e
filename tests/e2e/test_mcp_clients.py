"""A person's own MCP client on the whole bank: the official SDK, let in by OAuth, countersigned in form and on page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from uuid import uuid4

import pytest

from runtime.local.stack import Stack
from tests.e2e.outsider import Person
from tests.faults.customer import Books

pytestmark = [pytest.mark.servers, pytest.mark.timeout(120)]


@pytest.fixture
def sit_down(typed_bank: Stack) -> Iterator[Callable[..., Person]]:
    with ExitStack() as seats:

        def person(**about: object) -> Person:
            made = Person(typed_bank, **about)  # type: ignore[arg-type]
            seats.enter_context(closing(made.browser))
            return made

        yield person


@pytest.mark.parametrize("mode", ["2026-07-28", "legacy"])
async def test_a_whole_payment(typed_bank: Stack, sit_down: Callable[..., Person], mode: str) -> None:
    person, books, payment_id = sit_down(), Books(typed_bank), str(uuid4())
    async with person.client(mode) as client:
        balances = await client.call_tool("balance", {})
        assert {each["kind"] for each in balances.structured_content["accounts"]} >= {"checking", "savings"}
        pay = {"payment_id": payment_id, "amount": "2.50", "to_account": "Sarah Chen"}
        paid = await client.call_tool("payment", pay)
        assert not paid.is_error, paid
        assert paid.structured_content["status"] == "COMPLETED", paid
        again = await client.call_tool("payment", pay)
        assert again.structured_content["status"] == "COMPLETED"
    assert [mode for mode, _ in person.asked] == ["form", "url"]
    assert "2.50 USD to Sarah Chen" in person.asked[0][1]
    assert (books.state(payment_id), books.steps(payment_id)) == ("COMPLETED", ["hold", "post"])
    books.agree()
