"""A one-time code that is spoken: heard right at the first try, or asked for again, but never handed in wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from adapters.speech.whole import hear, turns
from adapters.understanding.spoken_code import Hearing, agreed_code, agreed_part, bears_out, may_be_code
from bench.code_sounds import WAYS, clips
from bench.codes import RIGHT, WRONG, judge
from domain.conversation import Expects
from domain.understanding import Intent, Understanding
from tests.voice.sounds import said

if TYPE_CHECKING:
    from adapters.speech.listener import Ears
    from adapters.speech.pcm import Pcm
    from adapters.speech.sounds import Heard
    from adapters.understanding.understander import Understander

LEAST_RIGHT = 0.95


async def heard_as_code(pcm: Pcm, ears: Ears, understander: Understander) -> list[Heard]:
    def meaning(text: str) -> Understanding:
        return understander.understand(text, Expects.CODE)

    return turns(await hear(pcm, replace(ears, awaits_code=lambda: True), meaning))


@pytest.mark.timeout(300)
async def test_spoken_codes_are_heard_at_the_first_try_and_none_is_handed_in_wrong(
    ears: Ears, understander: Understander
) -> None:
    missed: list[str] = []
    table = list(clips(("hibari", "lower"), [way for way in WAYS if way != "in two turns"], 2, seed=12))
    for clip in table:
        outcome = judge(clip.code, await heard_as_code(clip.sound, ears, understander))
        assert outcome != WRONG, clip
        if outcome != RIGHT:
            missed.append(f"{clip.voice} {clip.way} {clip.code}: {outcome}")
    assert 1 - len(missed) / len(table) >= LEAST_RIGHT, missed


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("thank you", Intent.THANKS),
        ("cancel", Intent.CANCEL),
        ("please send me a new code", Intent.RESEND),
        ("what is my savings balance", Intent.BALANCE),
        ("yes", Intent.CONFIRM),
    ],
)
async def test_other_wishes_are_heard_as_ever(
    ears: Ears, understander: Understander, text: str, intent: Intent
) -> None:
    heard = await heard_as_code(said(text), ears, understander)
    assert [turn.meaning.intent for turn in heard] == [intent]


@pytest.mark.parametrize("text", ["cancel 4 8 2 9 1 7", "not 4 8 2 9 1 7", "4 8 2 9 1 7 for Sarah Chen"])
async def test_a_code_beside_other_words_is_not_handed_in(ears: Ears, understander: Understander, text: str) -> None:
    heard = await heard_as_code(said(text), ears, understander)
    assert all(turn.meaning.intent is not Intent.CODE or "code" not in turn.meaning.slots for turn in heard)


@pytest.mark.parametrize("text", ["4 8 2", "4 8 2 9", "4 8 2 9 1"])
async def test_too_few_digits_never_become_six(ears: Ears, understander: Understander, text: str) -> None:
    for turn in await heard_as_code(said(text), ears, understander):
        assert len(turn.meaning.slots.get("code", "")) < 6
        assert not turn.meaning.complete or turn.meaning.intent is not Intent.CODE


@pytest.fixture
def hearing(understander: Understander) -> Hearings:
    return Hearings(understander)


class Hearings:
    def __init__(self, understander: Understander) -> None:
        self._understander = understander

    def __call__(self, *texts: str) -> list[Hearing]:
        return [Hearing(text, self._understander.understand(text, Expects.CODE)) for text in texts]


WHOLE = "four eight two nine one seven"
OTHER = "four eight two nine one one"
BELIEVED = [
    ("two hearings of the open ear", [WHOLE, "482917"], [], "482917"),
    ("one of each ear", [WHOLE, "for ate to nine"], [WHOLE], "482917"),
    ("a grammar, by its sound", ["fore ate too nine won heaven"], [WHOLE], "482917"),
    ("a run-on", ["4 8 2 9 1 7 7 7 7 7", "4 8 2"], [WHOLE], "482917"),
    ("one hearing alone", [WHOLE, "four eight nine"], [""], ""),
    ("a grammar alone", ["thank you very much", "thank you"], [WHOLE, WHOLE], ""),
    ("ears that differ", [WHOLE, WHOLE], [OTHER, OTHER], ""),
    ("a shorter one, heard twice", ["four eight two nine one", "4 8 2 9 1"], [OTHER, OTHER], ""),
    ("a dropped digit, by every grammar", ["4 8 2 9 7", "4 8 2 9 7"], [WHOLE, WHOLE, WHOLE], "482917"),
    ("a digit that a grammar made up", ["4 8 2 9 1", "4 8 2 9 1"], [OTHER, OTHER, "four eight two nine one"], ""),
    ("a word that turns it", ["not 482917", WHOLE], [WHOLE], ""),
    ("somebody's name beside it", ["482917 for Sarah Chen", WHOLE], [WHOLE], ""),
]


@pytest.mark.parametrize(("why", "open_ear", "own_ear", "code"), BELIEVED)
def test_no_hearing_is_believed_alone(
    hearing: Hearings, why: str, open_ear: list[str], own_ear: list[str], code: str
) -> None:
    del why
    assert agreed_code(hearing(*open_ear), hearing(*own_ear)) == code


@pytest.mark.parametrize(
    ("open_ear", "own_ear", "part"),
    [
        (["four eight two", "4 8"], ["four eight two"], "482"),
        (["one for four", "won for four"], ["one four four"], "144"),
        (["four eight two", "four eight two"], ["four eight"], ""),
        (["four eight two", "four eight"], ["four eight two", "four eight"], ""),
    ],
)
def test_a_part_is_what_both_ears_heard(hearing: Hearings, open_ear: list[str], own_ear: list[str], part: str) -> None:
    assert agreed_part(hearing(*open_ear), hearing(*own_ear)) == part


@pytest.mark.parametrize(
    ("heard", "code", "alike"),
    [
        ("three, it won free", "three eight one three", True),
        ("Double two, one zero", "double two eight one zero", False),
        ("You're welcome.", "six zero zero three one zero", False),
        ("", "six zero", False),
    ],
)
def test_words_bear_out_the_digits_that_they_sound_like(heard: str, code: str, *, alike: bool) -> None:
    assert bears_out(heard, code) is alike


@pytest.mark.parametrize(
    ("open_ear", "own_ear", "may"),
    [
        (["four eight two", "fort ate"], [""], True),
        (["Thank you.", "Thank you."], ["six zero zero"], False),
        (["Thank you.", "Bank to."], ["six zero zero"], True),
        (["You two.", "You do."], [""], False),
    ],
)
def test_what_may_be_a_code(hearing: Hearings, open_ear: list[str], own_ear: list[str], *, may: bool) -> None:
    assert may_be_code(hearing(*open_ear), hearing(*own_ear)) is may
