"""What a call can't do just now: said once aloud where it still can be, shown on the screen, and taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import structlog

if TYPE_CHECKING:
    from voice_worker.ports import Mouth, Screen

_log = structlog.get_logger(__name__)
HEARING: Final = "hearing"
SPEECH: Final = "speech"
CANT_HEAR: Final = "I can't hear you well just now. Please type instead; I read what you type."
HEARS_AGAIN: Final = "I can hear you again."
CANT_SPEAK: Final = "I can't speak just now. Please read my answers here; you can type or speak."
SPEAKS_AGAIN: Final = "I can speak again."
_TOLD: Final = {
    (HEARING, False): CANT_HEAR,
    (HEARING, True): HEARS_AGAIN,
    (SPEECH, False): CANT_SPEAK,
    (SPEECH, True): SPEAKS_AGAIN,
}


class Degraded:
    """One call's parts that can fail. A part is told of when it changes, not each time that it fails."""

    def __init__(self, session_id: str, mouth: Mouth, screen: Screen) -> None:
        self._session_id = session_id
        self._mouth = mouth
        self._screen = screen
        self._down: set[str] = set()

    def works(self, part: str, *, working: bool) -> None:
        """How a part, HEARING or SPEECH, was found just now."""
        if working is (part not in self._down):
            return
        (self._down.discard if working else self._down.add)(part)
        _log.warning("part_changed", session_id=self._session_id, part=part, state="up" if working else "down")
        told = _TOLD[part, working]
        self._screen.show({"type": "degraded", "payload": {"part": part, "working": working, "message": told}})
        if part == HEARING:  # of a voice that has failed, a voice can't tell
            self._mouth.say(told, told)
