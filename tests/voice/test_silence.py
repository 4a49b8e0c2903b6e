"""A customer who says nothing, and a person of the bank in the room."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

import pytest

from domain.conversation import Expects
from domain.handovers import HandoverNews, Step
from domain.understanding import Intent, Understanding
from tests.fakes.conversation import reply
from tests.voice.test_dialogue import Scene
from voice_worker.company import Company
from voice_worker.silence import Quiet, mind_silence
from voice_worker.utterance import Utterance

if TYPE_CHECKING:
    from collections.abc import Callable

    from livekit import rtc


@pytest.mark.parametrize(
    ("quiet", "theirs", "expects", "asked"),
    [
        (Quiet(0.25, 60), True, Expects.ANYTHING, True),
        (Quiet(0.25, 60), False, Expects.ANYTHING, False),
        (Quiet(0.25, 60), True, Expects.CODE, False),
        (Quiet(60, 0.25), True, Expects.CODE, True),
        (Quiet(0, 0), True, Expects.SLOT, False),
    ],
)
async def test_only_a_silence_of_the_customers_own_is_asked_about(
    quiet: Quiet, *, theirs: bool, expects: Expects, asked: bool
) -> None:
    heard = asyncio.Event()
    minding = asyncio.create_task(mind_silence(quiet, lambda: theirs, lambda: expects, heard.set))
    waiting = asyncio.create_task(heard.wait())
    await asyncio.wait({waiting}, timeout=30 if asked else 1)
    for task in (minding, waiting):
        task.cancel()
    assert heard.is_set() is asked


async def test_it_is_theirs_only_while_nothing_is_under_way() -> None:
    scene = Scene(reply("Your balance is $5.00.", 2), reply("Goodbye.", 3, end=True))
    assert not scene.dialogue.theirs
    async with scene.running():
        await scene.until_said(1)
        assert scene.dialogue.theirs
        scene.say("what is my balance", "t1")
        assert not scene.dialogue.theirs
        await scene.until_said(2)
        scene.say("goodbye", "t2")
        await scene.until_said(3)
        assert not scene.dialogue.theirs


class Room:
    """As much of a room as says who is in it."""

    def __init__(self) -> None:
        self.remote_participants: dict[str, object] = {"user_maya": None}
        self.heard: dict[str, Callable[[object], None]] = {}

    def on(self, event: str, callback: Callable[[object], None]) -> None:
        self.heard[event] = callback

    def come(self, identity: str) -> None:
        self.remote_participants[identity] = None
        self.heard["participant_connected"](None)

    def go(self, identity: str) -> None:
        del self.remote_participants[identity]
        self.heard["participant_disconnected"](None)


async def test_while_a_person_is_there_nothing_is_heard_and_one_thing_said() -> None:
    scene, room, told = Scene(reply("Your balance is $5.00.", 5)), Room(), asyncio.Queue[HandoverNews]()
    company = Company(cast("rtc.Room", room), scene.dialogue, told.put, known=False)
    running = asyncio.create_task(company.run())
    async with scene.running():
        room.come("another_customer")
        room.come("person_user_sam")
        assert (await told.get()).step is Step.JOINED
        scene.say("what is my balance", "t1")
        scene.dialogue.key("1", lambda code: Utterance("k", code, Understanding(Intent.CODE, {"code": code})))
        scene.dialogue.deliver(reply("A person is with you now.", 2))
        scene.dialogue.deliver(reply("Something else.", 3))
        room.go("person_user_sam")
        assert (await told.get()).step is Step.LEFT
        scene.dialogue.deliver(reply("It's me again.", 4))
        scene.say("what is my balance", "t2")
        await scene.until_said(4)
    running.cancel()
    assert scene.client.said == ["Hello.", "A person is with you now.", "It's me again.", "Your balance is $5.00."]
    assert [turn.turn_id for turn in scene.conversation.turns] == ["t2"]


async def test_a_person_who_left_while_no_agent_was_there_is_missed() -> None:
    scene, told = Scene(), asyncio.Queue[HandoverNews]()
    running = asyncio.create_task(Company(cast("rtc.Room", Room()), scene.dialogue, told.put, known=True).run())
    assert (await told.get()).step is Step.LEFT
    running.cancel()
