"""Standing mandates: set up by voice, countersigned, used by payments, revoked at any moment."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from adapters.temporal.mandates import MandateGateway
from domain import ids
from domain.conversation import Expects, Reply
from domain.elicitation import ElicitationType
from domain.errors import (
    BankError,
    IdempotencyConflictError,
    InvalidRequestError,
    MandateTooLargeError,
    PeriodUnknownError,
    UnknownPayeeError,
)
from domain.mandates import MandateRequest, MandateState
from domain.payments import PayerHistory, PaymentState
from domain.understanding import Intent
from tests.fakes import house
from tests.fakes.staff import staffed, until
from workflows.mandate import MandateWorkflow
from workflows.payment import PaymentWorkflow

if TYPE_CHECKING:
    from temporalio.client import Client

    from tests.fakes.staff import House

pytestmark = pytest.mark.servers
READ_BACK = "I'll allow up to $100.00 a month to Sarah Chen from your checking account. Shall I set that up?"
TERMS = {"amount": "100.00", "payee": "Sarah Chen", "period": "month"}


async def to_the_code(bank: House, **terms: str) -> Reply:
    await bank.open()
    await bank.say(Intent.MANDATE, **(TERMS | terms))
    return await bank.say(Intent.CONFIRM)


async def active(bank: House, **terms: str) -> str:
    """A mandate that stands; its id."""
    asked = (await to_the_code(bank, **terms)).elicitation
    assert asked is not None
    await bank.give(asked.elicitation_id)
    await until(lambda: MandateState.ACTIVE in bank.mandates.states.values())
    return asked.payment_id


async def ended(bank: House, mandate_id: str) -> MandateState:
    handle = bank.client.get_workflow_handle_for(MandateWorkflow.run, ids.mandate_workflow_id(mandate_id))
    return (await handle.result()).state


async def payment_ended(bank: House, payment_id: str) -> tuple[PaymentState, str]:
    handle = bank.client.get_workflow_handle_for(PaymentWorkflow.run, ids.payment_workflow_id(payment_id))
    result = await handle.result()
    return result.state, result.error_code


def wish(**changes: object) -> MandateRequest:
    return replace(MandateRequest(uuid4().hex, house.USER, ("Sarah Chen",), "100.00", "month"), **changes)


async def test_a_mandate_is_read_back_and_countersigned_with_a_code_that_says_what_for(bank: House) -> None:
    await bank.open()
    asked = await bank.say(Intent.MANDATE, **TERMS)
    assert (asked.text, asked.expects) == (READ_BACK, Expects.CONFIRMATION)
    shown = asked.elicitation.to_json()["context"]
    assert shown == {
        "amount": "100.00 USD a month",
        "payee": "Sarah Chen",
        "account": "checking",
        "transaction_type": "mandate",
    }
    code = await bank.say(Intent.CONFIRM)
    assert code.expects is Expects.CODE
    assert code.elicitation.elicitation_type is ElicitationType.OTP
    [message] = bank.phone.messages.values()
    assert f"{house.CODE} to allow up to $100.00 a month to Sarah Chen." in message
    told = await bank.give(code.elicitation.elicitation_id)
    assert told.text.startswith("Done. From now on I can pay up to $100.00 a month to Sarah Chen without a code.")
    assert list(bank.mandates.states.values()) == [MandateState.ACTIVE]
    [plan] = bank.mandates.plans.values()
    assert asked.elicitation.elicitation_id == f"mandate-{plan.mandate_id}-confirmation-1"
    assert {row.request.transaction_hash for row in bank.elicitations.rows.values()} == {plan.mandate_hash}


async def test_on_mobile_the_passkey_takes_the_place_of_the_code(client: Client) -> None:
    async with staffed(client, directory=house.HouseDirectory("mobile")) as bank:
        await bank.open()
        asked = await bank.say(Intent.MANDATE, **TERMS)
        assert asked.elicitation.elicitation_type is ElicitationType.BIOMETRIC
        assert asked.text.startswith("To allow up to $100.00 a month to Sarah Chen")
        [plan] = bank.mandates.plans.values()
        assert plan.countersigns == (ElicitationType.BIOMETRIC, ElicitationType.CONFIRMATION)
        await bank.questions.answer(
            asked.elicitation.elicitation_id,
            bank.proof_of(bank.elicitations.rows[asked.elicitation.elicitation_id].request, "r1"),
            "r1",
        )
        await until(lambda: any(READ_BACK in said for said in bank.announcer.said.values()))
        assert (await bank.say(Intent.CONFIRM)).text.startswith("Done. From now on I can pay up to $100.00 a month")


async def test_what_is_missing_is_asked_for(bank: House) -> None:
    await bank.open()
    assert (await bank.say(Intent.MANDATE)).text == "Who may be paid from your account?"
    assert (await bank.say(Intent.AMEND, payee="Sarah Chen")).text == "Up to how much may Sarah Chen be paid?"
    often = await bank.say(Intent.AMEND, amount="100.00")
    assert (often.text, often.expects) == (
        "Up to $100.00 to Sarah Chen: a day, a week, a month or a year?",
        Expects.SLOT,
    )
    assert (await bank.say(Intent.AMEND, period="month")).text == READ_BACK


async def test_a_change_is_read_back_anew_and_the_first_one_is_cancelled(bank: House) -> None:
    await bank.open()
    await bank.say(Intent.MANDATE, **TERMS)
    changed = await bank.say(Intent.AMEND, amount="50.00")
    assert changed.text == READ_BACK.replace("$100.00", "$50.00")
    assert sorted(bank.mandates.states.values()) == ["AWAITING_CUSTOMER", "CANCELLED"]


@pytest.mark.parametrize("intent", [Intent.DENY, Intent.CANCEL])
async def test_a_no_sets_nothing_up(bank: House, intent: Intent) -> None:
    await bank.open()
    asked = (await bank.say(Intent.MANDATE, **TERMS)).elicitation
    assert (await bank.say(intent)).text == "Cancelled. Nothing was set up for Sarah Chen."
    assert await ended(bank, asked.payment_id) is MandateState.CANCELLED


async def test_five_wrong_codes_end_it(bank: House) -> None:
    asked = (await to_the_code(bank)).elicitation
    for _ in range(5):
        await bank.give(asked.elicitation_id, "000000")
    assert await ended(bank, asked.payment_id) is MandateState.FAILED


async def test_unanswered_it_runs_out_of_time(client: Client) -> None:
    async with staffed(client, elicitation_s=0.4) as bank:
        await bank.open()
        asked = (await bank.say(Intent.MANDATE, **TERMS)).elicitation
        assert await ended(bank, asked.payment_id) is MandateState.EXPIRED


REFUSED = [
    ({"budget": "5000.01"}, MandateTooLargeError),
    ({"budget": "161.30", "period": "day"}, MandateTooLargeError),
    ({"period": "fortnight"}, PeriodUnknownError),
    ({"payees": ("Nobody",)}, UnknownPayeeError),
    ({"payees": ()}, InvalidRequestError),
    ({"ends_on": "2020-01-01"}, InvalidRequestError),
    ({"ends_on": "soon"}, InvalidRequestError),
]


@pytest.mark.parametrize(("changes", "error"), REFUSED)
async def test_a_screened_out_mandate_is_refused_at_once(
    bank: House, changes: dict[str, object], error: type[BankError]
) -> None:
    request = wish(**changes)
    with pytest.raises(error):
        await bank.mandate_desk.create(request)
    assert bank.mandates.plans == {}
    assert await ended(bank, request.mandate_id) is MandateState.FAILED
    with pytest.raises(error):  # whose reply was lost, and who asks again, hears the same
        await bank.mandate_desk.create(request)


async def test_the_same_wish_twice_is_one_mandate(bank: House) -> None:
    request = wish()
    first, second = await asyncio.gather(*(bank.mandate_desk.create(request) for _ in range(2)))
    assert first == second
    with pytest.raises(IdempotencyConflictError):
        await bank.mandate_desk.create(replace(request, budget="101.00"))


async def test_a_payment_that_it_covers_needs_only_a_yes(bank: House) -> None:
    mandate_id = await active(bank)
    asked = await bank.pay("60.00")
    assert asked.text == "I'll pay $60.00 to Sarah Chen from your checking account. Shall I go ahead?"
    told = await bank.say(Intent.CONFIRM)
    assert told.text == "Done. I paid $60.00 to Sarah Chen."
    plan = bank.ledger.plans[asked.elicitation.payment_id]
    assert (plan.mandate_id, plan.countersigns) == (mandate_id, (ElicitationType.CONFIRMATION,))
    assert plan.reason.endswith("; standing mandate")
    assert bank.mandates.left(mandate_id) == 40_00


@pytest.mark.parametrize(("amount", "payee"), [("100.01", "Sarah Chen"), ("25.00", "John Doe")])
async def test_a_payment_that_it_does_not_cover_needs_its_factor(bank: House, amount: str, payee: str) -> None:
    await active(bank)
    await bank.pay(amount, payee)
    assert (await bank.say(Intent.CONFIRM)).expects is Expects.CODE


async def test_supervisors_and_cooling_off_remain(bank: House) -> None:
    await active(bank, amount="5000.00")
    bank.ledger.histories["Sarah Chen"] = PayerHistory(recent_minor=20_000_00, payee_age_s=60, payee_paid=False)
    asked = await bank.pay("2000.00")
    plan = bank.ledger.plans[asked.elicitation.payment_id]
    assert (plan.countersigns, plan.approvals) == ((ElicitationType.CONFIRMATION,), 1)
    assert plan.cooling_off_s > 0
    told = await bank.say(Intent.CONFIRM)
    assert told.text == "A supervisor must approve this. I'll tell you when it is decided."


async def test_revoked_before_the_yes_nothing_is_moved(bank: House) -> None:
    mandate_id = await active(bank)
    asked = (await bank.pay("60.00")).elicitation
    await bank.mandate_desk.revoke(mandate_id, house.USER)
    told = await bank.say(Intent.CONFIRM)
    assert told.text == (
        "The payment of $60.00 to Sarah Chen did not go through. Nothing was moved. "
        "Your standing payment was revoked. Ask again, and I'll pay with a code."
    )
    assert await payment_ended(bank, asked.payment_id) == (PaymentState.FAILED, "mandate_revoked")
    assert bank.ledger.steps[asked.payment_id] == []


async def test_used_up_before_the_yes_nothing_is_moved(bank: House) -> None:
    mandate_id = await active(bank)
    asked = (await bank.pay("60.00")).elicitation
    bank.mandates.uses[mandate_id]["another"] = 50_00
    await bank.say(Intent.CONFIRM)
    assert await payment_ended(bank, asked.payment_id) == (PaymentState.FAILED, "mandate_exhausted")
    assert bank.ledger.steps[asked.payment_id] == []


async def test_revoked_while_the_payment_waits_it_is_given_back(bank: House) -> None:
    mandate_id = await active(bank, amount="5000.00")
    bank.ledger.histories["Sarah Chen"] = PayerHistory(recent_minor=20_000_00)
    asked = (await bank.pay("60.00")).elicitation
    await bank.say(Intent.CONFIRM)
    assert bank.mandates.left(mandate_id) == 4_940_00
    await bank.mandate_desk.revoke(mandate_id, house.USER)
    await bank.decide(f"{asked.payment_id}-supervisor_approval_1-1", "user_sam")
    assert await payment_ended(bank, asked.payment_id) == (PaymentState.FAILED, "mandate_revoked")
    assert bank.ledger.steps[asked.payment_id] == ["hold", "void"]
    assert bank.mandates.left(mandate_id) == 5_000_00


@pytest.mark.parametrize("countersigned", [0, 1, 2])
async def test_revoked_at_any_moment_its_workflow_ends(bank: House, countersigned: int) -> None:
    await bank.open()
    asked = (await bank.say(Intent.MANDATE, **TERMS)).elicitation
    if countersigned:
        code = (await bank.say(Intent.CONFIRM)).elicitation
        if countersigned > 1:
            await bank.give(code.elicitation_id)
    await bank.mandate_desk.revoke(asked.payment_id, house.USER)
    assert await ended(bank, asked.payment_id) is MandateState.REVOKED
    assert not await bank.elicitations.pending_of(house.USER)
    assert await bank.mandates.unheard(0) == []


async def test_a_code_given_after_a_revocation_that_the_workflow_missed_activates_nothing(bank: House) -> None:
    asked = (await to_the_code(bank)).elicitation
    await bank.mandates.revoke(asked.payment_id, house.USER)
    await bank.give(asked.elicitation_id)
    assert await ended(bank, asked.payment_id) is MandateState.REVOKED


async def test_a_workflow_that_was_not_reached_is_told_again(bank: House) -> None:
    mandate_id = await active(bank)
    await bank.mandates.revoke(mandate_id, house.USER)
    assert await bank.mandates.unheard(0) == [mandate_id]
    await bank.mandate_desk.tell_again(0)
    assert await ended(bank, mandate_id) is MandateState.REVOKED
    assert await bank.mandates.unheard(0) == []
    await bank.mandate_desk.tell_again(0)


async def test_the_last_day_is_countersigned_too(bank: House) -> None:
    today = datetime.now(UTC).date()
    request = wish(ends_on=(today + timedelta(days=400)).isoformat())
    begun = await bank.mandate_desk.create(request)
    assert begun.elicitation.to_json()["context"]["amount"] == f"100.00 USD a month until {request.ends_on}"
    gateway = MandateGateway(bank.client, bank.queue)
    assert (await gateway.begin(request)).elicitation == begun.elicitation


async def test_after_its_last_day_it_is_over(bank: House) -> None:
    request = wish()
    await bank.mandate_desk.create(request)
    plan = bank.mandates.plans[request.mandate_id]
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    past = replace(request, mandate_id=uuid4().hex, ends_on=yesterday)
    terms = replace(plan.terms, mandate_id=past.mandate_id, ends_on=yesterday)
    await bank.mandates.open(past, replace(plan, terms=terms))
    bank.mandates.states[past.mandate_id] = MandateState.ACTIVE
    begun = await bank.mandate_desk.create(past)
    assert begun.state in {MandateState.ACTIVE, MandateState.EXPIRED}
    assert await ended(bank, past.mandate_id) is MandateState.EXPIRED
    assert (await bank.mandate_desk.create(past)).state is MandateState.EXPIRED


async def test_an_operator_sees_what_it_waits_for(bank: House) -> None:
    mandate_id = await active(bank)
    shown = await bank.client.get_workflow_handle(ids.mandate_workflow_id(mandate_id)).describe()
    found = {pair.key.name: pair.value for pair in shown.typed_search_attributes}
    assert (found["CustomerRef"], found["AmountMinor"], found["ElicitationType"]) == ("cust_7f3a", 100_00, "otp")


async def test_one_thing_at_a_time(bank: House) -> None:
    await bank.open()
    await bank.say(Intent.MANDATE, **TERMS)
    told = await bank.say(Intent.PAY, amount="100.00", payee="Sarah Chen")
    assert told.text == f"One payment at a time. First: {READ_BACK}"
    assert bank.ledger.plans == {}
    await bank.say(Intent.CANCEL)
    await bank.pay()
    told = await bank.say(Intent.MANDATE, **TERMS)
    assert told.text.startswith("One payment at a time. First: I'll pay $25.00")


async def test_other_terms_that_are_refused_leave_nothing_standing(bank: House) -> None:
    await bank.open()
    await bank.say(Intent.MANDATE, **TERMS)
    told = await bank.say(Intent.AMEND, amount="9000.00")
    assert told.text.startswith("I cancelled the standing payment of $100.00 to Sarah Chen. That is more than I can")
    assert set(bank.mandates.states.values()) == {MandateState.CANCELLED}


async def test_what_stands_is_told_and_revoked_by_voice(bank: House) -> None:
    mandate_id = await active(bank)
    told = await bank.say(Intent.MANDATES)
    assert told.text == (
        "You allow up to $100.00 a month to Sarah Chen, from your checking account, "
        "of which $100.00 is left this month."
    )
    assert (await bank.say(Intent.REVOKE, payee="John Doe")).text == "You have no standing payment to John Doe."
    asked = await bank.say(Intent.REVOKE)
    assert asked.text == "You allow up to $100.00 a month to Sarah Chen. Shall I revoke that?"
    assert asked.expects is Expects.CONFIRMATION
    assert (await bank.say(Intent.DENY)).text == "All right, it stays as it is. What else can I do?"
    assert bank.mandates.states[mandate_id] is MandateState.ACTIVE
    done = await bank.say(Intent.REVOKE, payee="Sarah Chen")
    assert done.text == "Revoked. I'll ask for a code again before I pay Sarah Chen."
    assert await ended(bank, mandate_id) is MandateState.REVOKED
    assert (await bank.say(Intent.MANDATES)).text == "You have no standing payments."


async def test_a_yes_to_shall_i_revokes(bank: House) -> None:
    mandate_id = await active(bank)
    await bank.say(Intent.REVOKE)
    assert (await bank.say(Intent.CONFIRM)).text.startswith("Revoked.")
    assert bank.mandates.states[mandate_id] is MandateState.REVOKED


async def test_the_code_may_be_given_in_another_conversation(bank: House) -> None:
    await to_the_code(bank)
    bank.session_id = f"text_{uuid4().hex}"
    greeting = await bank.open()
    assert "I'm waiting for the six-digit code for up to $100.00 a month to Sarah Chen." in greeting.text
    told = await bank.give(greeting.elicitation.elicitation_id)
    assert told.text.startswith("Done. From now on")


@pytest.mark.parametrize("stands", [False, True])
async def test_an_operators_cancellation_is_a_revocation(bank: House, stands: bool) -> None:
    if stands:
        mandate_id = await active(bank)
    else:
        asked = (await to_the_code(bank)).elicitation
        assert asked is not None
        mandate_id = asked.payment_id
    handle = bank.client.get_workflow_handle_for(MandateWorkflow.run, ids.mandate_workflow_id(mandate_id))
    await handle.cancel()
    assert await ended(bank, mandate_id) is (MandateState.REVOKED if stands else MandateState.CANCELLED)
    assert bank.mandates.states[mandate_id] is (MandateState.REVOKED if stands else MandateState.CANCELLED)
    assert not await bank.elicitations.pending_of(house.USER)
