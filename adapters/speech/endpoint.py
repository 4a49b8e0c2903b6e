"""When a turn is over: decided by what was understood so far, not by silence alone.

Two ears hear the same words. The surer they are of a finished thought, the shorter the silence that ends the turn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from adapters.understanding.agreement import agree
from domain.understanding import Intent, Understanding

_BRIEF: Final = {"no", "nope", "nah"}


@dataclass(frozen=True, slots=True)
class EndpointSettings:
    """Milliseconds of silence that end a turn, by how complete it is; measured on synthetic phrases."""

    guess: int = 60
    """After this much silence the first ear starts to guess."""
    early_guess: int = 30
    """The same where the second ear has heard a whole wish already."""
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
    # the second ear alone hears a command in anything: without words from the first it has no say
    other = second.meaning if first.text else NOTHING.meaning
    meaning = agree(first.meaning, other)
    text = second.text if meaning.by == "trigram" else first.text
    return Decision(_silence(Reading(text, meaning), settings), text, meaning, meaning.by == "ears")


def _silence(reading: Reading, settings: EndpointSettings) -> int:
    if not _finished(reading):
        return settings.digits if reading.meaning.intent is Intent.CODE else settings.incomplete
    if _may_go_on(reading) or reading.meaning.by == "trigram":
        return settings.open_ended
    return settings.agreed if reading.meaning.by == "ears" else settings.one_complete


def _finished(reading: Reading) -> bool:
    return reading.meaning.complete and reading.meaning.intent is not Intent.UNKNOWN


def _may_go_on(reading: Reading) -> bool:
    # "no" is often the beginning of "no, make it seventy five"
    brief = reading.meaning.intent is Intent.DENY and reading.text.lower().strip(" .,!?") in _BRIEF
    return reading.meaning.open_ended or brief
