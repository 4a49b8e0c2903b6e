"""Listening to one caller: detector, two ears and endpointing, fed with 10 ms frames, telling what it hears.

Nothing here has an effect on the world: a guess is forgotten as easily as it was made. Runs on one event loop.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from adapters.speech.code_ear import CodeEar
from adapters.speech.endpoint import NOTHING, EndpointSettings, Reading, decide
from adapters.speech.moonshine import EarFailedError
from adapters.speech.noise import is_noise
from adapters.speech.sounds import Deaf, Dismissed, Guessed, Heard, Marks, Resumed, Started, Suspected
from adapters.speech.vad import FRAME, Change, SpeechDetector
from domain.understanding import Intent

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from adapters.speech.endpoint import Decision
    from adapters.speech.moonshine import MoonshineEar
    from adapters.speech.pcm import Pcm
    from adapters.speech.sounds import Sound
    from adapters.speech.sphinx import Hypothesis, SphinxEar, SphinxService
    from domain.understanding import Understanding

_FEED_FRAMES: Final = 3
_EAR_LAG_MS: Final = 60
"""The second ear's newest words may be this much behind the sound before its silence counts as assent."""


@dataclass(frozen=True, slots=True)
class LanguageFiles:
    """What the second ear knows: an ARPA language model and a pronunciation dictionary."""

    language: Path
    dictionary: Path


@dataclass(frozen=True, slots=True)
class Ears:
    """The recognisers that all calls of a process share, and what this call listens for.

    `awaits_code`: whether digits are a one-time code just now. `patience_s`: how long the first ear may take.
    """

    first: MoonshineEar
    second: SphinxService | None
    files: LanguageFiles | None
    awaits_code: Callable[[], bool] = lambda: False
    patience_s: float = 15.0


