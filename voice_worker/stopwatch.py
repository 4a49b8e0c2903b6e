"""Where a turn's time goes: one line a turn, from the last voiced sound to the first sound of the answer."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

import structlog

if TYPE_CHECKING:
    from adapters.speech.sounds import Marks

_log = structlog.get_logger(__name__)
STAGES: Final = ("guess", "guessed", "decided", "committed", "sent", "replied", "asked", "ready", "sounding")
"""In the order in which they come; each is told in ms since the last voiced sound, as the detector saw it."""


class Stopwatch:
    """Times the newest turn of a call. A stage counts once; what comes after the first sound is no part of it."""

    def __init__(self, session_id: str) -> None:
        self._session_id = session_id
        self._turn_id = ""
        self._began = 0.0
        self._at: dict[str, float] = {}

    def begin(self, turn_id: str, marks: Marks) -> None:
        """A turn has been heard."""
        self._turn_id, self._began = turn_id, marks.ended_at
        heard = (marks.guess_at, marks.guessed_at, marks.decided_at, time.monotonic())
        self._at = {stage: at for stage, at in zip(STAGES, heard, strict=False) if at}

    def mark(self, stage: str) -> None:
        """Something has happened, now."""
        if self._turn_id:
            self._at.setdefault(stage, time.monotonic())

    def sounded(self) -> None:
        """The first sound of an answer leaves: tell, once."""
        if "asked" not in self._at:
            return
        self.mark(STAGES[-1])
        fields = {f"{stage}_ms": round((at - self._began) * 1000) for stage, at in self._at.items()}
        _log.info("turn_timed", session_id=self._session_id, turn_id=self._turn_id, **fields)
        self._turn_id, self._at = "", {}
