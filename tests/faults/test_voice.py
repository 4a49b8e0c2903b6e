"""SIGKILL while a customer is on the line: the same call goes on, with a new agent that knows where it stood."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import numpy as np
import pytest

from adapters.speech.pcm import VOICE_RATE, Pcm, silence, trim
from adapters.speech.voice import HibariVoice
from runtime.local.stack import Stack
from tests.e2e.caller import Customer, at_the_microphone
from tests.faults.customer import Books, Typist, await_all, kill

pytestmark = [pytest.mark.servers, pytest.mark.faults, pytest.mark.sound, pytest.mark.timeout(300)]
BACK_S = 120


def says(text: str) -> Pcm:
    spoken = trim(HibariVoice().synthesize(text), VOICE_RATE, tail_ms=0)
    return at_the_microphone(np.concatenate([silence(VOICE_RATE, 30), spoken]), VOICE_RATE)


def stands(state: str) -> Any:  # noqa: ANN401 - a predicate over JSON
    return lambda reply: reply["state"] == state


async def test_a_call_outlives_its_voice_worker(bank_stack: Stack, sit_down: Callable[..., Typist]) -> None:
    typist, books = sit_down(bank_stack), Books(bank_stack)
    token = typist.http.headers["Authorization"].removeprefix("Bearer ")
    async with (
        httpx.AsyncClient(base_url=bank_stack.env["COUNTERSIGN_API_URL"], timeout=60) as api,
        Customer(api, token, says) as caller,
    ):
        asked = await caller.says_until("pay Sarah Chen twenty five dollars", stands("confirming"))
        payment_id = asked["elicitation"]["tool_call_id"]
        await caller.says_until("yes", stands("awaiting_code"))
        kill(bank_stack, "voice_worker")
        back = await asyncio.wait_for(caller.replies.get(), BACK_S)
        assert back["text"].startswith("I'm back. I'm waiting for the six-digit code")

        code = await asyncio.to_thread(typist.code, payment_id)
        done = await caller.says_until(" ".join(code), stands("idle"))
        assert done["text"] == "Done. I paid $25.00 to Sarah Chen."
    assert books.steps(payment_id) == ["hold", "post"]
    await_all(bank_stack, ["voice_worker"])
