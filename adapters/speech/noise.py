"""Whether an utterance was one at all: clicks, coughs and hiss never act."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from domain.understanding import Intent

if TYPE_CHECKING:
    from adapters.speech.endpoint import Decision

_SHORT_MS: Final = 200
_SURE: Final = 0.8
_AUDIBLE_DB: Final = 12.0
_INVENTED: Final = {
    "",
    "you",
    "thank you",
    "thank you for watching",
    "thanks for watching",
    "bye",
    "oh",
    "uh",
    "um",
    "hmm",
}
"""What Moonshine is known to hear in silence and noise."""


def is_noise(decision: Decision, voiced_ms: int, surest: float, above_floor_db: float) -> bool:
    """Judged by what was understood first, by how much like speech it sounded second."""
    if decision.agreed:
        return False
    words = decision.text.lower().strip(" .,!?")
    weak = voiced_ms < _SHORT_MS or surest < _SURE or above_floor_db < _AUDIBLE_DB
    if decision.meaning.intent is not Intent.UNKNOWN and decision.meaning.complete:
        return weak and words in _INVENTED
    return weak or words in _INVENTED
