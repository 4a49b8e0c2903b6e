"""A payment that is corrected while it waits: a new version, and nothing that was said about the last one counts."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from domain import ids
from domain.dialogue import phrases
from domain.elicitation import ElicitationRequest, ElicitationState, ElicitationType
from domain.errors import (
    AlreadyDecidedError,
    BankError,
    ElicitationClosedError,
    NothingToChangeError,
    PaymentClosedError,
    StaleVersionError,
    UnknownPayeeError,
)
from domain.payments import Correction, PayerHistory, PaymentState
from domain.understanding import Intent
from tests.fakes import house
from tests.fakes.staff import until
from workflows.payment import PaymentWorkflow

if TYPE_CHECKING:
    from domain.conversation import Reply
    from tests.fakes.staff import House

pytestmark = pytest.mark.servers

BIG = "6000.00"
"""Enough for a supervisor."""


def question(reply: Reply) -> ElicitationRequest:
    assert reply.elicitation is not None
    return reply.elicitation


async def to_the_code(bank: House, amount: str = "15.00") -> ElicitationRequest:
    await bank.open()
    await bank.pay(amount)
    return question(await bank.say(Intent.CONFIRM))


async def settled(bank: House, payment_id: str, state: PaymentState) -> None:
    handle = bank.client.get_workflow_handle_for(PaymentWorkflow.run, ids.payment_workflow_id(payment_id))
    assert (await handle.result()).state is state


async def test_fifty_not_fifteen(bank: House) -> None:
    await bank.open()
    first = question(await bank.pay("15.00"))
    changed = await bank.say(Intent.AMEND, text="make it fifty, not fifteen", amount="50.00")
    assert changed.text == "Changed. I'll pay $50.00 to Sarah Chen from your checking account. Shall I go ahead?"
    second = question(changed)
    assert second.payment_id == first.payment_id
    assert second.elicitation_id != first.elicitation_id
    assert bank.elicitations.rows[first.elicitation_id].error_code == "stale_version"
    with pytest.raises(StaleVersionError):
        await bank.desk.answer(first.elicitation_id, house.USER, {"confirmed": True}, "late")
    code = question(await bank.say(Intent.CONFIRM))
    assert (await bank.give(code.elicitation_id)).text == "Done. I paid $50.00 to Sarah Chen."
    await settled(bank, first.payment_id, PaymentState.COMPLETED)
    assert bank.ledger.steps[first.payment_id] == ["hold", "post"]


async def test_a_correction_voids_the_code_and_the_hold(bank: House) -> None:
    code = await to_the_code(bank)
    changed = await bank.say(Intent.AMEND, text="no, to John Doe", payee="John Doe")
    assert changed.text.startswith("Changed. I'll pay $15.00 to John Doe")
    assert bank.ledger.steps[code.payment_id] == ["hold", "void"]
    with pytest.raises(StaleVersionError):
        await bank.desk.answer(code.elicitation_id, house.USER, {"otp_code": house.CODE}, "late")
    fresh = question(await bank.say(Intent.CONFIRM))
    await bank.give(fresh.elicitation_id)
    await settled(bank, code.payment_id, PaymentState.COMPLETED)
    assert bank.ledger.steps[code.payment_id] == ["hold", "void", "hold", "post"]
    assert bank.ledger.plans[code.payment_id].payee_name == "John Doe"
    assert "to John Doe" in bank.phone.messages[f"{fresh.elicitation_id}-0"]


async def test_a_correction_while_a_supervisor_reads_it_voids_the_approval(bank: House) -> None:
    code = await to_the_code(bank, BIG)
    await bank.give(code.elicitation_id)
    old = f"{code.payment_id}-supervisor_approval_1-1"
    await until(lambda: old in bank.approvals.rows)
    changed = await bank.say(Intent.AMEND, text="make it six thousand five hundred", amount="6500.00")
    assert changed.text == "Changed. I'll pay $6,500.00 to Sarah Chen from your checking account. Shall I go ahead?"
    for approve in (True, False):
        with pytest.raises((StaleVersionError, AlreadyDecidedError)):
            await bank.decide(old, "user_sam", approve=approve, note="seen", response_id=uuid4().hex)
    assert (await bank.approvals.get(old)).error_code == "stale_version"
    fresh = question(await bank.say(Intent.CONFIRM))
    told = await bank.give(fresh.elicitation_id)
    assert told.text == phrases.SUPERVISOR
    new = f"{code.payment_id}-supervisor_approval_1-2"
    assert bank.approvals.rows[new].amount == "6500.00"
    await bank.decide(new, "user_sam", response_id="r2")
    await settled(bank, code.payment_id, PaymentState.COMPLETED)
    assert bank.ledger.steps[code.payment_id] == ["hold", "void", "hold", "post"]


async def test_a_correction_while_it_cools_off(bank: House) -> None:
    bank.ledger.histories["Sarah Chen"] = PayerHistory(payee_age_s=60, payee_paid=False)
    code = await to_the_code(bank, "1500.00")
    assert "hold it" in (await bank.give(code.elicitation_id)).text
    changed = await bank.say(Intent.AMEND, text="make it twenty dollars", amount="20.00")
    assert changed.text.startswith("Changed. I'll pay $20.00 to Sarah Chen")
    fresh = question(await bank.say(Intent.CONFIRM))
    assert (await bank.give(fresh.elicitation_id)).text == "Done. I paid $20.00 to Sarah Chen."


async def test_a_correction_that_breaks_a_rule_changes_nothing(bank: House) -> None:
    code = await to_the_code(bank)
    refused = await bank.say(Intent.AMEND, text="make it two million", amount="2000000.00")
    assert "It stays as it was. I'm waiting for the six-digit code for $15.00" in refused.text
    assert question(refused).elicitation_id == code.elicitation_id
    with pytest.raises(UnknownPayeeError):
        await bank.payments.correct(code.payment_id, Correction(payee="Nobody"), "c1")
    assert (await bank.give(code.elicitation_id)).text == "Done. I paid $15.00 to Sarah Chen."


async def test_what_is_so_already_is_no_correction(bank: House) -> None:
    code = await to_the_code(bank)
    with pytest.raises(NothingToChangeError):
        await bank.payments.correct(code.payment_id, Correction(amount="15"), "c1")
    assert (await bank.say(Intent.AMEND, amount="15.0")).text.startswith("I'm waiting for the six-digit code")


async def test_a_correction_of_a_version_that_is_none_any_more(bank: House) -> None:
    code = await to_the_code(bank)
    first = await bank.payments.correct(code.payment_id, Correction(amount="20.00", version=1), "c1")
    assert first.version == 2
    assert await bank.payments.correct(code.payment_id, Correction(amount="20.00", version=1), "c1") == first
    with pytest.raises(StaleVersionError):
        await bank.payments.correct(code.payment_id, Correction(amount="30.00", version=1), "c2")


async def test_other_devices_hear_of_a_correction(bank: House) -> None:
    code = await to_the_code(bank)
    await bank.payments.correct(code.payment_id, Correction(amount="20.00"), "c1")
    await until(lambda: any(said.startswith("Changed. I'll pay $20.00") for said in bank.announcer.said.values()))
    again = await bank.say(Intent.CONFIRM)  # to what was shown by an event alone, by a front that does not say so
    assert again.text == "I'll pay $20.00 to Sarah Chen from your checking account. Shall I go ahead?"
    fresh = question(await bank.say(Intent.CONFIRM))
    assert fresh.elicitation_type is ElicitationType.OTP
    assert (await bank.give(fresh.elicitation_id)).text == "Done. I paid $20.00 to Sarah Chen."


@pytest.mark.parametrize("corrections", [1, 3])
async def test_a_code_and_corrections_at_once(bank: House, corrections: int) -> None:
    code = await to_the_code(bank)
    found = await asyncio.gather(
        bank.desk.answer(code.elicitation_id, house.USER, {"otp_code": house.CODE}, "r1"),
        *(
            bank.payments.correct(code.payment_id, Correction(amount=f"{20 + number}.00"), f"c{number}")
            for number in range(corrections)
        ),
        return_exceptions=True,
    )
    refused = [each for each in found if isinstance(each, BaseException)]
    assert all(isinstance(each, (StaleVersionError, PaymentClosedError, ElicitationClosedError)) for each in refused)
    taken = [each for each in found[1:] if not isinstance(each, BaseException)]
    if taken:
        plan = bank.ledger.plans[code.payment_id]
        assert plan.version == 1 + len(taken)
        assert "post" not in bank.ledger.steps[code.payment_id]
    else:
        await settled(bank, code.payment_id, PaymentState.COMPLETED)
        assert bank.ledger.plans[code.payment_id].amount == "15.00"


async def test_who_cancels_wants_no_other_version(bank: House) -> None:
    code = await to_the_code(bank)
    await asyncio.gather(
        bank.questions.cancel(code.elicitation_id, house.USER),
        bank.payments.correct(code.payment_id, Correction(amount="20.00"), "c1"),
        return_exceptions=True,
    )
    state = bank.elicitations.rows[code.elicitation_id]
    if state.error_code == "withdrawn":
        await settled(bank, code.payment_id, PaymentState.CANCELLED)
        assert bank.ledger.steps[code.payment_id] == ["hold", "void"]
    else:
        assert bank.ledger.plans[code.payment_id].version == 2


async def test_who_takes_a_payment_back_is_heard_whatever_else_is_said(bank: House) -> None:
    await bank.open()
    asked = question(await bank.pay("15.00"))
    yes = bank.desk.answer(asked.elicitation_id, house.USER, {"confirmed": True}, "r1")
    changed = bank.payments.correct(asked.payment_id, Correction(amount="20.00"), "c1")
    back = bank.payments.cancel(asked.payment_id, house.USER)
    found = await asyncio.gather(yes, changed, back, return_exceptions=True)
    assert found[2] is PaymentState.CANCELLED, found
    await settled(bank, asked.payment_id, PaymentState.CANCELLED)
    assert "post" not in bank.ledger.steps[asked.payment_id]
    assert all(row.state is not ElicitationState.PENDING for row in bank.elicitations.rows.values())


async def test_a_no_to_what_was_corrected_meanwhile_is_not_said_to_count(bank: House) -> None:
    await bank.open()
    asked = question(await bank.pay("15.00"))
    no = bank.desk.answer(asked.elicitation_id, house.USER, {"confirmed": False}, "r1")
    changed = bank.payments.correct(asked.payment_id, Correction(amount="20.00"), "c1")
    told, _ = await asyncio.gather(no, changed, return_exceptions=True)
    counted = bank.elicitations.rows[asked.elicitation_id].response_id == "r1"
    assert counted is not isinstance(told, (StaleVersionError, ElicitationClosedError)), told


async def test_nothing_is_corrected_once_money_has_moved(bank: House) -> None:
    code = await to_the_code(bank)
    await bank.give(code.elicitation_id)
    await settled(bank, code.payment_id, PaymentState.COMPLETED)
    with pytest.raises(PaymentClosedError):
        await bank.payments.correct(code.payment_id, Correction(amount="20.00"), "c1")


async def test_a_proof_of_the_last_version_is_none_of_this(bank: House) -> None:
    code = await to_the_code(bank)
    await bank.say(Intent.AMEND, amount="50.00")
    fresh = question(await bank.say(Intent.CONFIRM))
    rows = bank.elicitations.rows
    old, new = rows[code.elicitation_id].request, rows[fresh.elicitation_id].request
    for stale in (replace(new, version=old.version), replace(new, transaction_hash=old.transaction_hash)):
        proof = bank.proof_of(stale, "r9")
        with pytest.raises(BankError) as refused:
            await bank.questions.answer(fresh.elicitation_id, proof, "r9")
        assert refused.value.code == "stale_version"
    assert rows[fresh.elicitation_id].state is ElicitationState.PENDING


async def test_a_version_that_the_workflow_forgot_is_gone_on_with(bank: House) -> None:
    code = await to_the_code(bank)
    plan = bank.ledger.plans[code.payment_id]
    forgotten = replace(plan, version=2, amount="22.00", amount_minor=2200, transaction_hash="f" * 64)
    await bank.ledger.revise(forgotten)  # and the task in which it was made is thrown away
    begun = await bank.payments.correct(code.payment_id, Correction(payee="John Doe"), "c1")
    assert begun.version == 3
    plan = bank.ledger.plans[code.payment_id]
    assert (plan.amount, plan.payee_name) == ("22.00", "John Doe")
    assert begun.elicitation is not None
    await bank.desk.answer(begun.elicitation.elicitation_id, house.USER, {"confirmed": True}, "r1")
    await until(lambda: f"{code.payment_id}-otp-3" in bank.elicitations.rows)
    assert (await bank.give(f"{code.payment_id}-otp-3")).text.endswith("Done. I paid $22.00 to John Doe.")
