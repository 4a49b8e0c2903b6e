"""The assistant's mouth in a LiveKit session: speaks, holds its tongue on a hint of speech, and goes on or stops."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from livekit import rtc
from opentelemetry import context as contexts

from adapters.saying.ear import for_the_ear
from adapters.speech.barge import BargeIn, Hold
from adapters.speech.pcm import ROOM_RATE, VOICE_RATE, resample
from adapters.speech.sounds import Deaf, Dismissed, Guessed, Heard, Sound, Started, Suspected
from adapters.speech.voice import VoiceFailedError
from runtime.telemetry import tracer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from livekit.agents import AgentSession, SpeechHandle
    from opentelemetry.context import Context

    from adapters.speech.audio_out import PacedOutput
    from adapters.speech.listener import Listener
    from adapters.speech.pcm import Pcm
    from adapters.speech.voice import Speaker

_FIRST_PART_MS: Final = 20
_PART_MS: Final = 200
_DOUBT_TICK_MS: Final = 20


class SessionMouth:
    """Implements `voice_worker.ports.Mouth`. `listener` gives the call's ear, once it is there."""

    def __init__(
        self,
        session: AgentSession[None],
        output: PacedOutput,
        speaker: Speaker,
        listener: Callable[[], Listener | None],
        on_voice: Callable[[bool], None] = lambda _works: None,
    ) -> None:
        """`on_voice` is called with True when the first sound of something is at hand, with False where it fails."""
        self._session = session
        self._output = output
        self._speaker = speaker
        self._listener = listener
        self._on_voice = on_voice
        self._barge = BargeIn()
        self._doubt: asyncio.Task[None] | None = None
        self._newest: SpeechHandle | None = None

    def say(self, text: str, speech: str) -> None:
        """Queue speech behind what is being said. While the customer speaks it is held back."""
        listener = self._listener()
        if listener is not None and listener.speaking:
            self._apply(self._barge.suspected(sounding=True))
        # own rules for interruptions: see BargeIn
        self._newest = self._session.say(
            text,
            audio=self._frames(for_the_ear(speech), contexts.get_current()),
            allow_interruptions=False,
            add_to_chat_ctx=False,
        )

    @property
    def idle(self) -> bool:
        """Whether nothing is being said, and nothing heard."""
        listener = self._listener()
        said = self._newest is None or self._newest.done() is True
        return said and not self._output.sounding and not (listener is not None and listener.speaking)

    async def finished(self) -> None:
        """Wait until everything that was queued has been said."""
        if self._newest is not None:
            await self._newest.wait_for_playout()

    def hush(self) -> None:
        """Drop everything that is being said or queued."""
        self._session.interrupt(force=True)
        self._output.resume()

    def hear(self, sound: Sound) -> None:
        """React to the customer's voice."""
        if isinstance(sound, Suspected | Started):
            self._apply(self._barge.suspected(sounding=self._output.sounding))
        elif isinstance(sound, Guessed):
            listener = self._listener()
            self._apply(self._barge.guessed(sound.decision, listener.silence_ms if listener else 0))
        elif isinstance(sound, Heard | Dismissed | Deaf):
            self._apply(self._barge.finished(heard=isinstance(sound, Heard)))

    def _apply(self, hold: Hold | None) -> None:
        if hold is Hold.PAUSE:
            self._output.pause()
            self._doubt = asyncio.get_running_loop().create_task(self._make_sure())
        elif hold is Hold.RESUME:
            self._output.resume()
        elif hold is Hold.DROP:
            self.hush()

    async def _make_sure(self) -> None:
        while self._barge.doubting:
            await asyncio.sleep(_DOUBT_TICK_MS / 1000)
            listener = self._listener()
            self._apply(
                self._barge.passed(
                    _DOUBT_TICK_MS,
                    speaking=listener is not None and listener.speaking,
                    voiced_ms=listener.voiced_ms if listener else 0,
                )
            )

    async def _frames(self, speech: str, asked_by: Context) -> AsyncIterator[rtc.AudioFrame]:
        # made current nowhere: whoever takes the frames may let them go in another context
        span = tracer().start_span("tts_stream", asked_by)
        try:
            async for sentence in self._speaker.stream(speech):
                self._on_voice(True)  # noqa: FBT003
                for part in _parts(resample(sentence, VOICE_RATE, ROOM_RATE)):
                    yield rtc.AudioFrame(part.tobytes(), ROOM_RATE, 1, part.size)
        except VoiceFailedError:  # the words are on the screen
            self._on_voice(False)  # noqa: FBT003
        finally:
            span.end()


def _parts(pcm: Pcm) -> list[Pcm]:
    """A short first part, so that sound leaves at once, then longer ones."""
    first, step = ROOM_RATE * _FIRST_PART_MS // 1000, ROOM_RATE * _PART_MS // 1000
    return [pcm[:first], *(pcm[start : start + step] for start in range(first, pcm.size, step))]
