"""What is still to be heard of the assistant, 10 ms at a time: paused, resumed or cleared without a click."""

from __future__ import annotations

from enum import Enum, auto
from typing import Final

import numpy as np

from adapters.speech.pcm import Pcm

_FADE_PART: Final = 2
"""The fade takes half a frame: 5 ms."""


class Mark(Enum):
    """What pulling a frame brought about."""

    FIRST = auto()
    """The first sound of a segment."""
    DONE = auto()
    """The last sound of a finished segment has been pulled."""


class Playback:
    """A queue of sound with a clock of its own: whoever pulls, drives it."""

    def __init__(self, frame: int) -> None:
        """`frame`: samples of 10 ms."""
        self._frame = frame
        self._ramp = np.linspace(1.0, 0.0, frame // _FADE_PART, dtype=np.float32)
        self._silence = np.zeros(frame, np.int16)
        self._waiting: list[Pcm] = []
        self._offset = 0
        self._tail: Pcm | None = None
        self._begun = False
        self._complete = False
        self._open = False
        self.paused = False
        self.played = 0
        """Samples pulled of the present segment."""

    @property
    def active(self) -> bool:
        """Whether a segment is open."""
        return self._open

    @property
    def sounding(self) -> bool:
        """Whether the caller hears something just now."""
        return bool(self._waiting) and not self.paused

    @property
    def waiting(self) -> bool:
        """Whether there is sound left, paused or not."""
        return bool(self._waiting)

    def add(self, pcm: Pcm) -> None:
        """More of the present segment; opens one."""
        if not self._open:
            self._open, self._begun, self._complete, self.played = True, False, False, 0
        if pcm.size:
            self._waiting.append(pcm)

    def complete(self) -> None:
        """Nothing more will be added to the segment."""
        self._complete = True

    def pause(self) -> None:
        """Silence from the next frame on, with a short fade."""
        if self.sounding:
            self._tail = self._head()
        self.paused = True

    def resume(self) -> None:
        """Go on where it stopped."""
        self.paused, self._tail = False, None

    def clear(self) -> bool:
        """Drop the segment; returns whether there was one."""
        if self.sounding:
            self._tail = self._head()
        was_open, self._open, self.paused = self._open, False, False
        self._waiting, self._offset = [], 0
        return was_open

    def pull(self) -> tuple[Pcm, Mark | None]:
        """The next 10 ms."""
        if self._tail is not None:
            return self._fade(self._tail), None
        if self.sounding:
            frame = self._take()
            mark = None if self._begun else Mark.FIRST
            self._begun = True
            self.played += frame.size
            return frame, mark
        if self._open and self._complete and not self._waiting:
            self._open = False
            return self._silence, Mark.DONE
        return self._silence, None

    def _take(self) -> Pcm:
        taken: list[Pcm] = []
        missing = self._frame
        while missing and self._waiting:
            part = self._waiting[0][self._offset : self._offset + missing]
            taken.append(part)
            missing -= part.size
            self._offset += part.size
            if self._offset >= self._waiting[0].size:
                self._waiting.pop(0)
                self._offset = 0
        if missing:
            taken.append(self._silence[:missing])
        return np.concatenate(taken)

    def _head(self) -> Pcm:
        return self._waiting[0][self._offset :][: self._ramp.size]

    def _fade(self, tail: Pcm) -> Pcm:
        self._tail = None
        faded = self._silence.copy()
        faded[: tail.size] = (tail * self._ramp[: tail.size]).astype(np.int16)
        return faded
