"""Barge-in as a table of what is heard and what then becomes of the assistant's sound."""

from __future__ import annotations

import pytest

from adapters.speech.barge import BargeIn, Hold
from adapters.speech.endpoint import Decision
from domain.understanding import Intent, Understanding


def decision(text: str, intent: Intent, *, complete: bool = True) -> Decision:
    return Decision(110, text, Understanding(intent, complete=complete), agreed=False)


def held() -> BargeIn:
    barge = BargeIn()
    assert barge.suspected(sounding=True) is Hold.PAUSE
    return barge


def test_a_hint_of_speech_pauses_at_once() -> None:
    assert BargeIn().suspected(sounding=True) is Hold.PAUSE


def test_a_silent_assistant_is_not_paused() -> None:
    assert BargeIn().suspected(sounding=False) is None


def test_a_hint_without_speech_resumes() -> None:
    barge = held()
    steps = [barge.passed(20, speaking=False, voiced_ms=32) for _ in range(9)]
    assert Hold.RESUME in steps
    assert not barge.doubting


def test_long_speech_stops_the_assistant() -> None:
    assert held().passed(20, speaking=True, voiced_ms=480) is Hold.DROP


@pytest.mark.parametrize(
    ("heard", "silence_ms", "hold"),
    [
        (decision("no", Intent.DENY), 70, Hold.DROP),
        (decision("stop", Intent.CANCEL), 70, Hold.DROP),
        (decision("", Intent.UNKNOWN, complete=False), 170, Hold.RESUME),
        (decision("", Intent.UNKNOWN, complete=False), 70, None),
        (decision("pay sarah", Intent.PAY, complete=False), 70, None),
        (decision("mumble", Intent.UNKNOWN, complete=False), 500, None),
    ],
)
def test_meaning_confirms_and_its_absence_resumes(heard: Decision, silence_ms: int, hold: Hold | None) -> None:
    assert held().guessed(heard, silence_ms) is hold


@pytest.mark.parametrize(("heard", "hold"), [(True, Hold.DROP), (False, Hold.RESUME)])
def test_the_end_of_the_utterance_settles_it(heard: bool, hold: Hold) -> None:
    assert held().finished(heard=heard) is hold


def test_a_settled_doubt_stays_settled() -> None:
    barge = held()
    barge.finished(heard=False)
    assert barge.finished(heard=True) is None
    assert barge.passed(20, speaking=True, voiced_ms=900) is None
