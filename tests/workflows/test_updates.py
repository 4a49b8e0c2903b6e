"""Updates under every fault that a worker can have: asked twice, refused, replayed, taken over in the middle."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import WithStartWorkflowOperation, WorkflowUpdateStage
from temporalio.common import WorkflowIDConflictPolicy

from domain import ids
from domain.conversation import Join, Turn
from domain.elicitation import ElicitationRequest
from domain.errors import PaymentClosedError
from domain.payments import Correction, PaymentRequest, PaymentState
from domain.understanding import Intent
from temporal_worker.run import WORKFLOWS
from tests.fakes import house
from tests.fakes.staff import House, insist, staffed, until, working
from tests.replay.record import HISTORIES
from tests.replay.test_replay import history_of, replayer
from tests.workflows.changed import Mistaken, NeverCorrected, TakesNothing
from workflows.conversation import ConversationWorkflow
from workflows.payment import PaymentWorkflow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from temporalio.client import Client

    from activities.ports import ToolCall

pytestmark = pytest.mark.servers
PAY: Final = {"amount": "25.00", "payee": "Sarah Chen"}


async def kinds(client: Client, workflow_id: str) -> list[int]:
    return [event.event_type for event in (await client.get_workflow_handle(workflow_id).fetch_history()).events]


async def accepted(client: Client, workflow_id: str) -> int:
    return (await kinds(client, workflow_id)).count(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED)


def instead(*others: type) -> Sequence[type]:
    """The house's workflows, with these in the place of those that they change."""
    return [*others, *(each for each in WORKFLOWS if not any(issubclass(other, each) for other in others))]


def talk(bank: House) -> str:
    return ids.conversation_workflow_id(bank.session_id)


def request(amount: str = "25.00") -> PaymentRequest:
    return PaymentRequest(uuid4().hex, house.USER, amount, "Sarah Chen")


async def begun(bank: House) -> ElicitationRequest:
    """A payment outside of any conversation, and what it asks."""
    asked = (await bank.payments.begin(request())).elicitation
    assert asked is not None
    return asked


async def to_the_code(bank: House) -> ElicitationRequest:
    """A payment that waits for its code."""
    asked = await begun(bank)
    await bank.desk.answer(asked.elicitation_id, house.USER, {"confirmed": True}, "yes")
    code = f"{asked.payment_id}-otp-1"
    await until(lambda: code in bank.elicitations.rows)
    return bank.elicitations.rows[code].request


async def ended(bank: House, payment_id: str) -> PaymentState:
    handle = bank.client.get_workflow_handle_for(PaymentWorkflow.run, ids.payment_workflow_id(payment_id))
    return (await handle.result()).state


# ---- asked twice


async def test_a_turn_that_is_sent_twice_at_once_is_taken_once(bank: House) -> None:
    await bank.open()
    before = await accepted(bank.client, talk(bank))
    first, again = await asyncio.gather(*(bank.say(Intent.PAY, "t1", **PAY) for _ in range(2)))
    assert first == again
    assert await accepted(bank.client, talk(bank)) == before + 1
    assert [call.name for call in bank.tools.calls] == ["payment"]


async def test_an_answer_that_is_sent_again_gets_the_first_status_even_when_all_is_over(bank: House) -> None:
    asked = await to_the_code(bank)
    proof = bank.proof_of(asked, "r1")
    first = await bank.questions.answer(asked.elicitation_id, proof, "r1")
    assert await ended(bank, asked.payment_id) is PaymentState.COMPLETED
    assert await bank.questions.answer(asked.elicitation_id, proof, "r1") == first
    assert await accepted(bank.client, ids.elicitation_workflow_id(asked.elicitation_id)) == 1


async def test_payments_that_begin_at_the_same_time_under_one_id_are_one(bank: House) -> None:
    wish = request()
    starts = await asyncio.gather(*(bank.payments.begin(wish) for _ in range(5)))
    assert len({each.elicitation.elicitation_id for each in starts if each.elicitation}) == 1
    assert list(bank.ledger.plans) == [wish.payment_id]


