"""A customer in a room, for the command line, benches and tests: speaks in real time and listens to the answer."""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np
from livekit import rtc

from adapters.speech.pcm import ROOM_RATE, Pcm, from_bytes, rms

if TYPE_CHECKING:
    from collections.abc import Callable

MIC_RATE: Final = ROOM_RATE
HEARD_RATE: Final = 24_000
AUDIBLE_RMS: Final = 60.0
_FRAME: Final = MIC_RATE // 100
_TICK_S: Final = 0.010
_LATE_S: Final = 0.050
_ROOM_NOISE: Final = 3.0


class Caller:
    """Joins with a participant token. Times are on `time.monotonic`'s clock."""

    def __init__(self, on_message: Callable[[dict[str, Any]], None] | None = None) -> None:
        """`on_message` gets the data channel's messages."""
        self.room = rtc.Room()
        self.recorded: list[Pcm] = []
        """What the assistant's track carried, at HEARD_RATE."""
        self.heard_at = 0.0
        """When the assistant was last audible."""
        self.first_heard_at = 0.0
        """When the assistant was first audible since `listen_anew`."""
        self.agent_there = asyncio.Event()
        self._on_message = on_message
        self._source = rtc.AudioSource(MIC_RATE, 1, queue_size_ms=0)
        self._speech = np.zeros(0, np.int16)
        self._said = asyncio.Event()
        self._audible = asyncio.Event()
        self._ended_at = 0.0
        self._tasks: list[asyncio.Task[None]] = []
        self._noise = np.random.default_rng(0)

    async def join(self, url: str, token: str) -> Self:
        """Enter the room and publish a microphone that is never quite silent."""
        self.room.on("track_subscribed", self._subscribed)
        self.room.on("data_received", self._received)
        await self.room.connect(url, token)
        track = rtc.LocalAudioTrack.create_audio_track("microphone", self._source)
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
        await self.room.local_participant.publish_track(track, options)
        self._tasks.append(asyncio.create_task(self._speak()))
        return self

    async def say(self, pcm: Pcm) -> float:
        """Speak sound at MIC_RATE at its own pace; returns when its last sample left."""
        self._said.clear()
        self._speech = pcm
        await self._said.wait()
        return self._ended_at

    def start_saying(self, pcm: Pcm) -> float:
        """Begin to speak and return when the first sample leaves."""
        self._said.clear()
        self._speech = pcm
        return time.monotonic()

    def listen_anew(self) -> None:
        """Forget when the assistant was heard."""
        self.first_heard_at = 0.0
        self._audible.clear()

    async def first_sound(self, timeout_s: float) -> float:
        """When the assistant became audible since `listen_anew`. Raises TimeoutError."""
        async with asyncio.timeout(timeout_s):
            await self._audible.wait()
        return self.first_heard_at

    async def quiet(self, quiet_s: float, timeout_s: float) -> None:
        """Wait until the assistant has said nothing for so long. Raises TimeoutError."""
        begun = time.monotonic()
        async with asyncio.timeout(timeout_s):
            until = begun + quiet_s
            while until > time.monotonic():
                await asyncio.sleep(until - time.monotonic())
                until = max(begun, self.heard_at) + quiet_s

    async def send(self, message: dict[str, Any], topic: str) -> None:
        """Send on the data channel."""
        await self.room.local_participant.publish_data(json.dumps(message), reliable=True, topic=topic)

    async def leave(self) -> None:
        """Hang up."""
        for task in self._tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        await self.room.disconnect()
        await self._source.aclose()

    def _subscribed(self, track: rtc.Track, _publication: object, _participant: object) -> None:
        if track.kind == rtc.TrackKind.KIND_AUDIO:
            self._tasks.append(asyncio.ensure_future(self._listen(track)))

    async def _listen(self, track: rtc.Track) -> None:
        self.agent_there.set()
        stream = rtc.AudioStream(track, sample_rate=HEARD_RATE, num_channels=1)
        try:
            async for event in stream:
                self._hear(from_bytes(bytes(event.frame.data)))
        finally:
            await stream.aclose()

    def _hear(self, pcm: Pcm) -> None:
        self.recorded.append(pcm)
        if rms(pcm) > AUDIBLE_RMS:
            self.heard_at = time.monotonic()
            self.first_heard_at = self.first_heard_at or self.heard_at
            self._audible.set()

    def _received(self, packet: rtc.DataPacket) -> None:
        if self._on_message is not None:
            self._on_message(json.loads(packet.data))

    async def _speak(self) -> None:
        due = time.monotonic()
        while True:
            frame, last = self._next_frame()
            await self._source.capture_frame(rtc.AudioFrame(frame.tobytes(), MIC_RATE, 1, _FRAME))
            if last:
                self._ended_at = time.monotonic()
                self._said.set()
            due = max(due + _TICK_S, time.monotonic() - _LATE_S)
            await asyncio.sleep(max(0.0, due - time.monotonic()))

    def _next_frame(self) -> tuple[Pcm, bool]:
        if not self._speech.size:
            return (self._noise.standard_normal(_FRAME) * _ROOM_NOISE).astype(np.int16), False
        frame, self._speech = self._speech[:_FRAME], self._speech[_FRAME:]
        padded = np.pad(frame, (0, _FRAME - frame.size))
        return padded, not self._speech.size
