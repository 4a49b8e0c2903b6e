"""Covering, choosing, breaking: the parts around a model."""

from __future__ import annotations

import asyncio

import pytest

from adapters.breakers import Breakers, Limit
from adapters.masking import Masker
from adapters.models.complexity import is_complex
from adapters.models.cover import Cover
from adapters.models.reading import understood
from adapters.models.speaking import Sentences, may_be_said
from bench.complexity.learn import accuracy, sentences
from domain.errors import SessionNotFoundError, UnavailableError
from domain.suggestion import NAMEABLE, State, read
from domain.understanding import Intent, Vocabulary

PAYEES = ("Sarah Chen", "John Doe", "City Power")


@pytest.mark.parametrize(
    ("said", "covered"),
    [
        ("could Sarah have a twenty", "could [PAYEE_1] have a twenty"),
        ("SARAH CHEN'S share, please", "[PAYEE_1] share, please"),
        ("is sarah chen paid", "is [PAYEE_1] paid"),
        ("what of Jon Dough", "what of [PAYEE_1]"),
        ("Bartholomew wants money", "[NAME_1] wants money"),
        ("What is an IBAN?", "What is an IBAN?"),
        ("My account 123456789012 is odd", "My account [ACCOUNT_1] is odd"),
        ("ring 415 555 0132", "ring [PHONE_1]"),
        ("is fifty dollars in May much", "is fifty dollars in May much"),
    ],
)
def test_what_leaves_names_nobody(said: str, covered: str) -> None:
    found = Cover(PAYEES, Masker()).cover(said)
    assert found.text == covered
    assert "Sarah" not in repr(found)


def test_what_was_covered_is_found_again() -> None:
    found = Cover(PAYEES, Masker()).cover("could Sarah and Bartholomew split it")
    assert found.found("[PAYEE_1] with [NAME_2], not [NAME_9]") == "Sarah with Bartholomew, not"


@pytest.mark.parametrize("said", ["make it ten more", "ten dollars less", "half of ten", "ten percent"])
def test_a_model_takes_by_how_much_for_no_amount(said: str) -> None:
    answer = '{"intent": "amend", "slots": {"amount": "10.00"}}'
    found = understood(answer, said, Cover(PAYEES, Masker()).cover(said), Vocabulary(PAYEES), NAMEABLE)
    assert found.slots == {"amount_unclear": "yes"}


@pytest.mark.parametrize(
    ("said", "intent"),
    [
        ("I'd like Sarah to have ten dollars as soon as my salary is in", Intent.UNKNOWN),
        ("let ten dollars go to Sarah unless I say otherwise", Intent.UNKNOWN),
        ("I'd like Sarah to have ten dollars, if you could", Intent.PAY),
    ],
)
def test_a_model_pays_nothing_now_that_hangs_on_something(said: str, intent: Intent) -> None:
    answer = '{"intent": "pay", "slots": {"payee": "[PAYEE_1]", "amount": "10.00"}}'
    found = understood(answer, said, Cover(PAYEES, Masker()).cover(said), Vocabulary(PAYEES), NAMEABLE)
    assert found.intent is intent


@pytest.mark.parametrize("said", ["the code is 481516 I think", "my password is hunter2 okay"])
def test_a_secret_is_known_as_one(said: str) -> None:
    assert Cover(PAYEES, Masker()).cover(said).secret


def test_nothing_that_decides_or_ends_can_be_named() -> None:
    never = {
        *(Intent.CONFIRM, Intent.DENY, Intent.CODE, Intent.CANCEL, Intent.REVOKE, Intent.RESEND, Intent.OUTSIDE),
        *(Intent.ALERT_DELETE, Intent.ALERT_PAUSE, Intent.QUIET, Intent.GOODBYE, Intent.SILENCE, Intent.BACK),
    }
    assert not never & NAMEABLE.keys()
    assert not never & {*State.of("confirming").intents}
    assert Intent.AMEND in State.of("confirming").intents


