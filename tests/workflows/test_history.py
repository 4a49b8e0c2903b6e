"""Workflows that go on for ever: their histories stay bounded, and over every continue-as-new nothing is forgotten."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from uuid import uuid4

import pytest

from adapters.temporal.mandates import MandateGateway
from domain import ids
from domain.alerts import AlertNews, AlertRequest, AlertState, AlertWish, LedgerEvent
from domain.conversation import Reply, TakenUp
from domain.handovers import HandoverNews, Step
from domain.mandates import MandateRequest, MandateState
from domain.understanding import Intent
from tests.fakes import house
from tests.fakes.staff import QUICK, House, insist, staffed, until
from workflows.alert import AlertWorkflow
from workflows.mandate import MandateWorkflow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from temporalio.client import Client

pytestmark = pytest.mark.servers
SLACK: Final = 60
"""How far a run may go over its limit: what comes in between a decision and its end."""


@dataclass(frozen=True)
class Size:
    """How much happens, and how much of it fits in one history."""

    happens: int
    events_max: int
    patience_s: float = 60


LONG = pytest.mark.long, pytest.mark.timeout(3600)


async def runs_of(client: Client, workflow_id: str) -> list[int]:
    """The lengths of all its histories, newest first."""
    lengths: list[int] = []
    run_id: str | None = None
    while run_id != "":
        events = (await client.get_workflow_handle(workflow_id, run_id=run_id).fetch_history()).events
        lengths.append(len(events))
        run_id = events[0].workflow_execution_started_event_attributes.continued_execution_run_id
    return lengths


# ---- an alert


def posted(seq: int) -> LedgerEvent:
    """Every second one goes below the limit of 200; each is another transfer."""
    below = seq % 2 == 0
    before, after = (250_00, 150_00) if below else (150_00, 250_00)
    return LedgerEvent(seq, seq, "acct_checking", "checking", after - before, before, after, "USD", "Shop", "")


async def watching(bank: House) -> str:
    """An alert for a balance below 200, once changed and once paused; its id."""
    request = AlertRequest(uuid4().hex, house.USER, AlertWish(kind="low_balance", amount="100", account="checking"))
    await bank.alert_desk.create(request)
    gateway, alert_id = bank.alert_gateway, request.alert_id
    await insist(lambda: gateway.change(alert_id, AlertWish(amount="200"), "c1"))
    await insist(lambda: gateway.step(alert_id, "pause", "p1"))
    await insist(lambda: gateway.step(alert_id, "resume", "r1"))
    return alert_id


@pytest.mark.parametrize("size", [Size(400, 100), pytest.param(Size(20_000, 1000, 1800), marks=LONG)])
async def test_an_alert_hears_every_event_of_a_flood_once(client: Client, size: Size) -> None:
    async with staffed(client, alert_events_max=size.events_max) as bank:
        alert_id = await watching(bank)
        wave = size.events_max // 4  # more at once would outrun the worker: signals are history before they are heard
        for first in range(1, size.happens + 1, wave):
            todo = iter(range(first, first + wave))

            async def feed(todo: Iterator[int] = todo) -> None:
                for seq in todo:
                    await insist(lambda seq=seq: bank.alert_gateway.posted(alert_id, posted(seq)))
                    if seq % 50 == 0:  # a repeat, as a feed sends that was killed
                        await insist(lambda seq=seq: bank.alert_gateway.posted(alert_id, posted(seq)))

            await asyncio.gather(*(feed() for _ in range(8)))
            heard = (first + wave - 1) // 2
            await until(lambda heard=heard: len(bank.alerts.said) == heard, size.patience_s)
        runs = await runs_of(client, ids.alert_workflow_id(alert_id))
        assert len(runs) > 1
        assert max(runs) < 4 * size.events_max
        repeated = await insist(lambda: bank.alert_gateway.step(alert_id, "pause", "p1"))
        assert repeated.state is AlertState.PAUSED  # the first answer, which changes nothing now
        now = await client.get_workflow_handle(ids.alert_workflow_id(alert_id)).query(AlertWorkflow.now)
        assert now.state is AlertState.ACTIVE
        assert bank.alerts.kept[alert_id][2].wish.amount.startswith("200")


# ---- a conversation


def unsaid(number: int) -> AlertNews:
    return AlertNews(f"News {number}.")


@pytest.mark.parametrize("size", [Size(60, 40), pytest.param(Size(2000, 400, 1800), marks=LONG)])
async def test_a_conversation_keeps_its_question_its_news_and_its_answers(client: Client, size: Size) -> None:
    async with staffed(client, timings=replace(QUICK, events_max=size.events_max)) as bank:
        await bank.open()
        asked = (await insist(lambda: bank.say(Intent.PAY, "pay", amount="25.00", payee="Sarah Chen"))).elicitation
        assert asked is not None
        replies: dict[str, Reply] = {}
        talk = client.get_workflow_handle(ids.conversation_workflow_id(bank.session_id))
        for number in range(size.happens):
            turn_id = f"t{number}"
            news = talk.signal("alert_news", unsaid(number)) if number % 4 == 0 else talk.query("stage")
            reply, _ = await asyncio.gather(insist(lambda turn_id=turn_id: bank.say(Intent.STATUS, turn_id)), news)
            replies[turn_id] = reply
            assert reply.elicitation == asked
            if number % 7 == 6:
                earlier = f"t{number - 5}"
                assert await insist(lambda earlier=earlier: bank.say(Intent.DENY, earlier)) == replies[earlier]
        said = bank.announcer.said
        wanted = {unsaid(number).text for number in range(0, size.happens, 4)}
        await until(lambda: wanted <= set(said.values()), size.patience_s)
        assert sorted(text for text in said.values() if text in wanted) == sorted(wanted)
        runs = await runs_of(client, talk.id)
        assert len(runs) > 1
        assert max(runs) < 2 * size.events_max + SLACK
        code = (await insist(lambda: bank.say(Intent.CONFIRM, "yes"))).elicitation
        assert code is not None
        await bank.desk.answer(code.elicitation_id, house.USER, {"otp_code": house.CODE}, "r1")
        await until(lambda: bank.ledger.steps[asked.tool_call_id] == ["hold", "post"])


async def test_news_that_come_while_a_conversation_continues_are_all_told(client: Client) -> None:
    """More of them than are said in one history, and from more than one side."""
    async with staffed(client, timings=replace(QUICK, events_max=30)) as bank:
        await bank.open()
        await insist(lambda: bank.say(Intent.AGENT, "p1"))
        [order] = bank.handovers.orders.values()
        talk = client.get_workflow_handle(ids.conversation_workflow_id(bank.session_id))
        signals = [talk.signal("alert_news", unsaid(number)) for number in range(40)]
        await asyncio.gather(*signals, talk.signal("handed", HandoverNews(Step.WILL_CALL, order.case_id)))
        wanted = {unsaid(number).text for number in range(40)}
        await until(lambda: wanted <= set(bank.announcer.said.values()))
        assert len(bank.announcer.said) == len(wanted) + 1
        assert len(await runs_of(client, talk.id)) > 1


# ---- a mandate


async def test_a_mandate_stands_over_any_number_of_runs(client: Client) -> None:
    async with staffed(client, mandate_events_max=40) as bank:
        wish = MandateRequest(uuid4().hex, house.USER, ("Sarah Chen",), "100.00", "month")
        asked = (await bank.mandate_desk.create(wish)).elicitation
        assert asked is not None
        await bank.desk.answer(asked.elicitation_id, house.USER, {"confirmed": True}, "yes")
        code = ids.mandate_elicitation_id(wish.mandate_id, "otp", 1)
        await until(lambda: code in bank.elicitations.rows)
        await bank.desk.answer(code, house.USER, {"otp_code": house.CODE}, "code")
        await until(lambda: bank.mandates.states[wish.mandate_id] is MandateState.ACTIVE)
        gateway = MandateGateway(client, bank.queue)
        mandate = client.get_workflow_handle_for(MandateWorkflow.run, ids.mandate_workflow_id(wish.mandate_id))
        for number in range(60):
            await mandate.signal(MandateWorkflow.take_up, TakenUp(f"text_{number}", ""))
            if number % 10 == 0:
                begun = await insist(lambda: gateway.begin(wish))
                assert begun.state is MandateState.ACTIVE
        assert len(await runs_of(client, mandate.id)) > 1
        await bank.mandate_desk.revoke(wish.mandate_id, house.USER)
        assert (await mandate.result()).state is MandateState.REVOKED
        assert (await gateway.begin(wish)).state is MandateState.REVOKED
