"""During a call: a word into the assistant's sentence, telephone keys, typed words, answers from the screen."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from runtime.local.stack import Stack
from tests.e2e.caller import Customer
from tests.e2e.test_spoken_payment import api, balance, reads_back, speaking, token_of

__all__ = ["api"]
pytestmark = [pytest.mark.servers, pytest.mark.sound, pytest.mark.timeout(400)]


async def asked_for_code(customer: Customer, wish: str, amount: str, payee: str) -> str:
    """The id of the open question."""
    await customer.says_until(wish, reads_back(amount, payee))
    reply = await customer.says_until("yes", lambda said: said["state"] == "awaiting_code")
    return reply["elicitation"]["elicitation_id"]


async def receipt(customer: Customer) -> dict[str, Any]:
    """The next reply that ends the payment."""
    while not (reply := await customer.next_reply())["text"].startswith("Done"):
        assert "under way" in reply["text"], reply
    return reply


async def test_a_short_no_into_the_read_back_is_answered(bank_stack: Stack, api: httpx.AsyncClient) -> None:
    token = await token_of(api, bank_stack, "maya")
    async with Customer(api, token, speaking("hibari")) as customer:
        before = await balance(customer)
        assert customer.caller is not None
        customer.caller.listen_anew()
        await customer.caller.say(customer.says("pay Sarah Chen twenty five dollars"))
        read_back = await asyncio.wait_for(customer.replies.get(), 60)
        assert read_back["state"] == "confirming", read_back
        await customer.caller.first_sound(5)
        await asyncio.sleep(0.8)
        await customer.caller.say(customer.says("no"))
        reply = await customer.next_reply()
        if "yes or a no" in reply["text"]:  # one ear alone heard it
            reply = await customer.says_until("no", lambda said: said["text"].startswith("Cancelled"))
        assert reply["text"].startswith("Cancelled"), reply
        assert await balance(customer) == before


async def test_the_code_can_be_keyed_in(bank_stack: Stack, api: httpx.AsyncClient) -> None:
    token = await token_of(api, bank_stack, "maya")
    async with Customer(api, token, speaking("hibari")) as customer:
        before = await balance(customer)
        await asked_for_code(customer, "pay Sarah Chen twelve dollars", "$12.00", "Sarah Chen")
        assert customer.caller is not None
        for digit in await customer.code():
            await customer.caller.room.local_participant.publish_dtmf(code=int(digit), digit=digit)
        assert (await receipt(customer))["text"] == "Done. I paid $12.00 to Sarah Chen."
        assert before - await balance(customer) == 1200


async def test_words_can_be_typed_into_the_call(bank_stack: Stack, api: httpx.AsyncClient) -> None:
    token = await token_of(api, bank_stack, "maya")
    async with Customer(api, token, speaking("hibari")) as customer:
        assert customer.caller is not None
        customer.caller.listen_anew()
        await customer.caller.room.local_participant.send_text("what is my savings balance", topic="lk.chat")
        await customer.caller.first_sound(10)
        assert "savings balance is" in (await customer.next_reply())["text"]


async def test_the_screen_can_answer_over_the_data_channel(bank_stack: Stack, api: httpx.AsyncClient) -> None:
    token = await token_of(api, bank_stack, "maya")
    async with Customer(api, token, speaking("hibari")) as customer:
        before = await balance(customer)
        question = await asked_for_code(customer, "pay John Doe fourteen dollars", "$14.00", "John Doe")
        assert customer.caller is not None
        answer = {"elicitation_id": question, "data": {"otp_code": await customer.code()}, "response_id": question}
        await customer.caller.send({"type": "elicitation_response", "payload": answer}, "countersign")
        assert (await receipt(customer))["text"] == "Done. I paid $14.00 to John Doe."
        assert before - await balance(customer) == 1400
        states = [each["payload"]["status"] for each in customer.messages if each["type"] == "elicitation_status"]
        assert "completed" in states
