"""When a turn is over: decided by what was understood so far, not by silence alone.

Two ears hear the same words. The surer they are of a finished thought, the shorter the silence that ends the turn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz

from adapters.understanding.agreement import CONSEQUENTIAL, agree
from domain.understanding import Intent, Understanding

_BRIEF: Final = {"no", "nope", "nah"}
_SENTENCE_WORDS: Final = 5
_DOUBTFUL: Final = 0.5
_ALIKE: Final = 60.0
"""How much of its words, in percent, the second ear shares with the first where it is loosely understood."""
_GO_ON: Final = frozenset({
    "a", "an", "the", "my", "your", "our", "his", "her", "its", "this", "that", "these", "those", "some", "any",
    "and", "or", "but", "so", "if", "when", "where", "who", "which", "because", "to", "from", "of", "on", "in",
    "at", "for", "with", "by", "about", "into", "over", "is", "are", "was", "were", "be", "am", "do", "does",
    "did", "have", "has", "had", "can", "could", "will", "would", "should", "may", "might", "must", "i", "you",
    "we", "they", "he", "she", "it", "not", "want", "need", "pay", "send", "move", "transfer", "show",
    "um", "uh", "er",
})  # fmt: skip
"""Words that a finished sentence seldom ends with."""


@dataclass(frozen=True, slots=True)
class EndpointSettings:
    """Milliseconds of silence that end a turn, by how complete it is; measured on synthetic phrases."""

    guess: int = 60
    """After this much silence the first ear starts to guess."""
    early_guess: int = 30
    """The same where the second ear has heard a whole wish already."""
    again: int = 600
    """After this much, where a code is awaited and what was heard is none yet, it is heard once more."""
    resumed: int = 20
    """Less silence than this means that speech went on, so a guess is void."""
    agreed: int = 110
    one_complete: int = 200
    open_ended: int = 350
    one_unsure: int = 280
    """Complete, but only to the ear that hears a command in anything."""
    sentence: int = 300
    """Nothing that the bank knows, but a whole sentence of it."""
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
    other = second.meaning if _has_a_say(first, second) else NOTHING.meaning
    meaning = agree(first.meaning, other)
    text = second.text if meaning.by == "trigram" else first.text
    return Decision(_silence(Reading(text, meaning), settings), text, meaning, meaning.by == "ears")


def _has_a_say(first: Reading, second: Reading) -> bool:
    """The second ear hears a command in anything: it needs words from the first, or a sentence of the grammar.

    What moves money is doubted aloud whenever that ear is alone.
    """
    if not first.text or first.meaning.complete or second.meaning.intent in CONSEQUENTIAL:
        return bool(first.text)
    return not second.meaning.open_ended or fuzz.ratio(first.text.lower(), second.text) >= _ALIKE


def _silence(reading: Reading, settings: EndpointSettings) -> int:
    if not _finished(reading):
        if reading.meaning.intent is Intent.CODE:
            return settings.digits
        return settings.sentence if _is_sentence(reading) else settings.incomplete
    if reading.meaning.by == "trigram" and reading.meaning.confidence < _DOUBTFUL:
        # that ear alone hears a yes or a payment in the beginning of anything
        return settings.incomplete
    if _may_go_on(reading):
        return settings.open_ended
    if reading.meaning.by == "trigram":
        return settings.one_unsure
    return settings.agreed if reading.meaning.by == "ears" else settings.one_complete


def _finished(reading: Reading) -> bool:
    return reading.meaning.complete and reading.meaning.intent is not Intent.UNKNOWN


def _is_sentence(reading: Reading) -> bool:
    words = reading.text.lower().strip(" .,!?").split()
    strange = reading.meaning.intent is Intent.UNKNOWN and len(words) >= _SENTENCE_WORDS
    return strange and reading.text.rstrip().endswith((".", "?", "!")) and words[-1] not in _GO_ON


def _may_go_on(reading: Reading) -> bool:
    # "no" is often the beginning of "no, make it seventy five"
    brief = reading.meaning.intent is Intent.DENY and reading.text.lower().strip(" .,!?") in _BRIEF
    return reading.meaning.open_ended or brief
