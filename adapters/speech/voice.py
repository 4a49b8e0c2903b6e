"""The assistant's voice: sentence by sentence, remembered, and without the silence that synthesis begins with."""

from __future__ import annotations

import asyncio
import re
import threading
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, Protocol

from hibari import Hibari

from adapters.speech.espeak import EspeakVoice
from adapters.speech.pcm import VOICE_RATE, Pcm, from_floats, trim

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable

_BREATH: Final = re.compile(r"(?<=[.!?:;])\s+(?=\S)")
_PATIENCE_S: Final = 5.0
"""Somebody waits for the sentence."""
_FAILURES: Final = (RuntimeError, OSError, ValueError, KeyError, IndexError, TimeoutError)
_FULL_SAMPLES: Final = 6 * 60 * VOICE_RATE
"""What is remembered, in samples: six minutes of speech, 17 MB."""


class Synthesizer(Protocol):
    """Text to 24 kHz speech. Blocks; raises where it cannot."""

    def synthesize(self, text: str) -> Pcm:
        """One sentence."""
        ...


class VoiceFailedError(Exception):
    """Neither voice can say it."""


class HibariVoice:
    """hibari's American voice, from the model in its wheel: about 12 ms a phrase."""

    def __init__(self) -> None:
        self._model = Hibari(threads=1)
        self.synthesize("Ready.")

    def synthesize(self, text: str) -> Pcm:
        """One sentence at VOICE_RATE."""
        return from_floats(self._model(text, seed=0))


def sentences(text: str) -> list[str]:
    """Text cut where a speaker would breathe: the shorter the first part, the sooner it is heard."""
    return [part for part in _BREATH.split(text.strip()) if part]


class Speaker:
    """One voice for all calls of a process, with a memory of what it said and a second voice to fall back to."""

    def __init__(
        self, voice: Synthesizer, fallback: Callable[[], Synthesizer], memory_samples: int = _FULL_SAMPLES
    ) -> None:
        self._voice = voice
        self._fallback = fallback
        self._memory: OrderedDict[str, Pcm] = OrderedDict()
        self._room = memory_samples
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="voice")

    @classmethod
    def embedded(cls) -> Speaker:
        """hibari, with espeak-ng behind it."""
        return cls(HibariVoice(), EspeakVoice)

    def say(self, sentence: str) -> Pcm:
        """One sentence's sound, trimmed. Blocks while it is made."""
        with self._lock:
            known = self._memory.get(sentence)
            if known is not None:
                self._memory.move_to_end(sentence)
                return known
        made = trim(self._synthesize(sentence), VOICE_RATE)
        self._remember(sentence, made)
        return made

    def warm(self, texts: Iterable[str]) -> list[Future[Pcm]]:
        """Make sentences that may soon be needed, on the voice's own thread."""
        return [self._pool.submit(self.say, sentence) for text in texts for sentence in sentences(text)]

    async def stream(self, text: str) -> AsyncIterator[Pcm]:
        """Each sentence as soon as it is ready, the next being made meanwhile. Raises VoiceFailedError."""
        for made in self.warm([text]):
            try:
                yield made.result() if made.done() else await asyncio.wait_for(asyncio.wrap_future(made), _PATIENCE_S)
            except _FAILURES as error:
                raise VoiceFailedError(type(error).__name__) from error

    def close(self) -> None:
        """Stop making."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _synthesize(self, sentence: str) -> Pcm:
        try:
            return self._voice.synthesize(sentence)
        except _FAILURES:
            # a voice that fails on one sentence must not silence the assistant
            return self._fallback().synthesize(sentence)

    def _remember(self, sentence: str, made: Pcm) -> None:
        with self._lock:
            self._memory[sentence] = made
            while len(self._memory) > 1 and sum(pcm.size for pcm in self._memory.values()) > self._room:
                self._memory.popitem(last=False)