class Listener:
    """One caller's ear. `push` frames in; `on_sound` is called on the loop's thread as things are heard."""

    def __init__(
        self,
        ears: Ears,
        understand: Callable[[str], Understanding],
        on_sound: Callable[[Sound], None],
        settings: EndpointSettings | None = None,
        detector: SpeechDetector | None = None,
    ) -> None:
        self._ears = ears
        self._understand = understand
        self._on_sound = on_sound
        self._settings = settings or EndpointSettings()
        self._detector = detector or SpeechDetector()
        self._code_ear = CodeEar(ears.first, ears.second, understand)
        self._loop = asyncio.get_running_loop()
        self._second: SphinxEar | None = None
        self._rest = np.zeros(0, np.int16)
        self._unfed: list[Pcm] = []
        self._utterance = 0
        self._length_ms = 0
        self._guess: asyncio.Task[None] | None = None
        self._guess_at_ms = 0
        self._read: Reading | None = None
        self._again: asyncio.Task[None] | None = None
        self._witness: Reading | None = None
        self._second_read = NOTHING
        self._second_ms = 0
        self._second_news = asyncio.Event()
        self._told: Decision | None = None
        self._marks = Marks()
        self.listen_for(ears.files)

    def listen_for(self, files: LanguageFiles | None) -> None:
        """Give the second ear a language model; without one the first ear listens alone."""
        if self._second is not None:
            self._second.close()
        self._second = None
        if files is not None and self._ears.second is not None:
            self._second = self._ears.second.open(files.language, files.dictionary, self._from_second)

    @property
    def speaking(self) -> bool:
        """Whether an utterance is under way."""
        return self._detector.activity.speaking

    @property
    def voiced_ms(self) -> int:
        """How much of the present utterance was voice."""
        return self._detector.activity.voiced_ms

    @property
    def silence_ms(self) -> int:
        """For how long nothing more was said."""
        return self._detector.activity.silence_ms

    def push(self, pcm: Pcm) -> None:
        """Any amount of sound at 16 kHz."""
        waiting = np.concatenate([self._rest, pcm]) if self._rest.size else pcm
        whole = waiting.size // FRAME * FRAME
        for start in range(0, whole, FRAME):
            self._push_frame(waiting[start : start + FRAME])
        self._rest = waiting[whole:]

    async def settle(self, timeout_s: float) -> None:
        """Let both ears catch up with what was pushed: for sound that comes faster than real time."""
        async with asyncio.timeout(timeout_s):
            if self._guess is not None and self.speaking:
                await asyncio.wait({self._guess})
                if self._again is not None:
                    await asyncio.wait({self._again})
                fed_ms = self._length_ms - len(self._unfed) * 10
                while self._second is not None and self.speaking and self._second_ms < min(fed_ms, self._guess_at_ms):
                    self._second_news.clear()
                    await self._second_news.wait()

    def close(self) -> None:
        """Stop listening."""
        self._forget_guess()
        if self._second is not None:
            self._second.close()

    def _push_frame(self, frame: Pcm) -> None:
        change = self._detector.push(frame)
        if change is Change.SUSPECTED:
            self._on_sound(Suspected())
        elif change is Change.STARTED:
            self._begin()
        elif self.speaking:
            self._length_ms += 10
            self._feed(frame)
        if self.speaking:
            self._consider()

    def _begin(self) -> None:
        # tell first: holding the assistant's tongue must not wait for a recogniser
        self._on_sound(Started())
        said = self._detector.audio()
        self._length_ms = said.size * 1000 // (FRAME * 100)
        self._forget_guess()
        self._second_read, self._second_ms, self._unfed = NOTHING, 0, []
        if self._second is not None:
            self._utterance = self._second.start()
            self._second.feed(said)

    def _feed(self, frame: Pcm) -> None:
        if self._second is None:
            return
        self._unfed.append(frame)
        if len(self._unfed) >= _FEED_FRAMES or self.silence_ms in (self._settings.early_guess, self._settings.guess):
            self._second.feed(np.concatenate(self._unfed))
            self._unfed = []

    def _consider(self) -> None:
        silence = self.silence_ms
        if self._guess is not None and silence < self._settings.resumed:
            self._forget_guess()
            self._on_sound(Resumed())
        if self._guess is None and (silence >= self._guess_after() or self._length_ms >= self._settings.longest):
            self._guess_at_ms = self._length_ms
            self._marks = Marks(guess_at=time.monotonic())
            self._guess = self._loop.create_task(self._transcribe(self._detector.audio()))
        if self._read is not None:
            self._hear_again(self._read)
            self._weigh(self._read)

    def _hear_again(self, first: Reading) -> None:
        """What may be a code is heard more than once: at once where the turn could end, else when nothing follows."""
        wish = first.meaning.complete and first.meaning.intent is not Intent.UNKNOWN
        due = wish or self.silence_ms >= self._settings.again
        if self._again is None and due and self._ears.awaits_code():
            self._again = self._loop.create_task(self._rehear(self._detector.audio(), first))

    async def _rehear(self, said: Pcm, first: Reading) -> None:
        try:
            async with asyncio.timeout(self._ears.patience_s):
                self._read, self._witness = await self._code_ear.hear(said, first, lambda: self._second_read)
        except (EarFailedError, TimeoutError):
            self._give_up()

    def _give_up(self) -> None:
        """What was said is lost: the second ear alone is not believed."""
        if not self.speaking:
            return
        self._detector.reset()
        self._clear()
        self._on_sound(Deaf())

    def _guess_after(self) -> int:
        sure = self._second_read.meaning.complete and not self._second_read.meaning.open_ended
        return self._settings.early_guess if sure else self._settings.guess

    async def _transcribe(self, said: Pcm) -> None:
        try:
            async with asyncio.timeout(self._ears.patience_s):
                text = await asyncio.wrap_future(self._ears.first.submit(said))
        except (EarFailedError, TimeoutError):
            self._give_up()
            return
        self._read = Reading(text, self._understand(text)) if text else NOTHING
        self._marks = replace(self._marks, guessed_at=time.monotonic())
        if self.speaking:
            self._hear_again(self._read)
            self._weigh(self._read)

    def _from_second(self, found: Hypothesis) -> None:
        self._loop.call_soon_threadsafe(self._take_second, found)

    def _take_second(self, found: Hypothesis) -> None:
        if found.utterance != self._utterance or not self.speaking:
            return
        self._second_news.set()
        self._second_ms = found.samples * 1000 // (FRAME * 100)
        if found.text != self._second_read.text:
            self._second_read = Reading(found.text, self._understand(found.text)) if found.text else NOTHING
        if self._read is not None:
            self._weigh(self._read)

    def _weigh(self, first: Reading) -> None:
        if self._again is not None and not self._again.done():
            return
        caught_up = self._second_ms >= self._guess_at_ms - _EAR_LAG_MS
        second = self._witness or (self._second_read if caught_up else NOTHING)
        decision = decide(first, second, self._settings)
        if decision != self._told:
            self._told = decision
            self._marks = replace(self._marks, decided_at=time.monotonic())
            self._on_sound(Guessed(decision))
        once_more = bool(first.text) and self._again is None and self._ears.awaits_code()
        over = self.silence_ms >= decision.silence_ms and self._detector.activity.agreed and not once_more
        if over or self._length_ms >= self._settings.longest:
            self._finish(decision, first)

    def _finish(self, decision: Decision, first: Reading) -> None:
        activity, silence = self._detector.activity, self.silence_ms
        noise = is_noise(decision, activity.voiced_ms, activity.surest, activity.above_floor_db)
        second = self._second_read.text
        self._detector.reset()
        self._forget_guess()
        if noise:
            self._on_sound(Dismissed())
            return
        self._on_sound(
            Heard(
                text=decision.text,
                meaning=decision.meaning,
                agreed=decision.agreed,
                marks=replace(self._marks, ended_at=time.monotonic() - silence / 1000),
                silence_ms=silence,
                first=first.text,
                second=second,
            )
        )

    def _forget_guess(self) -> None:
        for task in (self._guess, self._again):
            if task is not None:
                task.cancel()
        self._clear()

    def _clear(self) -> None:
        self._guess, self._again, self._read, self._witness, self._told = None, None, None, None, None
