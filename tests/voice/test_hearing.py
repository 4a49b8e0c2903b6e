"""Real sound through both real ears, without a room: what is heard, and that noise is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapters.speech.listener import Ears
from adapters.speech.pcm import EAR_RATE, silence
from adapters.speech.sounds import Dismissed, Heard, Started, Suspected
from adapters.speech.whole import hear, turns
from domain.conversation import Expects
from domain.understanding import Intent, Understanding
from tests.voice.sounds import by_telephone, click, cough, hiss, paused, said, tone

if TYPE_CHECKING:
    from adapters.speech.pcm import Pcm
    from adapters.understanding.understander import Understander

SPOKEN = [
    ("pay Sarah Chen twenty five dollars", Intent.PAY, {"amount": "25.00", "payee": "Sarah Chen"}),
    ("what is my savings balance", Intent.BALANCE, {"account": "savings"}),
    ("yes please", Intent.CONFIRM, {}),
    ("no", Intent.DENY, {}),
    ("show me my last five transactions", Intent.TRANSACTIONS, {"count": "5"}),
]


async def heard_in(
    pcm: Pcm, ears: Ears, understander: Understander, expects: Expects = Expects.ANYTHING
) -> list[Heard]:
    def meaning(text: str) -> Understanding:
        return understander.understand(text, expects)

    return turns(await hear(pcm, ears, meaning))


@pytest.mark.parametrize(("text", "intent", "slots"), SPOKEN)
async def test_a_sentence_is_one_turn_and_means_what_was_said(
    ears: Ears, understander: Understander, text: str, intent: Intent, slots: dict[str, str]
) -> None:
    heard = await heard_in(said(text), ears, understander)
    assert [turn.meaning.intent for turn in heard] == [intent]
    assert slots.items() <= heard[0].meaning.slots.items()


@pytest.mark.parametrize(("text", "intent", "slots"), SPOKEN)
async def test_the_same_by_telephone(
    ears: Ears, understander: Understander, text: str, intent: Intent, slots: dict[str, str]
) -> None:
    heard = await heard_in(by_telephone(said(text)), ears, understander)
    assert [turn.meaning.intent for turn in heard] == [intent]
    # where the line hides a slot, the turn may be doubted or incomplete, but never surely wrong
    assert not heard[0].agreed or slots.items() <= heard[0].meaning.slots.items()


async def test_two_ears_that_agree_are_sure(ears: Ears, understander: Understander) -> None:
    (heard,) = await heard_in(said("pay Sarah Chen twenty five dollars"), ears, understander)
    assert (heard.agreed, heard.meaning.by, heard.meaning.confidence) == (True, "ears", 1.0)


async def test_without_its_second_ear_it_hears_on_with_less_certainty(ears: Ears, understander: Understander) -> None:
    (heard,) = await heard_in(said("what is my checking balance"), Ears(ears.first, None, None), understander)
    assert (heard.meaning.intent, heard.meaning.confidence) == (Intent.BALANCE, 0.5)


async def test_a_pause_for_thought_does_not_cut_a_payment(ears: Ears, understander: Understander) -> None:
    spoken = paused(said("pay Sarah Chen"), said("twenty five dollars"), ms=700)
    heard = await heard_in(spoken, ears, understander)
    assert [turn.meaning.intent for turn in heard] == [Intent.PAY]
    assert heard[0].meaning.slots.get("payee") == "Sarah Chen"
    assert heard[0].meaning.slots.get("amount") == "25.00"


async def test_six_digits_with_a_pause_are_one_code(ears: Ears, understander: Understander) -> None:
    spoken = paused(said("four eight two"), said("nine one seven"), ms=600)
    heard = await heard_in(spoken, ears, understander, Expects.CODE)
    assert [turn.meaning.slots.get("code") for turn in heard] == ["482917"]


NOISES = [
    ("silence", silence(EAR_RATE, 2000)),
    ("click", click()),
    ("hiss", hiss()),
    ("loud hiss", hiss(1500, 6000)),
    ("cough", cough()),
    ("key tone", tone()),
]


@pytest.mark.parametrize("noise", [noise for _, noise in NOISES], ids=[name for name, _ in NOISES])
async def test_noise_is_no_turn(ears: Ears, understander: Understander, noise: Pcm) -> None:
    assert await heard_in(noise, ears, understander) == []


async def test_a_dismissed_noise_was_at_most_suspected_or_dismissed(ears: Ears, understander: Understander) -> None:
    sounds = await hear(cough(), ears, understander.understand)
    starts = sum(isinstance(sound, Started) for sound in sounds)
    assert starts == sum(isinstance(sound, Dismissed) for sound in sounds)
    assert all(isinstance(sound, Suspected | Started | Dismissed) or not isinstance(sound, Heard) for sound in sounds)


@pytest.mark.parametrize("name", ["en-gb", "en-us", "en-us+f3"])
async def test_a_poorer_voice_is_never_surely_misunderstood(ears: Ears, understander: Understander, name: str) -> None:
    for heard in await heard_in(said("pay Sarah Chen twenty five dollars", name), ears, understander):
        wrong = heard.meaning.intent is not Intent.PAY or heard.meaning.slots.get("amount") != "25.00"
        assert not (heard.agreed and wrong)
