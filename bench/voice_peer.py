"""The named peer: livekit-agents with its own detector, endpointing, turn detector and output, our ear and our voice.

Its answer is at hand: no workflow, no bank.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from livekit import api, rtc
from livekit.agents import (
    DEFAULT_API_CONNECT_OPTIONS,
    Agent,
    AgentServer,
    AgentSession,
    JobContext,
    JobExecutorType,
    StopResponse,
    inference,
    stt,
    tts,
)

from adapters.livekit.keys import read_key
from adapters.speech.moonshine import MoonshineEar
from adapters.speech.pcm import EAR_RATE, VOICE_RATE, from_bytes, resample, trim
from adapters.speech.voice import HibariVoice
from runtime.settings import settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from livekit.agents.utils import AudioBuffer

AGENT = "bench-peer"
_ANSWER = "Your checking balance is four thousand two hundred and eleven dollars."


class Ear(stt.STT[str]):
    """Moonshine on whole utterances; the library streams to it through its own detector."""

    def __init__(self) -> None:
        super().__init__(capabilities=stt.STTCapabilities(streaming=False, interim_results=False))
        self._ear = MoonshineEar()

    async def _recognize_impl(self, buffer: AudioBuffer, **_: object) -> stt.SpeechEvent:
        frame = rtc.combine_audio_frames(buffer)
        pcm = resample(from_bytes(bytes(frame.data)), frame.sample_rate, EAR_RATE)
        text = await asyncio.wrap_future(self._ear.submit(pcm))
        words = stt.SpeechData(language="en", text=text)
        return stt.SpeechEvent(stt.SpeechEventType.FINAL_TRANSCRIPT, alternatives=[words])


class Voice(tts.TTS):
    """hibari, trimmed like ours."""

    def __init__(self) -> None:
        super().__init__(capabilities=tts.TTSCapabilities(streaming=False), sample_rate=VOICE_RATE, num_channels=1)
        self.voice = HibariVoice()
        self.pool = ThreadPoolExecutor(1)

    def synthesize(self, text: str, *, conn_options: Any = DEFAULT_API_CONNECT_OPTIONS) -> tts.ChunkedStream:  # noqa: ANN401
        """One sentence."""
        return _Spoken(tts=self, input_text=text, conn_options=conn_options)


class _Spoken(tts.ChunkedStream):
    async def _run(self, output_emitter: tts.AudioEmitter) -> None:
        voice: Any = self._tts
        output_emitter.initialize(
            request_id=uuid.uuid4().hex, sample_rate=VOICE_RATE, num_channels=1, mime_type="audio/pcm"
        )
        pcm = await asyncio.get_running_loop().run_in_executor(voice.pool, voice.voice.synthesize, self.input_text)
        output_emitter.push(trim(pcm, VOICE_RATE).tobytes())
        output_emitter.flush()


class Answering(Agent):
    """Says the same to everything."""

    async def on_user_turn_completed(self, turn_ctx: Any, new_message: Any) -> None:  # noqa: ANN401, ARG002
        """Answer without a model."""
        self.session.say(_ANSWER)
        raise StopResponse


def peer_ticket(agent: str) -> tuple[str, str]:
    """Address and token of a room that brings the peer's agent along."""
    key = read_key(settings().livekit_key_file)
    dispatch = api.RoomConfiguration(agents=[api.RoomAgentDispatch(agent_name=agent)])
    token = api.AccessToken(key.key, key.secret).with_identity("caller").with_room_config(dispatch)
    grants = api.VideoGrants(room_join=True, room=f"bench_{uuid.uuid4().hex}")
    return settings().livekit_url, token.with_grants(grants).to_jwt()


@contextmanager
def serving_peer() -> Iterator[str]:
    """The peer's worker in a process of its own."""
    process = subprocess.Popen([sys.executable, __file__], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None  # noqa: S101
    while "ready" not in (line := process.stdout.readline()):
        if not line:
            raise RuntimeError("the peer did not start")
    time.sleep(1)
    try:
        yield AGENT
    finally:
        process.terminate()
        process.wait(timeout=20)


async def main() -> None:
    """Serve until terminated."""
    ear, voice = Ear(), Voice()
    key = read_key(settings().livekit_key_file)
    server = AgentServer(
        job_executor_type=JobExecutorType.THREAD,
        host="127.0.0.1",
        port=0,
        num_idle_processes=0,
        load_fnc=lambda: 0.0,
        ws_url=settings().livekit_url,
        api_key=key.key,
        api_secret=key.secret,
    )

    async def entry(context: JobContext) -> None:
        session: AgentSession[None] = AgentSession(
            stt=ear,
            tts=voice,
            vad=inference.VAD(model="silero"),
            turn_handling={
                "turn_detection": inference.TurnDetector(version="v1-mini"),
                "interruption": {"mode": "vad"},
            },
        )
        await session.start(Answering(instructions=""), room=context.room, session_host=False, record=False)
        session.say("Hello. How can I help?")

    server.rtc_session(entry, agent_name=AGENT)
    server.on("worker_registered", lambda *_: print("ready", flush=True))
    await server.run()


if __name__ == "__main__":
    asyncio.run(main())