async def test_a_correction_that_is_sent_again_is_one_version(bank: House) -> None:
    asked = await begun(bank)
    change = Correction(amount="30.00", version=1)
    first = await bank.payments.correct(asked.payment_id, change, "c1")
    again = await bank.payments.correct(asked.payment_id, change, "c1")
    assert (again, first.version) == (first, 2)


async def test_an_update_that_was_accepted_is_found_again_by_its_id(bank: House) -> None:
    """As a caller does that lost its connection."""
    asked = await begun(bank)
    handle = bank.client.get_workflow_handle_for(PaymentWorkflow.run, ids.payment_workflow_id(asked.payment_id))
    await handle.start_update(PaymentWorkflow.cancel, "withdrawn", id="u1", wait_for_stage=WorkflowUpdateStage.ACCEPTED)
    assert await handle.get_update_handle_for(PaymentWorkflow.cancel, "u1").result() is PaymentState.CANCELLED


# ---- refused, replayed


async def test_a_refused_turn_is_not_in_history(bank: House) -> None:
    await bank.open()
    before = await accepted(bank.client, talk(bank))
    handle = bank.client.get_workflow_handle_for(ConversationWorkflow.run, talk(bank))
    for number in range(3):
        old = Turn(f"t{number}", "hello", Intent.GREET, epoch=7)
        with pytest.raises(Exception, match="failed"):
            await handle.execute_update(ConversationWorkflow.turn, old, id=old.turn_id)
    assert await accepted(bank.client, talk(bank)) == before
    assert (await bank.say(Intent.BALANCE)).text.startswith("Your checking balance")


@pytest.mark.parametrize(
    ("stricter", "history"),
    [(TakesNothing, "elicitation_completed"), (NeverCorrected, "payment_corrected")],
)
async def test_what_was_accepted_once_is_not_validated_again(stricter: type, history: str) -> None:
    await replayer(*instead(stricter)).replay_workflow(history_of(HISTORIES / f"{history}.json"))


async def test_a_stricter_rule_holds_from_the_day_on_that_it_is_released(client: Client) -> None:
    bank = House(client, f"bank-{uuid4().hex}")
    async with working(bank):
        asked = await begun(bank)
        await bank.payments.correct(asked.payment_id, Correction(amount="30.00"), "c1")
    async with working(bank, workflows=instead(NeverCorrected)):
        with pytest.raises(PaymentClosedError):
            await insist(lambda: bank.payments.correct(asked.payment_id, Correction(amount="35.00"), "c2"))
        await bank.payments.cancel(asked.payment_id, house.USER)
        assert await ended(bank, asked.payment_id) is PaymentState.CANCELLED
    assert bank.ledger.plans[asked.payment_id].amount == "30.00"


# ---- taken over in the middle


async def test_a_turn_whose_worker_goes_while_a_tool_is_at_work_is_finished_by_the_next(client: Client) -> None:
    bank = House(client, f"bank-{uuid4().hex}")
    there, reached, opened = bank.tools.by_name["payment"], asyncio.Event(), asyncio.Event()

    async def slowly(call: ToolCall) -> dict[str, Any]:
        reached.set()
        await opened.wait()
        return await there(call)

    bank.tools.by_name["payment"] = slowly
    async with working(bank):
        await bank.open()
        saying = asyncio.create_task(insist(lambda: bank.say(Intent.PAY, "t1", **PAY)))
        await reached.wait()
    opened.set()
    async with working(bank, cached=0):
        told = await saying
        assert told.elicitation is not None
        assert await bank.say(Intent.PAY, "t1", **PAY) == told
    assert len({call.arguments["payment_id"] for call in bank.tools.calls}) == len(bank.ledger.plans) == 1


