"""Open questions on a call: sentences are said while the next are written; whoever interrupts has heard enough."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Self

import pytest

from adapters.masking import Masker
from adapters.models.assistant import LanguageModels
from adapters.models.helping import Help
from adapters.models.plan import read_plan
from domain.conversation import Expects, Join, Joined
from domain.understanding import Intent, Understanding
from tests.fakes.conversation import Recorder, ScriptedConversation, ScriptedDoor, reply
from tests.fakes.model_server import ModelServer, Says
from tests.serving import serving
from voice_worker.dialogue import Dialogue, Parts
from voice_worker.front import CallFront, Words
from voice_worker.patience import Patience
from voice_worker.stopwatch import Stopwatch
from voice_worker.utterance import Utterance

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
QUESTION = Understanding(Intent.QUESTION)
LOST = Understanding(Intent.UNKNOWN, complete=False)
PLAN = """
deployments: {{one: {{model: openai/one, api_base: {url}/v1, price: {{input: "1", output: "1"}}}}}}
groups: {{small: [one]}}
timeouts: {{gap_s: 20, answer_s: 30, first_token_s: 10}}
"""


class Call:
    def __init__(self, server: ModelServer, models: LanguageModels, *script: object) -> None:
        self.server = server
        self.conversation = ScriptedConversation(list(script), 0)  # pyright: ignore[reportArgumentType]
        self.client = Recorder()
        expects = lambda: self.dialogue.last.expects if self.dialogue.last else Expects.ANYTHING  # noqa: E731
        words = Words(Masker(), lambda _: pytest.fail("no language model here"), help=Help(models))
        self.front = CallFront(words, expects)
        patience = Patience(tell_s=60, pause_s=0.001, give_up_s=60)
        door = ScriptedDoor(error=Exception)  # pyright: ignore[reportArgumentType]
        self.dialogue = Dialogue(
            "s1",
            Parts(
                *(self.conversation, door, self.client, self.client, self.front, patience),
                asyncio.Event().set,
                Stopwatch("s1"),
            ),
        )

    async def until_said(self, count: int) -> list[str]:
        async with asyncio.timeout(60):
            while len(self.client.said) < count:  # noqa: ASYNC110
                await asyncio.sleep(0.001)
        return self.client.said


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with Stage(tmp_path) as found:
        yield found


class Stage(AsyncExitStack):
    """A model's server and the models that ask it."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.server = ModelServer()

    async def __aenter__(self) -> Self:
        url = self.enter_context(serving(self.server.app()))
        (self.folder / "models.yaml").write_text(PLAN.format(url=url))
        plan = read_plan(self.folder / "models.yaml", lambda _: "")
        self.models = await self.enter_async_context(LanguageModels(plan, Masker(), "redis://127.0.0.1:1/0", "t"))
        assert await self.models.loaded()
        return self

    @asynccontextmanager
    async def call(self, *script: object) -> AsyncIterator[Call]:
        call = Call(self.server, self.models, *script)
        joined: Joined = await call.conversation.join("s1", Join("j", "voice"))
        call.front.know(joined)
        call.dialogue.begin(joined)
        task = asyncio.create_task(call.dialogue.run())
        yield call
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_sentence_is_said_while_the_next_is_being_written(stage: Stage) -> None:
    told = "Interest is a price. It grows."
    stage.server.always = Says(f"{told} Slowly now.", stall_after=7)
    async with stage.call(reply(f"{told} Shall I go ahead?", 2)) as call:
        call.dialogue.hear(Utterance("t1", "what is interest", QUESTION))
        said = await call.until_said(3)
        assert said[1:] == ["Interest is a price.", "It grows."]
        assert call.conversation.turns == [], "the answer is not over yet"
        call.dialogue.hear(Utterance("t2", "okay", Understanding(Intent.THANKS)))


async def test_what_was_said_is_remembered_and_not_said_again(stage: Stage) -> None:
    told = "Interest is a price. It grows."
    stage.server.always = Says(told)
    async with stage.call(reply(f"{told} Shall I go ahead?", 2)) as call:
        call.dialogue.hear(Utterance("t1", "what is interest", QUESTION))
        said = await call.until_said(4)
        assert said[1:] == ["Interest is a price.", "It grows.", "Shall I go ahead?"]
        assert call.conversation.turns[0].answer == told
        shown = json.dumps(call.client.shown)
        assert told in shown


async def test_whoever_interrupts_has_heard_enough(stage: Stage) -> None:
    stage.server.always = Says("Interest is a price. It grows. It never ends. It goes on.", gap_s=0.15)
    async with stage.call(reply("Interest is a price. Anything else?", 2), reply("Bye.", 3)) as call:
        call.dialogue.hear(Utterance("t1", "what is interest", QUESTION))
        await call.until_said(2)
        call.dialogue.hear(Utterance("t2", "okay thanks", Understanding(Intent.THANKS)))
        said = await call.until_said(4)
        assert said[1:] == ["Interest is a price.", "Anything else?", "Bye."]
        assert call.conversation.turns[0].answer == "Interest is a price."


async def test_a_spoken_paraphrase_is_understood(stage: Stage) -> None:
    stage.server.always = Says('{"intent": "pay", "slots": {"payee": "[PAYEE_1]", "amount": "20.00"}}')
    async with stage.call(reply("I'll pay $20.00.", 2)) as call:
        call.dialogue.hear(Utterance("t1", "Could Sarah maybe see a twenty from me?", LOST))
        await call.until_said(2)
        turn = call.conversation.turns[0]
        assert (turn.intent, turn.by) == (Intent.PAY, "model")
        assert turn.slots == {"amount": "20.00", "payee": "Sarah Chen", "payee_known": "yes"}
        assert turn.confidence < 1
    assert "Sarah" not in stage.server.seen
