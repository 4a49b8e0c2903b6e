"""When a turn is over: decided by what was understood so far, not by silence alone.

Two ears hear the same words. The surer they are of a finished thought, the shorter the silence that ends the turn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from domain.understanding import Intent, Understanding

_BRIEF: Final = {"no", "nope", "nah"}


@dataclass(frozen=True, slots=True)
class EndpointSettings:
    """Milliseconds of silence that end a turn, by how complete it is; measured on synthetic phrases."""

    guess: int = 60
    """After this much silence the first ear starts to guess."""
    resumed: int = 20
    """Less silence than this means that speech went on, so a guess is void."""
    agreed: int = 110
    one_complete: int = 200
    open_ended: int = 350
    incomplete: int = 1300
    digits: int = 1400
    longest: int = 20_000
    """No turn is longer than this."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one ear heard, and what it means. No text, no meaning: the ear has nothing (yet)."""

    text: str
    meaning: Understanding


@dataclass(frozen=True, slots=True)
class Decision:
    """The turn as it stands, and the silence it still needs to be final."""

    silence_ms: int
    text: str
    meaning: Understanding
    agreed: bool


NOTHING: Final = Reading("", Understanding(Intent.UNKNOWN, confidence=0.0, complete=False))


def decide(first: Reading, second: Reading, settings: EndpointSettings) -> Decision:
    """Weigh the open-vocabulary ear against the grammar's; act on agreement, wait longer on anything less."""
    if _finished(first) and _same(first, second):
        return _decision(first, settings.open_ended if _may_go_on(first) else settings.agreed, by="ears", sure=True)
    if _finished(first):
        return _decision(first, _one_ear(first, settings), by="moonshine")
    if _finished(second) and first.text:
        return _decision(second, max(settings.open_ended, _one_ear(second, settings)), by="trigram")
    kept = first if first.text else NOTHING
    return _decision(kept, settings.digits if _has_digits(first, second) else settings.incomplete, by="moonshine")


def _decision(reading: Reading, silence_ms: int, by: str, *, sure: bool = False) -> Decision:
    meant = reading.meaning
    confidence = 1.0 if sure else min(meant.confidence, 0.5)
    return Decision(
        silence_ms,
        reading.text,
        Understanding(meant.intent, meant.slots, confidence, by, meant.complete, meant.open_ended),
        sure,
    )


def _finished(reading: Reading) -> bool:
    return reading.meaning.complete and reading.meaning.intent is not Intent.UNKNOWN


def _same(one: Reading, other: Reading) -> bool:
    return one.meaning.intent is other.meaning.intent and one.meaning.slots == other.meaning.slots


def _may_go_on(reading: Reading) -> bool:
    # "no" is often the beginning of "no, make it seventy five"
    brief = reading.meaning.intent is Intent.DENY and reading.text.lower().strip(" .,!?") in _BRIEF
    return reading.meaning.open_ended or brief


def _one_ear(reading: Reading, settings: EndpointSettings) -> int:
    return settings.open_ended if _may_go_on(reading) else settings.one_complete


def _has_digits(*readings: Reading) -> bool:
    return any(reading.meaning.intent is Intent.CODE for reading in readings)