@pytest.mark.parametrize(
    ("intent", "slots", "kept"),
    [
        ("pay", {"amount": "1e3", "payee": "X"}, {"amount": "1000.00", "payee": "X"}),
        ("pay", {"amount": "-5"}, {"amount_unclear": "yes"}),
        ("pay", {"amount": "5.001", "when": "now"}, {"amount_unclear": "yes"}),
        ("balance", {"account": "Savings", "amount": "5"}, {"account": "savings"}),
        ("balance", {"account": "offshore"}, {}),
        ("transactions", {"from": "2026-05-01", "to": "2026-05-31"},
         {"from": "2026-05-01", "to": "2026-05-31", "when": "from May 1 to May 31"}),
        ("transactions", {"from": "2026-06-01", "to": "2026-05-31", "count": "900", "order": "rm -rf"}, {}),
        ("alert", {"alert": "reminder", "time": "25:00", "every": "FREQ=SECONDLY"}, {"alert": "reminder"}),
        ("alert", {"every": "FREQ=MONTHLY;BYMONTHDAY=1", "about": "rent"},
         {"every": "FREQ=MONTHLY;BYMONTHDAY=1", "about": "rent"}),
    ],
)  # fmt: skip
def test_slots_are_held_against_their_forms(intent: str, slots: dict[str, str], kept: dict[str, str]) -> None:
    found = read(intent, slots, Vocabulary(PAYEES))
    assert found is not None
    assert found.slots == kept
    assert found.confidence < 1


def test_the_classifier_judges_sentences_that_it_has_not_learnt_from() -> None:
    held_out = sentences("held_out.txt")
    assert not {text for text, _ in held_out} & {text for text, _ in sentences("train.txt")}
    assert accuracy(held_out)[0] >= 0.9
    assert not is_complex("")


def test_sentences_come_whole_and_plain() -> None:
    reader = Sentences()
    parts = ["Rates of 2.", "5 percent are low. ", "- **Bold** it", " is!\n1. One", " e.g. this. So"]
    heard = [each for part in parts for each in reader.take(part)] + reader.rest()
    assert heard == ["Rates of 2.5 percent are low.", "Bold it is!", "One e.g. this.", "So"]


@pytest.mark.parametrize(
    "good", ["Never tell anyone your code.", "A payment is processed within a day.", "Rates fell in 2008."]
)
def test_good_advice_may_be_said(good: str) -> None:
    assert may_be_said(good, Masker())


async def test_a_breaker_opens_lets_one_try_in_and_closes() -> None:
    breakers = Breakers(Limit(2, 0.15), SessionNotFoundError)

    async def call(error: Exception | None = None) -> None:
        async with breakers.guard("x"):
            if error:
                raise error

    for _ in range(3):
        with pytest.raises(SessionNotFoundError):
            await call(SessionNotFoundError())
    for _ in range(2):
        with pytest.raises(ValueError, match="down"):
            await call(ValueError("down"))
    assert await breakers.is_open("x")
    with pytest.raises(UnavailableError, match="left alone"):
        await call()
    await breakers_other(breakers)
    await asyncio.sleep(0.2)
    with pytest.raises(ValueError, match="still"):
        await call(ValueError("still"))
    assert await breakers.is_open("x")
    await asyncio.sleep(0.2)
    await call()
    with pytest.raises(ValueError, match="once"):
        await call(ValueError("once"))
    assert not await breakers.is_open("x")


async def breakers_other(breakers: Breakers) -> None:
    """Another's failures are its own."""
    async with breakers.guard("y"):
        pass


async def test_hanging_up_is_no_failure() -> None:
    breakers = Breakers(Limit(1, 60))
    with pytest.raises(asyncio.CancelledError):
        async with breakers.guard("x"):
            raise asyncio.CancelledError
    assert not await breakers.is_open("x")
