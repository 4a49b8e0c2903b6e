"""LiveKit's speech-to-text plug-in that owns detector, both ears and the end of the turn (`turn_detection="stt"`).

The session is told masked words only. What was heard, and what it means, goes to `on_sound`.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from livekit.agents import DEFAULT_API_CONNECT_OPTIONS, NOT_GIVEN, APIConnectOptions, NotGivenOr, stt
from livekit.agents.stt import SpeechData, SpeechEvent, SpeechEventType, STTCapabilities

from adapters.speech.listener import Listener
from adapters.speech.pcm import EAR_RATE, from_bytes
from adapters.speech.sounds import Guessed, Heard, Sound, Started

if TYPE_CHECKING:
    from collections.abc import Callable

    from livekit.agents.utils import AudioBuffer

    from adapters.speech.endpoint import EndpointSettings
    from adapters.speech.listener import Ears, LanguageFiles
    from domain.understanding import Understanding


class TwoEarSTT(stt.STT[str]):
    """One call's ears. `understand` and `mask` may be replaced while it runs, as the session's names become known."""

    def __init__(
        self,
        ears: Ears,
        understand: Callable[[str], Understanding],
        mask: Callable[[str], str],
        on_sound: Callable[[Sound], None],
        settings: EndpointSettings | None = None,
    ) -> None:
        super().__init__(capabilities=STTCapabilities(streaming=True, interim_results=True))
        self.ears = ears
        self.understand = understand
        self.mask = mask
        self.on_sound = on_sound
        self.settings = settings
        self.listener: Listener | None = None

    @property
    def model(self) -> str:
        """Names both ears."""
        return "moonshine-tiny-en+pocketsphinx"

    @property
    def provider(self) -> str:
        """No service is asked."""
        return "embedded"

    def stream(
        self,
        *,
        language: NotGivenOr[str] = NOT_GIVEN,  # noqa: ARG002 - both ears know English alone
        conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS,
    ) -> stt.RecognizeStream:
        """Listen to one stream of sound."""
        return _TwoEarStream(self, conn_options)

    def listen_for(self, files: LanguageFiles) -> None:
        """Give the second ear its language model; a stream that already listens gets it too."""
        self.ears = replace(self.ears, files=files)
        if self.listener is not None:
            self.listener.listen_for(files)

    async def _recognize_impl(
        self,
        buffer: AudioBuffer,
        *,
        language: NotGivenOr[str] = NOT_GIVEN,  # noqa: ARG002
        conn_options: APIConnectOptions,  # noqa: ARG002
    ) -> SpeechEvent:
        frames = buffer if isinstance(buffer, list) else [buffer]
        text = "".join([self.mask(self.ears.first.transcribe(from_bytes(bytes(frame.data)))) for frame in frames])
        return SpeechEvent(SpeechEventType.FINAL_TRANSCRIPT, alternatives=[_words(text, 0.5)])


class _TwoEarStream(stt.RecognizeStream):
    def __init__(self, plugin: TwoEarSTT, conn_options: APIConnectOptions) -> None:
        super().__init__(  # pyright: ignore[reportUnknownMemberType]
            stt=plugin, conn_options=conn_options, sample_rate=EAR_RATE
        )
        self._plugin = plugin

    async def _run(self) -> None:
        listener = Listener(self._plugin.ears, self._meaning, self._sound, self._plugin.settings)
        self._plugin.listener = listener
        try:
            async for item in self._input_ch:
                if not isinstance(item, self._FlushSentinel):
                    listener.push(from_bytes(bytes(item.data)))
        finally:
            listener.close()
            self._plugin.listener = None

    def _meaning(self, text: str) -> Understanding:
        return self._plugin.understand(text)

    def _sound(self, sound: Sound) -> None:
        self._plugin.on_sound(sound)
        if isinstance(sound, Started):
            self._event_ch.send_nowait(SpeechEvent(SpeechEventType.START_OF_SPEECH))
        elif isinstance(sound, Guessed) and sound.decision.meaning.complete:
            self._tell(SpeechEventType.PREFLIGHT_TRANSCRIPT, sound.decision.text, sound.decision.meaning.confidence)
        elif isinstance(sound, Heard):
            self._tell(SpeechEventType.FINAL_TRANSCRIPT, sound.text, sound.meaning.confidence)
            ended_at = time.time() - sound.silence_ms / 1000
            self._event_ch.send_nowait(SpeechEvent(SpeechEventType.END_OF_SPEECH, speech_end_time=ended_at))

    def _tell(self, kind: SpeechEventType, text: str, confidence: float) -> None:
        masked = self._plugin.mask(text)
        if masked:
            self._event_ch.send_nowait(SpeechEvent(kind, alternatives=[_words(masked, confidence)]))


def _words(text: str, confidence: float) -> SpeechData:
    return SpeechData(language="en", text=text, confidence=confidence)  # pyright: ignore[reportArgumentType]
