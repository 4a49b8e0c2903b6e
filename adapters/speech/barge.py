"""Barge-in: fall silent on the first hint of speech, then make sure, and go on if it was nothing.

Pure decisions; the caller pauses, resumes or drops the assistant's sound.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from domain.understanding import Intent

if TYPE_CHECKING:
    from adapters.speech.endpoint import Decision


@dataclass(frozen=True, slots=True)
class BargeSettings:
    """Milliseconds. A cough is voiced for some 300, then silent: longer speech, or understood words, confirm."""

    hint_ms: int = 160
    confirm_voiced_ms: int = 450
    doubt_silence_ms: int = 160


class Hold(Enum):
    """What to do with the assistant's sound."""

    PAUSE = auto()
    RESUME = auto()
    DROP = auto()


class BargeIn:
    """The state of one doubt about an interruption."""

    def __init__(self, settings: BargeSettings | None = None) -> None:
        self._settings = settings or BargeSettings()
        self._paused = False
        self._since_ms = 0

    @property
    def doubting(self) -> bool:
        """Whether the assistant is held and it is not known yet why."""
        return self._paused

    def suspected(self, *, sounding: bool) -> Hold | None:
        """A window of what may be speech."""
        if self._paused or not sounding:
            return None
        self._paused, self._since_ms = True, 0
        return Hold.PAUSE

    def passed(self, elapsed_ms: int, *, speaking: bool, voiced_ms: int) -> Hold | None:
        """Time has passed: long speech confirms; nothing more, or a short sound and then silence, was a false alarm."""
        if not self._paused:
            return None
        self._since_ms += elapsed_ms
        if speaking and voiced_ms >= self._settings.confirm_voiced_ms:
            return self._settle(Hold.DROP)
        if not speaking and self._since_ms >= self._settings.hint_ms:
            return self._settle(Hold.RESUME)
        return None

    def guessed(self, decision: Decision, silence_ms: int) -> Hold | None:
        """A recogniser has an opinion: meaning confirms, its absence after some silence does not."""
        if not self._paused:
            return None
        if decision.meaning.complete and decision.meaning.intent is not Intent.UNKNOWN:
            return self._settle(Hold.DROP)
        if silence_ms >= self._settings.doubt_silence_ms and not decision.text:
            return self._settle(Hold.RESUME)
        return None

    def finished(self, *, heard: bool) -> Hold | None:
        """The utterance is over: a turn, or a noise."""
        if not self._paused:
            return None
        return self._settle(Hold.DROP if heard else Hold.RESUME)

    def _settle(self, hold: Hold) -> Hold:
        self._paused = False
        return hold
