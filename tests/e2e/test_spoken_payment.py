"""A payment by real sound through a real room, in several voices and over a telephone's 8 kHz."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from functools import lru_cache
from typing import Any

import httpx
import numpy as np
import pytest

from adapters.speech.espeak import EspeakVoice
from adapters.speech.moonshine import MoonshineEar
from adapters.speech.pcm import VOICE_RATE, Pcm, from_floats, resample, silence, to_floats, trim
from adapters.speech.voice import HibariVoice
from runtime.local.stack import Stack
from tests.e2e.caller import Customer, at_the_microphone

pytestmark = [pytest.mark.servers, pytest.mark.sound, pytest.mark.timeout(400)]


@lru_cache
def voices() -> dict[str, Callable[[str], Pcm]]:
    hibari, formant = HibariVoice(), EspeakVoice("en-us", 150)
    return {
        "hibari": hibari.synthesize,
        "deeper and slower": lambda text: resample(hibari.synthesize(text), 100, 108),
        "higher and quicker": lambda text: resample(hibari.synthesize(text), 100, 92),
        "formants": formant.synthesize,
    }


def over_the_telephone(pcm: Pcm) -> Pcm:
    """PCMU at 8 kHz and back (ITU-T G.711, µ-law)."""
    narrow = to_floats(resample(pcm, VOICE_RATE, 8000))
    coded = np.sign(narrow) * np.round(127 * np.log1p(255 * np.abs(narrow)) / np.log(256)) / 127
    heard = np.sign(coded) * np.expm1(np.abs(coded) * np.log(256)) / 255
    return resample(from_floats(heard.astype(np.float32)), 8000, VOICE_RATE)


def speaking(voice: str, *, telephone: bool = False) -> Callable[[str], Pcm]:
    def says(text: str) -> Pcm:
        spoken = trim(voices()[voice](text), VOICE_RATE, tail_ms=0)
        sent = over_the_telephone(spoken) if telephone else spoken
        return at_the_microphone(np.concatenate([silence(VOICE_RATE, 30), sent]), VOICE_RATE)

    return says


@pytest.fixture
async def api(bank_stack: Stack) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=bank_stack.env["COUNTERSIGN_API_URL"], timeout=60) as client:
        yield client


async def token_of(api: httpx.AsyncClient, stack: Stack, user: str) -> str:
    password = stack.env["COUNTERSIGN_DEMO_PASSWORD"]
    signed_in = await api.post("/api/login", json={"username": user, "password": password})
    return signed_in.raise_for_status().json()["access_token"]


def reads_back(amount: str, payee: str) -> Callable[[dict[str, Any]], bool]:
    return lambda reply: reply["state"] == "confirming" and f"{amount} to {payee}" in reply["text"]


async def balance(customer: Customer) -> int:
    accounts = await customer.get("/api/accounts")
    return next(account["balance_minor"] for account in accounts["accounts"] if account["kind"] == "checking")


CASES = [
    ("hibari", False, "pay Sarah Chen twenty five dollars", "$25.00", "Sarah Chen", 2500),
    ("deeper and slower", False, "send John Doe forty dollars", "$40.00", "John Doe", 4000),
    ("higher and quicker", False, "give Sarah Chen eighteen dollars please", "$18.00", "Sarah Chen", 1800),
    ("formants", False, "I want to pay City Power sixty dollars", "$60.00", "City Power", 6000),
    ("hibari", True, "please pay John Doe thirty dollars", "$30.00", "John Doe", 3000),
]


@pytest.mark.parametrize(("voice", "telephone", "wish", "amount", "payee", "minor"), CASES)
async def test_a_spoken_payment_moves_the_money_once(  # noqa: PLR0913, PLR0917 - one row of the table each
    bank_stack: Stack,
    api: httpx.AsyncClient,
    voice: str,
    telephone: bool,
    wish: str,
    amount: str,
    payee: str,
    minor: int,
) -> None:
    token = await token_of(api, bank_stack, "maya")
    async with Customer(api, token, speaking(voice, telephone=telephone)) as customer:
        before = await balance(customer)
        await customer.says_until(wish, reads_back(amount, payee))
        reply = await customer.says_until("yes", lambda said: said["state"] == "awaiting_code")
        assert await balance(customer) == before, "nothing moves before the code"

        question = reply["elicitation"]["elicitation_id"]
        answer = await customer.post(
            f"/api/elicitations/{question}/answer",
            {"data": {"otp_code": await customer.code()}, "response_id": question},
        )
        assert answer.json()["status"] == "completed"
        receipt = await customer.next_reply()

        assert receipt["text"] == f"Done. I paid {amount} to {payee}."
        assert before - await balance(customer) == minor
        ear = MoonshineEar()
        try:
            heard = ear.transcribe(customer.heard()).lower()
        finally:
            ear.close()
        assert "paid" in heard or "done" in heard, heard


async def test_the_code_can_be_spoken_and_no_digit_of_it_is_shown(bank_stack: Stack, api: httpx.AsyncClient) -> None:
    token = await token_of(api, bank_stack, "omar")
    async with Customer(api, token, speaking("hibari")) as customer:
        before = await balance(customer)
        await customer.says_until("pay Sarah Chen fifteen dollars", reads_back("$15.00", "Sarah Chen"))
        await customer.says_until("yes please", lambda said: said["state"] == "awaiting_code")
        code = await customer.code()
        reply = await customer.says_until(
            " ".join(code), lambda said: said["text"].startswith(("Done", "That is under"))
        )
        if not reply["text"].startswith("Done"):
            reply = await customer.next_reply()
        assert reply["text"] == "Done. I paid $15.00 to Sarah Chen."
        assert before - await balance(customer) == 1500
        assert code not in str([message for message in customer.messages if message["type"] == "turn"])


async def test_a_no_to_the_read_back_moves_nothing(bank_stack: Stack, api: httpx.AsyncClient) -> None:
    token = await token_of(api, bank_stack, "omar")
    async with Customer(api, token, speaking("hibari")) as customer:
        before = await balance(customer)
        await customer.says_until("pay John Doe fifty dollars", reads_back("$50.00", "John Doe"))
        await customer.says_until("no thank you", lambda said: said["text"].startswith("Cancelled"), refuse=False)
        payments = await customer.get("/api/payments")
        assert payments["payments"][0]["state"] == "CANCELLED"
        assert await balance(customer) == before


async def test_noise_and_silence_are_not_taken_for_words(bank_stack: Stack, api: httpx.AsyncClient) -> None:
    token = await token_of(api, bank_stack, "omar")
    rng = np.random.default_rng(5)
    hiss = (rng.standard_normal(48_000) * 2500).astype(np.int16)
    async with Customer(api, token, speaking("hibari")) as customer:
        said = len(customer.told)
        for sound in (hiss, silence(48_000, 800), at_the_microphone(np.roll(hiss, 7)[:2400], 48_000)):
            await customer.caller.say(sound)  # pyright: ignore[reportOptionalMemberAccess]
        reply = await customer.says_until("what is my checking balance", lambda told: told["intent"] == "balance")
        assert "checking balance is" in reply["text"]
        assert len(customer.told) <= said + 2, customer.told
