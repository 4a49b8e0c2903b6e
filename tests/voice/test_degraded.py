"""A part of the pipeline that fails: said once, shown, and taken back when it works again."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest

from adapters.speech.listener import Ears, Listener
from adapters.speech.moonshine import EarFailedError, MoonshineEar
from adapters.speech.pcm import VOICE_RATE, Pcm
from adapters.speech.sounds import Deaf, Heard
from adapters.speech.voice import Speaker
from adapters.speech.whole import hear
from domain.understanding import Intent
from tests.fakes.conversation import Recorder
from tests.voice.sounds import said
from voice_worker.degraded import CANT_HEAR, HEARING, HEARS_AGAIN, SPEECH, Degraded
from voice_worker.mouth import SessionMouth

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from concurrent.futures import Future

    from livekit import rtc

    from adapters.understanding.understander import Understander

PAY = "pay Sarah Chen twenty five dollars"


class FailingEar(MoonshineEar):
    """The real ear, which fails, or never answers, as often as it is told to."""

    def __init__(self) -> None:
        self.fails = 0
        self.hangs = 0
        self.woken = threading.Event()
        super().__init__()

    def transcribe(self, pcm: Pcm) -> str:
        if self.fails:
            self.fails -= 1
            raise EarFailedError("no more memory")
        return super().transcribe(pcm)

    def submit(self, pcm: Pcm) -> Future[str]:
        if self.hangs:
            self.hangs -= 1
            self._pool.submit(self.woken.wait)
        return super().submit(pcm)


@pytest.fixture
def ear() -> Iterator[FailingEar]:
    made = FailingEar()
    yield made
    made.woken.set()
    made.close()


async def test_an_ear_that_failed_loses_the_sentence_and_hears_the_next_one(
    ears: Ears, ear: FailingEar, understander: Understander
) -> None:
    ear.fails = 1
    own = replace(ears, first=ear)
    lost = await hear(said(PAY), own, understander.understand)
    assert [type(sound) for sound in lost if isinstance(sound, Deaf | Heard)] == [Deaf]
    (heard,) = [sound for sound in await hear(said(PAY), own, understander.understand) if isinstance(sound, Heard)]
    assert heard.meaning.intent is Intent.PAY


async def test_an_ear_that_never_answers_is_given_up(ears: Ears, ear: FailingEar, understander: Understander) -> None:
    ear.hangs = 1
    sounds: list[object] = []
    listener = Listener(replace(ears, first=ear, patience_s=0.2), understander.understand, sounds.append)
    speech = np.concatenate([said(PAY), np.zeros(16_000, np.int16)])
    for start in range(0, speech.size - 160, 160):
        listener.push(speech[start : start + 160])
        await asyncio.sleep(0)
    async with asyncio.timeout(60):
        while not any(isinstance(sound, Deaf) for sound in sounds):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert not any(isinstance(sound, Heard) for sound in sounds)
    listener.close()


def test_a_failure_is_told_once_and_its_end_once() -> None:
    client = Recorder()
    degraded = Degraded("s1", client, client)
    for working in (True, False, False, True, True):
        degraded.works(HEARING, working=working)
    assert client.said == [CANT_HEAR, HEARS_AGAIN]
    told = [(shown["type"], shown["payload"]["part"], shown["payload"]["working"]) for shown in client.shown]
    assert told == [("degraded", "hearing", False), ("degraded", "hearing", True)]


def test_a_voice_that_failed_is_only_shown() -> None:
    client = Recorder()
    Degraded("s1", client, client).works(SPEECH, working=False)
    assert client.said == []
    assert "read my answers" in client.shown[0]["payload"]["message"]


class Mute:
    """A voice that can't say some words."""

    def synthesize(self, text: str) -> Pcm:
        if "fail" in text:
            raise RuntimeError("no")
        return np.full(VOICE_RATE // 10, 1000, np.int16)


@dataclass
class Room:
    """As much of a session and its output as a mouth needs: it plays at once whatever is said."""

    said: list[str] = field(default_factory=list[str])
    audio: list[AsyncIterator[rtc.AudioFrame]] = field(default_factory=list["AsyncIterator[rtc.AudioFrame]"])

    def say(self, text: str, *, audio: AsyncIterator[rtc.AudioFrame], **_: object) -> None:
        self.said.append(text)
        self.audio.append(audio)


async def frames_of(room: Room) -> list[int]:
    return [len([frame async for frame in audio]) for audio in room.audio]


async def test_when_no_voice_works_the_words_stay_and_the_next_sentence_is_tried_again() -> None:
    room, found = Room(), list[bool]()
    speaker = Speaker(Mute(), Mute)
    whatever = cast("Any", room)
    nobody = cast("Callable[[], None]", lambda: None)
    mouth = SessionMouth(whatever, whatever, speaker, nobody, found.append)
    for text in ("One.", "This will fail.", "Three."):
        mouth.say(text, text)
    counts = await frames_of(room)
    assert room.said == ["One.", "This will fail.", "Three."]
    assert [bool(count) for count in counts] == [True, False, True]
    assert found == [True, False, True]
    speaker.close()
