"""Inquiries in a conversation: answered by the tools, gone on with, and in between."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from domain.dialogue import inquiries
from domain.errors import UnknownAccountError
from domain.understanding import Intent

if TYPE_CHECKING:
    from activities.ports import ToolCall
    from tests.fakes.staff import House

pytestmark = pytest.mark.servers
MAY = {"from": "2026-05-01", "to": "2026-05-31", "when": "in May"}


async def spending(call: ToolCall) -> dict[str, Any]:
    assert call.scopes == ("read",)
    if call.arguments.get("account") == "brokerage":
        raise UnknownAccountError
    known = call.arguments.get("payee") == "City Power"
    return {"payee": call.arguments["payee"], "currency": "USD", "total_minor": 184_20 * known, "count": 2 * known}


async def transactions(call: ToolCall) -> dict[str, Any]:
    at, last = int(call.arguments.get("cursor", 0)), 4
    rows = [
        {"at": "2026-05-12", "amount_minor": -each, "currency": "USD", "counterparty": f"Shop {each}"}
        for each in range(at, min(at + call.arguments["limit"], last))
    ]
    return {"transactions": rows, "next_cursor": str(at + 3) if at + 3 < last else None}


@pytest.fixture
def talking(bank: House) -> House:
    bank.tools.by_name |= {"spending": spending, "transactions": transactions}
    return bank


async def test_a_sum_is_told_shown_and_asked_on(talking: House) -> None:
    await talking.open()
    told = await talking.say(Intent.SPENDING, payee="City Power", **MAY)
    assert told.text == "You spent $184.20 at City Power in May, in 2 payments."
    assert (told.card.kind, told.card.rows[0]) == ("spending", ("Spent", "$184.20"))
    told = await talking.say(Intent.SPENDING, follow="yes", payee="Foo", payee_known="no")
    assert told.text == "I found nothing at Foo in May."
    refused = await talking.say(Intent.SPENDING, follow="yes", account="brokerage")
    assert refused.text == UnknownAccountError().sentence
    assert refused.card is None
    told = await talking.say(Intent.SPENDING, follow="yes", account="savings", payee="City Power")
    assert told.text == "You spent $184.20 at City Power from your savings account in May, in 2 payments."


async def test_a_list_is_said_in_threes(talking: House) -> None:
    await talking.open()
    told = await talking.say(Intent.TRANSACTIONS)
    assert told.text.startswith("Your last 3 transactions: $0.00 from Shop 0 on 12 May; ")
    assert told.text.endswith(" Say more to hear the next ones.")
    told = await talking.say(Intent.MORE)
    assert told.text == "$0.03 to Shop 3 on 12 May. That was all."
    assert [label for label, _ in told.card.rows] == ["Shop 3, 12 May"]
    assert (await talking.say(Intent.MORE)).text == inquiries.NO_MORE


async def test_days_to_come_ask_no_tool(talking: House) -> None:
    await talking.open()
    ahead = {"from": "2999-05-01", "to": "2999-05-31", "when": "in May 2999"}
    assert (await talking.say(Intent.SPENDING, payee="City Power", **ahead)).text == inquiries.AHEAD
    assert talking.tools.calls == []


async def test_in_between_the_open_question_stays(talking: House) -> None:
    await talking.open()
    asked = (await talking.pay()).elicitation
    told = await talking.say(Intent.SPENDING, payee="City Power", **MAY)
    assert told.text.startswith("You spent $184.20 at City Power in May, in 2 payments.")
    assert told.elicitation == asked
    code = await talking.say(Intent.CONFIRM)
    assert (await talking.say(Intent.TRANSACTIONS)).elicitation == code.elicitation
    assert (await talking.give(code.elicitation.elicitation_id)).text == "Done. I paid $25.00 to Sarah Chen."
    assert (await talking.say(Intent.MORE)).text.endswith("That was all.")
