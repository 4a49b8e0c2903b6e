"""From what was heard to what is said: sent once, said once, and no digit of a code anywhere."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING

import pytest

from adapters.masking import Masker
from adapters.outside.phrases import Phrases
from adapters.understanding.spoken_code import HIDDEN, UNCLEAR
from adapters.understanding.understander import Understander
from domain.conversation import Expects, Join
from domain.errors import AnswerRejectedError, SupersededError, UnavailableError
from domain.understanding import Intent, Understanding, Vocabulary
from tests.fakes.conversation import Recorder, ScriptedConversation, ScriptedDoor, question, reply
from voice_worker.dialogue import ONE_MOMENT, Dialogue, Parts
from voice_worker.front import CallFront, Words
from voice_worker.patience import Patience
from voice_worker.stopwatch import Stopwatch
from voice_worker.utterance import Utterance

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from domain.conversation import Reply


class Scene:
    def __init__(self, *script: Reply | Exception, patience: Patience | None = None, away: int = 0) -> None:
        self.conversation = ScriptedConversation(list(script), away)  # pyright: ignore[reportArgumentType]
        self.door = ScriptedDoor(error=AnswerRejectedError)
        self.client = Recorder()
        self.left = asyncio.Event()
        expects = lambda: self.dialogue.last.expects if self.dialogue.last else Expects.ANYTHING  # noqa: E731
        self.front = CallFront(Words(Masker(), lambda _: pytest.fail("no language model here"), Phrases(())), expects)
        self.dialogue = Dialogue(
            "s1",
            Parts(
                self.conversation,
                self.door,
                self.client,
                self.client,
                self.front,
                patience or Patience(tell_s=60, pause_s=0.001, give_up_s=60),
                self.left.set,
                Stopwatch("s1"),
            ),
        )

    def say(self, text: str, turn_id: str) -> None:
        understood = Understander(Vocabulary(("Sarah Chen",))).understand(text, self._expects())
        self.dialogue.hear(Utterance(turn_id, text, understood))

    def _expects(self) -> Expects:
        return self.dialogue.last.expects if self.dialogue.last else Expects.ANYTHING

    async def until_said(self, count: int) -> None:
        async with asyncio.timeout(60):
            while len(self.client.said) < count:  # noqa: ASYNC110
                await asyncio.sleep(0.001)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        self.dialogue.begin(await self.conversation.join("s1", Join("j", "voice")))
        task = asyncio.create_task(self.dialogue.run())
        yield
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


CODE_WANTED = reply("Please say the code.", 2, Expects.CODE, asked=True)


async def test_a_turn_is_sent_once_and_answered_once() -> None:
    scene = Scene(reply("Your balance is $5.00.", 2))
    async with scene.running():
        scene.say("what is my checking balance", "t1")
        await scene.until_said(2)
    assert scene.client.said == ["Hello.", "Your balance is $5.00."]
    assert [(turn.turn_id, turn.intent, turn.epoch) for turn in scene.conversation.turns] == [("t1", Intent.BALANCE, 1)]


async def test_a_server_that_comes_back_gets_the_same_turn() -> None:
    scene = Scene(reply("Your balance is $5.00.", 2), away=20)
    async with scene.running():
        scene.say("what is my checking balance", "t1")
        await scene.until_said(2)
    assert [turn.turn_id for turn in scene.conversation.turns] == ["t1"]


async def test_who_waits_is_told_so_once() -> None:
    scene = Scene(reply("Here.", 2), away=200, patience=Patience(tell_s=0.01, pause_s=0.001, give_up_s=60))
    async with scene.running():
        scene.say("what is my checking balance", "t1")
        await scene.until_said(3)
    assert scene.client.said == ["Hello.", ONE_MOMENT, "Here."]


async def test_who_waits_too_long_is_told_the_truth() -> None:
    scene = Scene(away=10**9, patience=Patience(tell_s=60, pause_s=0.001, give_up_s=0.05))
    async with scene.running():
        scene.say("what is my checking balance", "t1")
        await scene.until_said(2)
    assert scene.client.said[-1] == UnavailableError.spoken


async def test_a_code_goes_to_the_door_and_nowhere_else() -> None:
    scene = Scene(CODE_WANTED, reply("Done.", 3))
    async with scene.running():
        scene.say("pay Sarah Chen twenty five dollars", "t1")
        await scene.until_said(2)
        scene.say("four eight two nine one seven", "t2")
        await scene.until_said(3)
    assert scene.door.tried == [(question().elicitation_id, {"otp_code": "482917"}, "t2")]
    sent = scene.conversation.turns[1]
    assert (sent.heard_code, sent.elicitation_id, sent.answer_error) == (True, question().elicitation_id, "")
    everything = json.dumps([asdict(turn) for turn in scene.conversation.turns]) + json.dumps(scene.client.shown)
    assert "482917" not in everything
    assert "four eight two" not in everything


async def test_a_code_that_no_two_hearings_agree_on_costs_no_try_and_ends_what_was_gathered() -> None:
    again = reply("Once more, please.", 3, Expects.CODE, asked=True)
    scene = Scene(CODE_WANTED, again, reply("Done.", 4))
    async with scene.running():
        scene.say("pay Sarah Chen twenty five dollars", "t1")
        await scene.until_said(2)
        scene.say("four eight two", "t2")
        scene.dialogue.hear(Utterance("t3", HIDDEN, UNCLEAR))
        await scene.until_said(3)
        assert scene.door.tried == []
        scene.say("four eight two nine one seven", "t4")
        await scene.until_said(4)
    sent = scene.conversation.turns[1]
    assert (sent.intent, sent.heard_code, sent.slots, sent.text) == (Intent.CODE, False, {"unclear": "yes"}, HIDDEN)
    assert [tried[1] for tried in scene.door.tried] == [{"otp_code": "482917"}]


@pytest.mark.parametrize("said", ["cancel 482917", "not four eight two nine one seven", "482917 for Sarah Chen"])
async def test_digits_beside_other_words_go_nowhere(said: str) -> None:
    scene = Scene(CODE_WANTED, reply("Once more, please.", 3, Expects.CODE, asked=True))
    async with scene.running():
        scene.say("pay Sarah Chen twenty five dollars", "t1")
        await scene.until_said(2)
        scene.say(said, "t2")
        await scene.until_said(3)
    assert scene.door.tried == []
    sent = scene.conversation.turns[1]
    assert (sent.intent in {Intent.CANCEL, Intent.UNKNOWN}, sent.slots) == (True, {})
    assert "482917" not in sent.text


async def test_a_wrong_code_is_told_to_the_conversation_by_its_code() -> None:
    scene = Scene(CODE_WANTED, reply("That is not right.", 3, Expects.CODE, asked=True))
    async with scene.running():
        scene.say("pay Sarah Chen twenty five dollars", "t1")
        await scene.until_said(2)
        scene.say("one one one one one one", "t2")
        await scene.until_said(3)
    assert scene.conversation.turns[1].answer_error == "answer_rejected"


async def test_digits_are_gathered_over_turns() -> None:
    scene = Scene(CODE_WANTED, reply("Done.", 3))
    async with scene.running():
        scene.say("pay Sarah Chen twenty five dollars", "t1")
        await scene.until_said(2)
        scene.say("four eight two", "t2")
        scene.say("nine one seven", "t3")
        await scene.until_said(3)
    assert scene.door.tried == [(question().elicitation_id, {"otp_code": "482917"}, "t3")]


async def test_keys_of_a_telephone_make_a_code() -> None:
    scene = Scene(CODE_WANTED, reply("Done.", 3))
    async with scene.running():
        scene.say("pay Sarah Chen twenty five dollars", "t1")
        await scene.until_said(2)
        for pressed in "11*482917":
            scene.dialogue.key(pressed, lambda code: Utterance("t2", "", Understanding(Intent.CODE, {"code": code})))
        await scene.until_said(3)
    assert [tried[1] for tried in scene.door.tried] == [{"otp_code": "482917"}]


async def test_keys_mean_nothing_while_no_code_is_wanted() -> None:
    scene = Scene()
    async with scene.running():
        for pressed in "482917":
            scene.dialogue.key(pressed, lambda _: pytest.fail("nobody asked"))


async def test_an_older_sentence_is_not_said_again() -> None:
    scene = Scene(reply("New.", 5))
    async with scene.running():
        scene.say("help", "t1")
        await scene.until_said(2)
        scene.dialogue.deliver(reply("Old news.", 4))
        scene.dialogue.deliver(reply("Fresh news.", 6))
    assert scene.client.said == ["Hello.", "New.", "Fresh news."]


async def test_a_question_is_shown_once() -> None:
    scene = Scene(CODE_WANTED, reply("Still waiting.", 3, Expects.CODE, asked=True))
    async with scene.running():
        scene.say("pay Sarah Chen twenty five dollars", "t1")
        await scene.until_said(2)
        scene.say("help", "t2")
        await scene.until_said(3)
    assert scene.client.kinds().count("elicitation") == 1


async def test_an_agent_that_was_replaced_leaves_without_a_word() -> None:
    scene = Scene(SupersededError())
    async with scene.running():
        scene.say("help", "t1")
        await asyncio.wait_for(scene.left.wait(), 60)
    assert scene.client.said == ["Hello."]


async def test_a_goodbye_ends_the_call() -> None:
    scene = Scene(reply("Goodbye.", 2, end=True))
    async with scene.running():
        scene.say("goodbye", "t1")
        await asyncio.wait_for(scene.left.wait(), 60)
    assert scene.client.said[-1] == "Goodbye."


@pytest.mark.parametrize("missing", ["four eight two", "four eight two nine one"])
async def test_too_few_digits_are_never_tried(missing: str) -> None:
    scene = Scene(CODE_WANTED, reply("Balance.", 3))
    async with scene.running():
        scene.say("pay Sarah Chen twenty five dollars", "t1")
        await scene.until_said(2)
        scene.say(missing, "t2")
        scene.say("what is my checking balance", "t3")
        await scene.until_said(3)
    assert scene.door.tried == []
