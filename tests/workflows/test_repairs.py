"""A conversation that is mended: digressions and back, tools by state, silence, and people."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from domain.conversation import Carried, ConversationStart
from domain.dialogue import phrases
from domain.dialogue.state import Active, Dialogue, Draft, Person, Stage
from domain.handovers import HandoverNews, Step
from domain.understanding import Intent
from tests.fakes import house
from tests.fakes.staff import until

if TYPE_CHECKING:
    from tests.fakes.staff import House

pytestmark = pytest.mark.servers


async def test_a_digression_in_the_middle_of_a_code_and_back(bank: House) -> None:
    await bank.open()
    await bank.pay()
    code = (await bank.say(Intent.CONFIRM)).elicitation
    assert code is not None
    for intent, begins in ((Intent.BALANCE, "Your checking"), (Intent.HELP, "You can say"), (Intent.THANKS, "You're")):
        aside = await bank.say(intent)
        assert aside.text.startswith(begins)
        assert aside.text.endswith("Back to the payment: I'm waiting for the six-digit code for $25.00 to Sarah Chen.")
        assert (aside.state, aside.expects, aside.elicitation) == ("awaiting_code", "code", code)
    assert (await bank.give(code.elicitation_id)).text == "Done. I paid $25.00 to Sarah Chen."
    assert not (await bank.say(Intent.THANKS)).text.count("Back to")


async def test_a_tool_that_the_state_does_not_list_is_refused_and_written_down(bank: House) -> None:
    await bank.open()
    question = (await bank.pay()).elicitation
    assert question is not None
    bank.session_id = f"text_{uuid4().hex}"
    confused = Dialogue(Person(), Stage.PAYING, active=Active(question.payment_id, Draft(), question))
    carried = Carried(confused, 1, 0, (), {})
    await bank.conversations.open(ConversationStart(bank.session_id, house.USER, "text", carried=carried))
    refused = await bank.say(Intent.CANCEL)
    assert refused.text == "I can't look that up at this point."
    assert [(each.tool, each.state, each.user_id) for each in bank.handovers.refused] == [
        ("elicitation_cancel", "paying", house.USER)
    ]
    assert [call.name for call in bank.tools.calls] == ["payment"]


async def test_silence_three_times_keeps_what_is_open(bank: House) -> None:
    await bank.open()
    await bank.pay()
    first, second, third = [await bank.say(Intent.SILENCE) for _ in range(3)]
    assert first.text.startswith("Are you still there? Shall I pay $25.00 to Sarah Chen")
    assert "type" in second.text
    assert third.end
    assert "kept" in third.text
    assert third.elicitation == first.elicitation != None  # noqa: E711 - all three


async def test_who_asks_for_a_person_twice_is_one_case_and_hears_how_it_goes_on(bank: House) -> None:
    await bank.open()
    await bank.pay()
    assert (await bank.say(Intent.AGENT)).text == phrases.PASSED_ON_IN_TEXT
    assert (await bank.say(Intent.AGENT)).text == phrases.PASSED_ON_BEFORE
    [order] = bank.handovers.orders.values()
    assert (order.reason, order.dialogue_state, order.user_id) == ("asked", "confirming", house.USER)
    assert "I'll pay $25.00 to Sarah Chen" in order.summary
    for step, said in (
        (Step.WILL_CALL, phrases.PERSON_CALLS),
        (Step.SETTLED, f"{phrases.PERSON_SETTLED} Shall I pay $25.00 to Sarah Chen from your checking account?"),
    ):
        await bank.conversations.handed(bank.session_id, HandoverNews(step, order.case_id))
        await until(lambda said=said: said in bank.announcer.said.values())
    again = await bank.say(Intent.AGENT)
    assert again.text == phrases.PASSED_ON_IN_TEXT


async def test_the_assistant_is_quiet_while_a_person_is_there_and_no_word_pays(bank: House) -> None:
    await bank.open()
    await bank.pay()
    await bank.say(Intent.AGENT)
    await bank.conversations.handed(bank.session_id, HandoverNews(Step.JOINED))
    await until(lambda: phrases.PERSON_HERE in bank.announcer.said.values())
    assert (await bank.say(Intent.CONFIRM)).text == ""
    assert [call.name for call in bank.tools.calls] == ["payment"]
    await bank.conversations.handed(bank.session_id, HandoverNews(Step.LEFT))
    await until(lambda: any(text.startswith(phrases.PERSON_LEFT) for text in bank.announcer.said.values()))
    assert (await bank.say(Intent.CONFIRM)).state == "awaiting_code"


async def test_news_of_another_case_changes_nothing(bank: House) -> None:
    await bank.open()
    await bank.say(Intent.AGENT)
    await bank.conversations.handed(bank.session_id, HandoverNews(Step.JOINED, "another"))
    assert (await bank.say(Intent.THANKS)).text == phrases.WELCOME