async def test_updates_that_find_no_worker_are_taken_by_the_next(client: Client) -> None:
    """A turn, a beginning, an answer and a correction."""
    bank = House(client, f"bank-{uuid4().hex}")
    async with working(bank):
        await bank.open()
        answered, corrected, wish = await to_the_code(bank), await begun(bank), request()
    proof = bank.proof_of(answered, "r1")
    asking = asyncio.gather(
        insist(lambda: bank.say(Intent.BALANCE, "t1")),
        insist(lambda: bank.payments.begin(wish)),
        insist(lambda: bank.questions.answer(answered.elicitation_id, proof, "r1")),
        insist(lambda: bank.payments.correct(corrected.payment_id, Correction(amount="30.00"), "c1")),
    )
    async with working(bank, cached=0):
        told, begin, status, revised = await asking
        assert await ended(bank, answered.payment_id) is PaymentState.COMPLETED
    assert told.text.startswith("Your checking balance")
    assert begin.elicitation is not None
    assert (status.status, revised.version) == ("completed", 2)
    assert bank.ledger.steps[answered.payment_id] == ["hold", "post"]


async def test_a_turn_on_which_a_mistake_of_ours_stumbles_is_answered_by_the_mended_release(client: Client) -> None:
    bank = House(client, f"bank-{uuid4().hex}")
    async with working(bank):
        await bank.open()
    handle = bank.client.get_workflow_handle_for(ConversationWorkflow.run, talk(bank))
    async with working(bank, workflows=instead(Mistaken)):
        saying = asyncio.create_task(insist(lambda: bank.say(Intent.BALANCE, "t1")))
        stumbled = EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED
        async with asyncio.timeout(60):
            while stumbled not in await kinds(client, talk(bank)):  # noqa: ASYNC110 - the server tells nobody
                await asyncio.sleep(0.05)
    async with working(bank):
        assert (await saying).text.startswith("Your checking balance")
        assert await handle.query(ConversationWorkflow.stage) == "idle"


# ---- from within


async def test_a_front_that_joins_while_a_tool_is_at_work_is_let_in_at_once(bank: House) -> None:
    """An activity's update of the workflow that waits for it."""
    there = bank.tools.by_name["payment"]

    async def joins_meanwhile(call: ToolCall) -> dict[str, Any]:
        joined = await bank.conversations.join(bank.session_id, Join("join-2", "text"))
        assert joined.user_id == house.USER
        return await there(call)

    bank.tools.by_name["payment"] = joins_meanwhile
    await bank.open()
    assert (await bank.pay()).elicitation is not None


async def test_a_payment_is_begun_and_corrected_by_callers_who_do_not_know_of_each_other(bank: House) -> None:
    """Update-with-start on a workflow that is being started by somebody else, and one that is not allowed to be."""
    wish = request()
    start = WithStartWorkflowOperation(
        PaymentWorkflow.run,
        wish,
        id=ids.payment_workflow_id(wish.payment_id),
        task_queue=bank.queue,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
    )
    correcting = bank.client.execute_update_with_start_workflow(
        PaymentWorkflow.correct, Correction(amount="30.00"), start_workflow_operation=start
    )
    corrected, begin = await asyncio.gather(correcting, bank.payments.begin(wish))
    assert corrected.version == 2
    assert begin.elicitation is not None
    assert bank.ledger.plans[wish.payment_id].amount == "30.00"


async def test_without_a_cache_updates_are_taken_alike(client: Client) -> None:
    """Every task replays its payment and its questions from their beginnings; tests/replay/ has all scenes of it."""
    async with staffed(client, cached=0) as bank:
        wish, cancelled = request(), await begun(bank)
        await insist(lambda: bank.payments.begin(wish))
        changed = await insist(lambda: bank.payments.correct(wish.payment_id, Correction("30.00"), "c1"))
        assert changed.version == 2
        for kind, data in (("confirmation", {"confirmed": True}), ("otp", {"otp_code": house.CODE})):
            asked = f"{wish.payment_id}-{kind}-2"
            await until(lambda asked=asked: asked in bank.elicitations.rows)
            await insist(lambda asked=asked, data=data: bank.desk.answer(asked, house.USER, data, f"r-{asked}"))
        assert await ended(bank, wish.payment_id) is PaymentState.COMPLETED
        assert bank.ledger.steps[wish.payment_id] == ["hold", "post"]
        withdrawn = bank.client.get_workflow_handle(ids.payment_workflow_id(cancelled.payment_id))
        await withdrawn.signal(PaymentWorkflow.request_cancel, "")
        assert await ended(bank, cancelled.payment_id) is PaymentState.CANCELLED
