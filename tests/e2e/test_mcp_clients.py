"""A person's own MCP client on the whole bank: the official SDK, let in by OAuth, countersigned in form and on page."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, closing
from uuid import uuid4

import pytest

from runtime.local.stack import Stack
from tests.e2e.outsider import Person
from tests.e2e.unrelated import installed, node
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


@pytest.mark.parametrize("mode", ["2026-07-28", "legacy"])
async def test_an_unrelated_client_pays_too(typed_bank: Stack, sit_down: Callable[..., Person], mode: str) -> None:
    person, books, payment_id = sit_down(user="maya"), Books(typed_bank), str(uuid4())
    async with person.client() as own:
        assert (await own.call_tool("payment_cancel", {"payment_id": "none"})).is_error
    assert person.memory.tokens is not None  # let in, and once more for what moves money; the other is given her token
    assert person.memory.tokens.scope == "read transact"
    pay = {"payment_id": payment_id, "amount": "3.75", "to_account": "City Power"}
    about = {"MCP_URL": person.mcp, "MCP_TOKEN": person.memory.tokens.access_token, "MCP_MODE": mode}
    program = await asyncio.create_subprocess_exec(
        *(node(), str(installed() / "pay.mjs")),
        env=os.environ | about | {"PAY": json.dumps(pay)},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert program.stdout is not None
    assert program.stdin is not None
    told = [json.loads(line) async for line in _countersigned(program, person)]
    assert await program.wait() == 0
    assert [each["asked"] for each in told if "asked" in each] == ["form", "url"]
    assert {"balance", "payment", "spending", "cards"} <= set(told[0]["tools"])
    assert (told[-1]["result"]["status"], told[-1]["failed"]) == ("COMPLETED", False)
    assert (books.state(payment_id), books.steps(payment_id)) == ("COMPLETED", ["hold", "post"])


async def _countersigned(program: asyncio.subprocess.Process, person: Person) -> AsyncIterator[bytes]:
    """Each line; where it names a page, the person opens it and enters the code."""
    assert program.stdout is not None
    assert program.stdin is not None
    async for line in program.stdout:
        if url := json.loads(line).get("url"):
            await asyncio.to_thread(person.countersign, url)
            program.stdin.write(b"\n")
        yield line


async def test_a_client_that_cannot_ask_is_given_the_page(typed_bank: Stack, sit_down: Callable[..., Person]) -> None:
    person, books, payment_id = sit_down(), Books(typed_bank), str(uuid4())
    pay = {"payment_id": payment_id, "amount": "2.25", "to_account": "Sarah Chen"}
    async with person.client("legacy", asks=False) as client:
        waits = (await client.call_tool("payment", pay)).structured_content
        assert waits["status"] == "AWAITING_CUSTOMER"
        await asyncio.to_thread(person.browser.open, waits["url"])
        await asyncio.to_thread(person.browser.submit, "yes")  # leads on to the code
        await asyncio.to_thread(lambda: person.browser.submit(otp_code=person.code()))
        assert "Countersigned" in person.browser.text
        for _ in range(200):
            if (now := (await client.call_tool("payment", pay)).structured_content)["status"] == "COMPLETED":
                break
            await asyncio.sleep(0.05)
    assert now["status"] == books.state(payment_id) == "COMPLETED"


@pytest.mark.parametrize(("says", "state"), [("decline", "CANCELLED"), ("cancel", "AWAITING_CUSTOMER")])
async def test_a_no_ends_it_and_a_closed_dialog_does_not(
    typed_bank: Stack, sit_down: Callable[..., Person], says: str, state: str
) -> None:
    person, payment_id = sit_down(says=says), str(uuid4())
    async with person.client() as client:
        pay = {"payment_id": payment_id, "amount": "2.25", "to_account": "Sarah Chen"}
        told = (await client.call_tool("payment", pay)).structured_content
    assert told["status"] == state == Books(typed_bank).state(payment_id)


@pytest.mark.parametrize("mode", ["2026-07-28", "legacy"])
async def test_what_an_alert_lacks_is_asked_for_in_the_clients_form(sit_down: Callable[..., Person], mode: str) -> None:
    person, alert_id = sit_down(fills={"amount": "12.50"}), str(uuid4())
    async with person.client(mode) as client:
        made = await client.call_tool("alerts", {"action": "create", "alert_id": alert_id, "kind": "low_balance"})
        assert not made.is_error, made
        assert (made.structured_content["status"], made.structured_content["alerts"][0]["amount"]) == (
            "ACTIVE",
            "12.50",
        )
        listed = await client.call_tool("alerts", {"action": "list"})
        assert alert_id in {each["alert_id"] for each in listed.structured_content["alerts"]}
        await client.call_tool("alerts", {"action": "delete", "alert_id": alert_id})
    assert [mode for mode, _ in person.asked] == ["form"]
