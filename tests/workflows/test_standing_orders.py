"""Standing orders: set up by voice, countersigned, then paid on each due date, once, until they are stopped."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from activities.standing_orders import OrderTimes
from domain import ids
from domain.conversation import Expects, Reply
from domain.errors import (
    BankError,
    IdempotencyConflictError,
    InsufficientFundsError,
    NothingToChangeError,
    StandingOrderClosedError,
    StandingOrderDateError,
    StandingOrderOverError,
    StandingOrderRuleError,
    UnknownPayeeError,
)
from domain.order_runs import RunState
from domain.payments import PaymentKind, PaymentState
from domain.recurrence import day_name
from domain.standing_orders import OrderRequest, OrderState, OrderWish
from domain.understanding import Intent
from tests.fakes import house
from tests.fakes.staff import staffed, until
from workflows.standing_order import StandingOrderWorkflow

if TYPE_CHECKING:
    from temporalio.client import Client

    from tests.fakes.house_orders import Kept
    from tests.fakes.staff import House

pytestmark = pytest.mark.servers
FAR = (datetime.now(UTC) + timedelta(days=40)).date()
"""No test is about that day."""
TERMS = {"amount": "80.00", "payee": "Sarah Chen", "every": "FREQ=DAILY", "date": FAR.isoformat()}


def only(bank: House) -> tuple[str, Kept]:
    [found] = bank.orders.kept.items()
    return found


async def to_the_code(bank: House, **terms: str) -> Reply:
    await bank.open()
    await bank.say(Intent.ORDER, **(TERMS | terms))
    return await bank.say(Intent.CONFIRM)


async def active(bank: House, **terms: str) -> tuple[str, Kept]:
    """One that stands, by voice."""
    asked = (await to_the_code(bank, **terms)).elicitation
    assert asked is not None
    await bank.give(asked.elicitation_id)
    await until(lambda: only(bank)[1].version == 1)
    return only(bank)


async def ended(bank: House, order_id: str) -> OrderState:
    handle = bank.client.get_workflow_handle_for(StandingOrderWorkflow.run, ids.standing_order_workflow_id(order_id))
    return await handle.result()


async def stirred(bank: House, order_id: str) -> None:
    """Its workflow looks again."""
    await bank.order_desk.door.stepped(order_id)


async def test_an_order_is_read_back_and_countersigned_with_a_code_that_says_what_for(bank: House) -> None:
    await bank.open()
    asked = await bank.say(Intent.ORDER, **TERMS)
    schedule = f"every day, from {day_name(FAR.isoformat())}"
    assert (asked.text, asked.expects) == (
        f"I'll pay $80.00 to Sarah Chen {schedule}, from your checking account. Shall I set that up?",
        Expects.CONFIRMATION,
    )
    assert asked.elicitation.to_json()["context"] == {
        "amount": f"80.00 USD {schedule}",
        "payee": "Sarah Chen",
        "account": "checking",
        "transaction_type": "standing_order",
    }
    code = await bank.say(Intent.CONFIRM)
    [message] = bank.phone.messages.values()
    assert f"to pay $80.00 to Sarah Chen {schedule}." in message
    told = await bank.give(code.elicitation.elicitation_id)
    assert told.text.startswith(f"Done. I'll pay $80.00 to Sarah Chen {schedule}.")
    _, order = only(bank)
    assert order.state is OrderState.ACTIVE
    assert bank.ledger.plans == {}


async def test_another_day_for_what_comes_every_month_is_its_first(bank: House) -> None:
    await bank.open()
    await bank.say(Intent.ORDER, amount="80.00", payee="Sarah Chen", every="FREQ=MONTHLY;BYMONTHDAY=1")
    changed = await bank.say(Intent.AMEND, date=FAR.replace(day=10).isoformat())
    assert changed.text.startswith("I'll pay $80.00 to Sarah Chen on the 10th of each month, from 10 ")


async def test_what_is_missing_is_asked_for(bank: House) -> None:
    await bank.open()
    assert (await bank.say(Intent.ORDER)).text == "Who should I pay?"
    assert (await bank.say(Intent.AMEND, payee="Sarah Chen")).text == "How much should I pay Sarah Chen?"
    when = await bank.say(Intent.AMEND, amount="80.00")
    assert when.text.startswith("$80.00 to Sarah Chen. When should I pay it, or how often?")
    assert (await bank.say(Intent.AMEND, period="month")).text.startswith("I'll pay $80.00 to Sarah Chen on the ")


@pytest.mark.parametrize("intent", [Intent.DENY, Intent.CANCEL])
async def test_a_no_sets_nothing_up(bank: House, intent: Intent) -> None:
    await bank.open()
    await bank.say(Intent.ORDER, **TERMS)
    assert (await bank.say(intent)).text == "Cancelled. No standing order of $80.00 to Sarah Chen was set up."
    order_id, _ = only(bank)
    assert await ended(bank, order_id) is OrderState.CANCELLED


async def test_what_is_said_before_it_is_signed_is_another_order(bank: House) -> None:
    await bank.open()
    await bank.say(Intent.ORDER, **TERMS)
    changed = await bank.say(Intent.AMEND, amount="90.00")
    assert changed.text.startswith("I'll pay $90.00 to Sarah Chen every day")
    assert sorted(order.state for order in bank.orders.kept.values()) == ["AWAITING_CUSTOMER", "CANCELLED"]


async def test_a_due_date_is_paid_without_anybody_and_told(bank: House) -> None:
    order_id, order = await active(bank, date="", every="FREQ=DAILY")
    await until(lambda: bool(order.runs))
    [run] = order.runs.values()
    assert run.state is RunState.PAID
    payment_id = bank.orders.payments[order_id, run.due_on]
    assert bank.ledger.steps[payment_id] == ["hold", "post"]
    assert bank.ledger.plans[payment_id].countersigns == ()
    assert bank.orders.told == ["I paid $80.00 to Sarah Chen, as your standing order says."]


async def test_into_an_own_account_a_due_date_is_a_transfer(bank: House) -> None:
    await bank.open()
    asked = await bank.say(Intent.ORDER, amount="80.00", target="savings", every="FREQ=DAILY")
    assert asked.text.startswith("I'll pay $80.00 to your savings account every day")
    assert asked.text.endswith("from your checking account. Shall I set that up?")
    code = (await bank.say(Intent.CONFIRM)).elicitation
    assert code is not None
    await bank.give(code.elicitation_id)
    await until(lambda: any(order.runs for order in bank.orders.kept.values()))
    order_id, order = only(bank)
    [run] = order.runs.values()
    plan = bank.ledger.plans[bank.orders.payments[order_id, run.due_on]]
    assert (run.state, plan.kind, plan.payee_name) == (RunState.PAID, PaymentKind.OWN, "your savings account")


async def test_a_single_day_is_paid_and_then_it_is_over(bank: House) -> None:
    order_id, order = await active(bank, every="", date=datetime.now(UTC).date().isoformat())
    assert await ended(bank, order_id) is OrderState.COMPLETED
    assert [run.state for run in order.runs.values()] == [RunState.PAID]


async def test_what_an_outage_kept_from_being_paid_is_paid_in_order_and_the_oldest_is_skipped(bank: House) -> None:
    order_id, order = await active(bank)
    bank.orders.past(order_id, 50)
    await stirred(bank, order_id)
    await until(lambda: any(run.state is RunState.PAID for run in order.runs.values()))
    await until(lambda: order.due_from > datetime.now(UTC).date())
    days = list(order.runs)
    assert days == sorted(days)
    states = [run.state for run in order.runs.values()]
    late = [run.error_code for run in order.runs.values() if run.state is RunState.SKIPPED]
    assert set(late) == {"standing_order_late"}
    assert states == [RunState.SKIPPED] * len(late) + [RunState.PAID] * (len(states) - len(late))
    assert len(states) - len(late) in {8, 9}  # seven days late, and today; and tomorrow, if midnight came by
    assert len({bank.orders.payments[order_id, day] for day in days[len(late) :]}) == len(states) - len(late)


async def test_missing_money_is_tried_again_and_paid_once(bank: House) -> None:
    bank.orders.refuse = [InsufficientFundsError, InsufficientFundsError]
    _, order = await active(bank, date="")
    await until(lambda: bool(order.runs))
    [run, *_] = order.runs.values()
    tried = bank.orders.tried[run.due_on]
    assert (run.state, tried) == (RunState.PAID, 3) or tried < 3  # at midnight the day is over before


async def test_missing_money_all_day_is_skipped_and_told(bank: House) -> None:
    bank.orders.refuse = [InsufficientFundsError] * 30
    _, order = await active(bank, date="")
    await until(lambda: bool(order.runs))
    [run, *_] = order.runs.values()
    assert (run.state, run.error_code) == (RunState.SKIPPED, "insufficient_funds")
    assert bank.orders.tried[run.due_on] <= 3
    assert "not enough money in your checking account all day" in bank.orders.told[0]
    assert order.state is OrderState.ACTIVE


async def test_a_payee_who_is_gone_pauses_it_and_is_told(bank: House) -> None:
    bank.orders.refuse = [UnknownPayeeError]
    _, order = await active(bank, date="")
    await until(lambda: order.state is OrderState.PAUSED)
    assert (order.error_code, order.runs.popitem()[1].stops) == ("unknown_payee", "unknown_payee")
    assert bank.orders.told[0].endswith("Nothing was moved, and your standing order is paused.")


async def test_paused_resumed_and_cancelled_by_voice(bank: House) -> None:
    order_id, order = await active(bank)
    told = await bank.say(Intent.ORDERS)
    assert told.text.startswith("You have one standing order: $80.00 to Sarah Chen every day")
    paused = await bank.say(Intent.ORDER_PAUSE)
    assert (
        paused.text == "Paused. I'll pay nothing by your standing order of $80.00 to Sarah Chen until you say resume."
    )
    assert (await bank.say(Intent.ORDER_RESUME, payee="Sarah Chen")).text.startswith("Resumed.")
    assert order.state is OrderState.ACTIVE
    asked = await bank.say(Intent.ORDER_CANCEL)
    assert (asked.text.endswith("Shall I cancel it?"), asked.expects) == (True, Expects.CONFIRMATION)
    assert order.state is OrderState.ACTIVE
    assert (await bank.say(Intent.CONFIRM)).text.startswith("Cancelled. I'll pay nothing more")
    assert await ended(bank, order_id) is OrderState.CANCELLED
    assert (await bank.say(Intent.ORDERS)).text == "You have no standing orders."


async def test_cancelled_by_name_at_once(bank: House) -> None:
    order_id, _ = await active(bank)
    assert (await bank.say(Intent.ORDER_CANCEL, payee="John Doe")).text == "You have no standing order to John Doe."
    assert (await bank.say(Intent.ORDER_CANCEL, payee="Sarah Chen")).text.startswith("Cancelled.")
    assert await ended(bank, order_id) is OrderState.CANCELLED


async def test_other_terms_are_countersigned_anew(bank: House) -> None:
    order_id, order = await active(bank)
    asked = await bank.say(Intent.ORDER_CHANGE, amount="90.00")
    assert asked.text.startswith("I'll pay $90.00 to Sarah Chen every day")
    assert order.plan.amount == "80.00"
    code = await bank.say(Intent.CONFIRM)
    told = await bank.give(code.elicitation.elicitation_id)
    assert told.text.startswith("Done. I'll pay $90.00 to Sarah Chen")
    assert (order.version, order.plan.amount, order.plan.terms.every) == (2, "90.00", "FREQ=DAILY")
    await bank.say(Intent.ORDER_CHANGE, amount="95.00")
    kept = await bank.say(Intent.DENY)
    assert kept.text == "All right. Your standing order to Sarah Chen stays as it was."
    assert (order.version, order.state) == (2, OrderState.ACTIVE)
    same = OrderRequest(order_id, house.USER, OrderWish(amount="90.00"), "c9")
    with pytest.raises(NothingToChangeError):
        await bank.order_desk.change(same)


async def test_stopped_while_its_payment_waits_the_money_comes_back(client: Client) -> None:
    async with staffed(client) as bank:
        order_id, order = await active(bank, amount="6000.00", date="")
        await until(lambda: bool(bank.approvals.rows))
        [payment_id] = bank.ledger.plans
        await bank.order_desk.step(order_id, house.USER, "cancel")
        await until(lambda: bank.ledger.states[payment_id] is PaymentState.CANCELLED)
        assert await ended(bank, order_id) is OrderState.CANCELLED
        assert bank.ledger.steps[payment_id] == ["hold", "void"]
        assert bank.orders.told == []
        assert order.state is OrderState.CANCELLED


REFUSED = [
    ({"payee": "Nobody"}, UnknownPayeeError),
    ({"date": "2020-01-01"}, StandingOrderDateError),
    ({"date": "soon"}, StandingOrderDateError),
    ({"date": "", "every": ""}, StandingOrderDateError),
    ({"every": "FREQ=HOURLY"}, StandingOrderRuleError),
    ({"every": "FREQ=YEARLY;BYMONTH=2;BYDAY=99MO"}, StandingOrderRuleError),
    ({"every": "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30;BYSETPOS=1"}, StandingOrderOverError),
]


@pytest.mark.parametrize(("changes", "error"), REFUSED)
async def test_what_cannot_be_is_refused_and_may_be_asked_for_again(
    bank: House, changes: dict[str, str], error: type[BankError]
) -> None:
    wish = OrderWish("Sarah Chen", "80.00", date=FAR.isoformat(), every="FREQ=DAILY")
    request = OrderRequest(uuid4().hex, house.USER, replace(wish, **changes))
    with pytest.raises(error):
        await bank.order_desk.create(request)
    assert bank.orders.kept == {}
    begun = await bank.order_desk.create(replace(request, wish=wish))
    assert begun.state is OrderState.AWAITING_CUSTOMER


async def test_the_same_wish_twice_is_one_order(bank: House) -> None:
    wish = OrderWish("Sarah Chen", "80.00", date=FAR.isoformat())
    request = OrderRequest(uuid4().hex, house.USER, wish)
    first, second = await asyncio.gather(*(bank.order_desk.create(request) for _ in range(2)))
    assert first == second
    with pytest.raises(IdempotencyConflictError):
        await bank.order_desk.create(replace(request, wish=replace(wish, amount="81.00")))
    await bank.order_desk.step(request.order_id, house.USER, "cancel")
    assert await ended(bank, request.order_id) is OrderState.CANCELLED
    assert (await bank.order_desk.create(request)).state is OrderState.CANCELLED
    with pytest.raises(StandingOrderClosedError):
        await bank.order_desk.step(request.order_id, house.USER, "resume")


async def test_over_any_number_of_runs_each_date_is_paid_once(client: Client) -> None:
    async with staffed(client, order_times=OrderTimes(at=time(), events_max=20, late_days=400)) as bank:
        order_id, order = await active(bank)
        handle = bank.client.get_workflow_handle(ids.standing_order_workflow_id(order_id))
        first = (await handle.describe()).run_id
        bank.orders.past(order_id, 46)
        await stirred(bank, order_id)
        await until(lambda: order.due_from > datetime.now(UTC).date(), 300)
        assert (await handle.describe()).run_id != first
        assert list(order.runs) == sorted(order.runs)
        assert set(bank.orders.tried.values()) == {1}
        assert {run.state for run in order.runs.values()} == {RunState.PAID}
