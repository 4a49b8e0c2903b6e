"""The assistant's track: one 10 ms frame every 10 ms, silence included, with nothing queued behind it.

The library's own output queues 200 ms and cuts frames of 50: too much to fall silent when the caller speaks.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from livekit import rtc
from livekit.agents.voice.io import AudioOutput, AudioOutputCapabilities

from adapters.speech.pcm import ROOM_RATE, from_bytes
from adapters.speech.playback import Mark, Playback

if TYPE_CHECKING:
    from collections.abc import Callable

_FRAME: Final = ROOM_RATE // 100
_TICK_S: Final = 0.010
_LATE_S: Final = 0.050


class PacedOutput(AudioOutput):
    """A sink for AgentSession.output.audio. `first_sound` is called when a segment's first frame leaves."""

    def __init__(self, first_sound: Callable[[], None] | None = None) -> None:
        super().__init__(label="paced", capabilities=AudioOutputCapabilities(pause=True), sample_rate=ROOM_RATE)
        self._source = rtc.AudioSource(ROOM_RATE, 1, queue_size_ms=0)
        self._playback = Playback(_FRAME)
        self._pacing: asyncio.Task[None] | None = None
        self._first_sound = first_sound

    async def publish(self, room: rtc.Room) -> None:
        """Publish the track and start its clock."""
        track = rtc.LocalAudioTrack.create_audio_track("assistant", self._source)
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
        await room.local_participant.publish_track(track, options)
        self._pacing = asyncio.create_task(self._pace())

    @property
    def sounding(self) -> bool:
        """Whether the caller hears the assistant just now."""
        return self._playback.sounding

    @property
    def busy(self) -> bool:
        """Whether a segment is open, sounding or paused."""
        return self._playback.active

    async def capture_frame(self, frame: rtc.AudioFrame) -> None:
        """Take sound at ROOM_RATE, faster than real time."""
        await super().capture_frame(frame)
        self._playback.add(from_bytes(bytes(frame.data)))

    def flush(self) -> None:
        """The segment is complete."""
        super().flush()
        self._playback.complete()

    def clear_buffer(self) -> None:
        """Stop at once."""
        played = self._playback.played
        if self._playback.clear():
            self.on_playback_finished(playback_position=played / ROOM_RATE, interrupted=True)

    def pause(self) -> None:
        """Hold one's tongue."""
        super().pause()
        self._playback.pause()

    def resume(self) -> None:
        """Go on where it stopped."""
        super().resume()
        self._playback.resume()

    async def aclose(self) -> None:
        """Stop the clock."""
        if self._pacing is not None:
            self._pacing.cancel()
            with suppress(asyncio.CancelledError):
                await self._pacing
        await self._source.aclose()

    async def _pace(self) -> None:
        due = time.monotonic()
        while True:
            pcm, mark = self._playback.pull()
            if mark is not None:
                self._tell(mark)
            await self._source.capture_frame(rtc.AudioFrame(pcm.tobytes(), ROOM_RATE, 1, _FRAME))
            due += _TICK_S
            now = time.monotonic()
            due = now if now - due > _LATE_S else due
            await asyncio.sleep(max(0.0, due - now))

    def _tell(self, mark: Mark) -> None:
        if mark is Mark.FIRST:
            self.on_playback_started(created_at=time.time())
            if self._first_sound is not None:
                self._first_sound()
        else:
            self.on_playback_finished(playback_position=self._playback.played / ROOM_RATE, interrupted=False)
