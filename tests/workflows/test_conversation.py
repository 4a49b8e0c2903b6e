"""A conversation: each turn once, memory over a continue-as-new, one agent at a time, and no customer left alone."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

from activities.presence import Presence
from domain import ids
from domain.conversation import ConversationStart, Expects, Join, TakenUp, Turn
from domain.dialogue import phrases, repairs
from domain.elicitation import ElicitationState
from domain.errors import ElicitationClosedError, SessionNotFoundError, SupersededError, UnavailableError
from domain.schemas import OTP_TRIES
from domain.understanding import Intent
from tests.fakes import house
from tests.fakes.staff import QUICK, staffed, until
from workflows.conversation import ConversationWorkflow

if TYPE_CHECKING:
    from temporalio.client import Client

    from activities.ports import ToolCall
    from tests.fakes.staff import House

pytestmark = pytest.mark.servers


async def test_a_repeated_turn_gets_the_first_reply(bank: House) -> None:
    await bank.open()
    first = await bank.say(Intent.PAY, "t1", amount="25.00", payee="Sarah Chen")
    again = await bank.say(Intent.PAY, "t1", amount="99.00", payee="John Doe")
    assert again == first
    assert [call.name for call in bank.tools.calls] == ["payment"]


@pytest.mark.parametrize("channel", ["text", "voice"])
async def test_a_payment_says_by_which_channel_it_was_asked_for(bank: House, channel: str) -> None:
    await bank.conversations.open(ConversationStart(bank.session_id, house.USER, channel))
    await bank.conversations.join(bank.session_id, Join(uuid4().hex, channel))
    await bank.pay()
    assert [call.arguments["description"] for call in bank.tools.calls] == [f"Payment by {channel}"]


async def test_a_code_whose_news_came_first_is_answered_with_them(bank: House) -> None:
    await bank.open()
    await bank.pay()
    asked = (await bank.say(Intent.CONFIRM)).elicitation
    assert asked is not None
    await bank.desk.answer(asked.elicitation_id, house.USER, {"otp_code": house.CODE}, "t1")
    await until(lambda: "Done. I paid $25.00 to Sarah Chen." in bank.announcer.said.values())
    late = await bank.conversations.turn(
        bank.session_id,
        Turn("t1", "******", Intent.CODE, heard_code=True, elicitation_id=asked.elicitation_id),
    )
    assert late.text == "Done. I paid $25.00 to Sarah Chen."


async def test_a_payment_is_taken_up_in_another_conversation(bank: House) -> None:
    await bank.open()
    await bank.pay()
    first = bank.session_id
    bank.session_id = f"text_{uuid4().hex}"
    greeting = await bank.open()
    assert greeting.text.startswith("Hello Maya. A payment that you began is still open. I'll pay $25.00 to Sarah Chen")
    assert greeting.expects is Expects.CONFIRMATION
    asked = (await bank.say(Intent.CONFIRM)).elicitation
    assert asked is not None
    done = await bank.give(asked.elicitation_id)
    assert done.text == "Done. I paid $25.00 to Sarah Chen."
    await until(lambda: any(key.startswith(first) for key, said in bank.announcer.said.items() if "Done" in said))


async def test_a_payment_that_moved_on_while_it_was_taken_up_says_where_it_is(bank: House) -> None:
    await bank.open()
    question = (await bank.pay()).elicitation
    assert question is not None
    other = f"text_{uuid4().hex}"
    await bank.say(Intent.CONFIRM)
    payment = bank.client.get_workflow_handle(ids.payment_workflow_id(question.payment_id))
    await bank.conversations.open(ConversationStart(other, house.USER, "text"))
    await payment.signal("take_up", TakenUp(other, question.elicitation_id))
    await until(lambda: any(key.startswith(other) and "code" in said for key, said in bank.announcer.said.items()))


@pytest.mark.parametrize(("tool", "intent"), [("payment_resume", Intent.CONFIRM), ("balance", Intent.BALANCE)])
async def test_a_tool_that_was_away_for_a_moment_is_asked_again(bank: House, tool: str, intent: Intent) -> None:
    there, tries = bank.tools.by_name[tool], iter([False])

    async def away_once(call: ToolCall) -> dict[str, Any]:
        if next(tries, True):
            return await there(call)
        raise UnavailableError

    await bank.open()
    await bank.pay()
    bank.tools.by_name[tool] = away_once
    assert (await bank.say(intent)).text != UnavailableError.spoken
    assert [call.name for call in bank.tools.calls].count(tool) == 2


async def test_a_tool_that_stays_away_is_asked_again_by_a_yes_which_confirms_nothing_else(bank: House) -> None:
    there = bank.tools.by_name["balance"]

    async def away(_call: ToolCall) -> dict[str, Any]:
        raise UnavailableError

    await bank.open()
    await bank.pay()
    bank.tools.by_name["balance"] = away
    assert (await bank.say(Intent.BALANCE)).text == repairs.TRY_AGAIN
    bank.tools.by_name["balance"] = there
    again = await bank.say(Intent.CONFIRM)
    assert again.text.startswith("Your checking balance")
    assert again.state == "confirming"
    assert "payment_resume" not in [call.name for call in bank.tools.calls]


async def test_the_same_wish_again_is_the_payment_that_was_begun_without_an_answer(bank: House) -> None:
    there = bank.tools.by_name["payment"]

    async def unheard(call: ToolCall) -> dict[str, Any]:
        await there(call)
        raise ApplicationError("its answer was lost", type=UnavailableError.code, non_retryable=True)

    async def wish(amount: str = "25.00") -> str:
        await bank.say(Intent.PAY, amount=amount, payee="Sarah Chen")
        return bank.tools.calls[-1].arguments["payment_id"]

    await bank.open()
    bank.tools.by_name["payment"] = unheard
    first = await wish()
    assert await wish() == first
    other = await wish("26.00")
    assert other != first
    bank.tools.by_name["payment"] = there
    assert await wish("26.00") == other
    await bank.payments.cancel(other, house.USER)
    await until(lambda: any("Cancelled" in said for said in bank.announcer.said.values()))
    assert await wish("26.00") not in {first, other}


async def test_a_payment_that_was_let_go_is_the_same_when_it_is_wished_for_again(bank: House) -> None:
    there = bank.tools.by_name["payment_resume"]

    async def late(call: ToolCall) -> dict[str, Any]:
        await there(call)
        raise ApplicationError("settled", type=ElicitationClosedError.code, non_retryable=True)

    async def unheard(_call: ToolCall) -> dict[str, Any]:
        raise ApplicationError("settled", type=ElicitationClosedError.code, non_retryable=True)

    await bank.open()
    first = (await bank.pay()).elicitation
    assert first is not None
    bank.tools.by_name["payment_resume"] = unheard
    assert (await bank.say(Intent.CONFIRM)).text == phrases.LOST
    again = await bank.pay()
    assert (again.elicitation, again.state) == (first, "confirming")
    bank.tools.by_name["payment_resume"] = late
    assert (await bank.say(Intent.CONFIRM)).state == "awaiting_code"
    assert list(bank.ledger.plans) == [first.payment_id]


async def test_the_last_wrong_code_is_told_once(bank: House) -> None:
    await bank.open()
    await bank.pay()
    asked = (await bank.say(Intent.CONFIRM)).elicitation
    assert asked is not None
    told = [(await bank.give(asked.elicitation_id, "000000")).text for _ in range(OTP_TRIES)]
    assert told[-1] == "That was the last try. The payment is cancelled and nothing was moved."
    assert (await bank.say(Intent.STATUS)).text == "Nothing is waiting for you."
    assert not bank.announcer.said


async def test_memory_outlives_continue_as_new(client: Client) -> None:
    async with staffed(client, timings=replace(QUICK, events_max=25)) as bank:
        await bank.open()
        balance = await bank.say(Intent.BALANCE, "t0")
        await bank.pay()
        asked = (await bank.say(Intent.CONFIRM)).elicitation
        assert asked is not None
        handle = client.get_workflow_handle_for(ConversationWorkflow.run, ids.conversation_workflow_id(bank.session_id))
        runs = {(await handle.describe()).run_id}
        for _ in range(6):
            told = await bank.say(Intent.STATUS)
            assert told.expects is Expects.CODE
            assert told.elicitation is not None
            assert told.elicitation.elicitation_id == asked.elicitation_id
            runs.add((await handle.describe()).run_id)
        assert len(runs) > 1
        assert await bank.say(Intent.BALANCE, "t0") == balance
        done = await bank.give(asked.elicitation_id)
        assert done.text == "Done. I paid $25.00 to Sarah Chen."
        assert done.seq > told.seq
        assert (await handle.query(ConversationWorkflow.lines))[-1].text == done.text


async def test_an_expired_question_is_told_unasked(client: Client) -> None:
    async with staffed(client, elicitation_s=0.3) as bank:
        await bank.open()
        asked = (await bank.pay()).elicitation
        assert asked is not None
        wanted = "The payment of $25.00 to Sarah Chen ran out of time. Nothing was moved."
        await until(lambda: wanted in bank.announcer.said.values())
        assert bank.elicitations.rows[asked.elicitation_id].state is ElicitationState.EXPIRED
        assert bank.ledger.steps[asked.tool_call_id] == []


async def test_goodbye_ends_the_session(bank: House, client: Client) -> None:
    await bank.open()
    assert (await bank.say(Intent.GOODBYE)).end
    await bank.conversations.leave(bank.session_id, "")
    await client.get_workflow_handle(ids.conversation_workflow_id(bank.session_id)).result()
    assert bank.sessions.ended == [bank.session_id]
    with pytest.raises(SessionNotFoundError):
        await bank.say(Intent.STATUS)


@dataclass
class Calls:
    """The calls of a voice worker."""

    live: set[str] = field(default_factory=set[str])

    def is_live(self, session_id: str, agent_id: str) -> bool:
        del session_id
        return agent_id in self.live


async def joined(bank: House, agent_id: str, queue: str) -> int:
    bank.rooms.agents.add(agent_id)
    start = ConversationStart(bank.session_id, house.USER, "voice", "room")
    await bank.conversations.open(start)
    return (await bank.conversations.join(bank.session_id, Join(uuid4().hex, "voice", agent_id, queue))).epoch


async def test_an_older_agent_s_turns_are_void(bank: House) -> None:
    old = await joined(bank, "agent-1", "nobody-polls")
    new = await joined(bank, "agent-2", "nobody-polls")
    assert new == old + 1
    with pytest.raises(SupersededError):
        await bank.conversations.turn(bank.session_id, Turn("t1", "help", Intent.HELP, epoch=old))
    assert (await bank.conversations.turn(bank.session_id, Turn("t2", "help", Intent.HELP, epoch=new))).text


ENDS = ["its worker was killed", "its call broke off"]


@pytest.mark.parametrize("end", ENDS)
async def test_a_customer_left_alone_gets_a_new_agent(bank: House, client: Client, end: str) -> None:
    calls, queue = Calls({"agent-1"}), f"voice-{uuid4().hex}"
    voice = Worker(client, task_queue=queue, activities=[Presence(calls).hold_presence])
    running = asyncio.create_task(voice.run())
    await joined(bank, "agent-1", queue)
    await bank.pay()
    if end == "its call broke off":
        calls.live.clear()
    else:
        running.cancel()
    await until(lambda: bank.rooms.dispatched > 0)
    assert "agent-1" not in bank.rooms.agents
    start = Join(uuid4().hex, "voice", "agent-2", "nobody-polls")
    back = await bank.conversations.join(bank.session_id, start)
    assert back.reply.text.startswith("I'm back. I'll pay $25.00 to Sarah Chen")
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_receipt_that_nobody_heard_is_told_again(bank: House) -> None:
    await joined(bank, "agent-1", "nobody-polls")
    await bank.pay()
    asked = (await bank.say(Intent.CONFIRM)).elicitation
    assert asked is not None
    await bank.desk.answer(asked.elicitation_id, house.USER, {"otp_code": house.CODE}, "r1")
    await until(lambda: any(text.startswith("Done.") for text in bank.announcer.said.values()))
    for agent in ("agent-2", "agent-3"):
        back = await bank.conversations.join(bank.session_id, Join(uuid4().hex, "voice", agent, "nobody-polls"))
        assert back.reply.text == "I'm back. Done. I paid $25.00 to Sarah Chen."


async def test_another_servers_tool_is_asked_with_the_state_that_the_dialogue_is_in(bank: House) -> None:
    await bank.open()
    asked = {"tool": "branches.find_branch", "place": "old town"}
    assert (await bank.say(Intent.OUTSIDE, **asked)).text == "Elm Street is near old town."
    await bank.pay()
    refused = await bank.say(Intent.OUTSIDE, **asked)
    assert refused.text.startswith("I can't look that up at this point.")
    assert refused.expects is Expects.CONFIRMATION
    assert [(call.state, call.words) for call in bank.outside.asked] == [
        ("idle", {"place": "old town"}),
        ("confirming", {"place": "old town"}),
    ]
