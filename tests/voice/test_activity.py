"""Speech and silence from numbers alone: loudness every 10 ms, the model's opinion every 32."""

from __future__ import annotations

import pytest

from adapters.speech.vad import Activity, Change, VadSettings

SILENT, ROOM, SPEECH = 0.0, 14.0, 62.0


def activity() -> Activity:
    return Activity(VadSettings())


def hear(state: Activity, db: float, probability: float, windows: int) -> list[Change]:
    changes: list[Change] = []
    for _ in range(windows):
        for _ in range(3):
            state.loudness(db)
        change = state.probability(probability)
        if change is not None:
            changes.append(change)
    return changes


def test_one_window_is_suspected_two_are_speech() -> None:
    state = activity()
    assert hear(state, SPEECH, 0.9, 3) == [Change.SUSPECTED, Change.STARTED]


@pytest.mark.parametrize(("probability", "hints"), [(0.0, 0), (0.2, 0), (0.49, 1)])
def test_what_the_model_does_not_believe_never_starts(probability: float, hints: int) -> None:
    state = activity()
    assert hear(state, SPEECH, probability, 20) == [Change.SUSPECTED] * hints
    assert not state.speaking


def test_a_click_of_one_window_is_forgotten() -> None:
    state = activity()
    hear(state, SPEECH, 0.9, 1)
    hear(state, ROOM, 0.0, 5)
    assert hear(state, SPEECH, 0.9, 1) == [Change.SUSPECTED]


def test_silence_counts_from_the_first_quiet_frame_before_the_model_notices() -> None:
    state = activity()
    hear(state, SPEECH, 0.9, 10)
    for _ in range(6):
        state.loudness(ROOM)
    assert state.silence_ms == 60
    assert not state.agreed


def test_the_model_must_agree_before_a_turn_may_end() -> None:
    state = activity()
    hear(state, SPEECH, 0.9, 10)
    hear(state, ROOM, 0.1, 1)
    assert state.agreed


def test_speech_resets_silence() -> None:
    state = activity()
    hear(state, SPEECH, 0.9, 10)
    hear(state, ROOM, 0.1, 4)
    hear(state, SPEECH, 0.9, 1)
    assert state.silence_ms == 0


def test_digital_silence_after_speech_is_silence() -> None:
    state = activity()
    hear(state, SPEECH, 0.9, 10)
    hear(state, SILENT, 0.0, 10)
    assert state.silence_ms >= 300
