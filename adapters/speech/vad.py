"""When somebody speaks and for how long they have been silent: a model's windows and the energy between them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

import numpy as np
from livekit.local_inference import VAD, VAD_WINDOW_SAMPLES

from adapters.speech.pcm import EAR_RATE, Pcm, level_db

if TYPE_CHECKING:
    from collections.abc import Callable

FRAME: Final = EAR_RATE // 100
"""Samples of the 10 ms frames that everything is counted in."""
WINDOW_MS: Final = VAD_WINDOW_SAMPLES * 1000 // EAR_RATE
_FRAME_MS: Final = 10


@dataclass(frozen=True, slots=True)
class VadSettings:
    """Thresholds on the model's probability, and on loudness in dB. Tuned on synthetic voices."""

    on: float = 0.5
    off: float = 0.35
    hint: float = 0.3
    """Enough to hold one's tongue for a moment: words begin less surely than they go on."""
    start_ms: int = 64
    agree_ms: int = 32
    drop_db: float = 32.0
    above_floor_db: float = 9.0
    prefix_ms: int = 300


class Change(Enum):
    """What a frame brought."""

    SUSPECTED = auto()
    """One window of what may be speech: enough to hold one's tongue, not enough to listen."""
    STARTED = auto()


class Activity:
    """The state of speech and silence, fed with numbers alone.

    Energy knows within 10 ms that sound has stopped, the model knows what was speech: silence is the longer of both
    counts, and only both together may end a turn (`agreed`).
    """

    def __init__(self, settings: VadSettings) -> None:
        self._settings = settings
        self._floor_db = 26.0
        self.reset()

    def reset(self) -> None:
        """Wait for the next utterance; the noise floor stays known."""
        self.speaking = False
        self.voiced_ms = 0
        self.surest = 0.0
        self.loudest_db = 0.0
        self._run_ms = 0
        self._hinted = False
        self._model_silence_ms = 0
        self._energy_silence_ms = 0

    @property
    def silence_ms(self) -> int:
        """How long nothing has been said within an utterance."""
        return max(self._model_silence_ms, self._energy_silence_ms) if self.speaking else 0

    @property
    def agreed(self) -> bool:
        """Whether the model, too, has heard that speech stopped."""
        return self._model_silence_ms >= self._settings.agree_ms

    @property
    def above_floor_db(self) -> float:
        """How far the utterance stood out from what the room sounds like."""
        return self.loudest_db - self._floor_db

    def loudness(self, db: float) -> None:
        """One 10 ms frame's level."""
        self.loudest_db = max(self.loudest_db - 0.02, db)
        if not self.speaking:
            self._floor_db += 0.05 * (min(db, self._floor_db + 6.0) - self._floor_db)
        threshold = max(self.loudest_db - self._settings.drop_db, self._floor_db + self._settings.above_floor_db)
        self._energy_silence_ms = 0 if db > threshold else self._energy_silence_ms + _FRAME_MS

    def probability(self, speech: float) -> Change | None:
        """One model window's probability of speech."""
        if speech < (self._settings.off if self.speaking else self._settings.on):
            self._quiet_window()
            return self._hint(speech)
        self._model_silence_ms = 0
        self._run_ms += WINDOW_MS
        self.voiced_ms += WINDOW_MS
        self.surest = max(self.surest, speech)
        if self.speaking:
            return None
        if self._run_ms >= self._settings.start_ms:
            self.speaking = True
            return Change.STARTED
        return Change.SUSPECTED

    def _hint(self, speech: float) -> Change | None:
        # once a sound: what stays doubtful must not hold the assistant up again and again
        before, self._hinted = self._hinted, speech >= self._settings.hint
        return Change.SUSPECTED if self._hinted and not before and not self.speaking else None

    def _quiet_window(self) -> None:
        self._model_silence_ms += WINDOW_MS
        self._run_ms = 0
        if not self.speaking:
            self.voiced_ms, self.surest = 0, 0.0
            if self._model_silence_ms > self._settings.prefix_ms:
                self.loudest_db = 0.0


class SpeechDetector:
    """Cuts utterances out of a stream of 10 ms frames."""

    def __init__(self, settings: VadSettings | None = None, predict: Callable[[Pcm], float] | None = None) -> None:
        """`predict` gives the probability of speech in one window; by default the built-in Silero model."""
        self._settings = settings or VadSettings()
        self._predict = predict or VAD().predict
        self.activity = Activity(self._settings)
        self._window: list[Pcm] = []
        self._windowed = 0
        self._before: list[Pcm] = []
        self._heard: list[Pcm] = []

    def push(self, frame: Pcm) -> Change | None:
        """Take 10 ms at 16 kHz."""
        self.activity.loudness(level_db(frame))
        if self.activity.speaking:
            self._heard.append(frame)
        else:
            self._before = [*self._before, frame][-self._settings.prefix_ms // _FRAME_MS :]
        change = self._advance(frame)
        if change is Change.STARTED:
            self._heard = list(self._before)
        return change

    def audio(self) -> Pcm:
        """The utterance so far, with a little of what came before it."""
        return np.concatenate(self._heard) if self._heard else np.zeros(0, np.int16)

    def reset(self) -> None:
        """Forget the utterance."""
        self.activity.reset()
        self._heard, self._before = [], []

    def _advance(self, frame: Pcm) -> Change | None:
        self._window.append(frame)
        self._windowed += frame.size
        if self._windowed < VAD_WINDOW_SAMPLES:
            return None
        gathered = np.concatenate(self._window)
        rest = gathered[VAD_WINDOW_SAMPLES:]
        self._window, self._windowed = [rest], rest.size
        return self.activity.probability(self._predict(gathered[:VAD_WINDOW_SAMPLES]))
