"""What waits for supervisors, what cools off, and how the customer hears of it."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from temporalio.api.sdk.v1 import WorkflowMetadata

from activities.ports import Settlement
from adapters.tokens import Proofs
from domain import ids
from domain.conversation import Expects, Reply
from domain.errors import (
    AlreadyDecidedError,
    BankError,
    ElicitationClosedError,
    NotASupervisorError,
    NoteRequiredError,
    NotYourGroupError,
    OverSupervisorLimitError,
    PaymentClosedError,
    ProofInvalidError,
    SameSupervisorError,
    SelfApprovalError,
    StaleVersionError,
)
from domain.payments import PayerHistory, PaymentState
from domain.policy import DEFAULT, Policies
from domain.understanding import Intent
from tests.fakes import house
from tests.fakes.approvals import SAM
from tests.fakes.staff import staffed, until
from tests.signing import SIGNER
from workflows.approval import ApprovalWorkflow
from workflows.payment import PaymentWorkflow

if TYPE_CHECKING:
    from temporalio.client import Client

    from tests.fakes.staff import House

pytestmark = pytest.mark.servers
WAITS = "A supervisor must approve this. I'll tell you when it is decided."
PAID = "Done. I paid $6,000.00 to Sarah Chen."


async def countersigned(bank: House, amount: str = "6000.00") -> tuple[str, Reply]:
    """The customer has said yes and given the code: the payment's id, and the reply to the code."""
    await bank.open()
    await bank.pay(amount)
    asked = (await bank.say(Intent.CONFIRM)).elicitation
    assert asked is not None
    return asked.tool_call_id, await bank.give(asked.elicitation_id)


def approval(payment_id: str, number: int = 1) -> str:
    return f"{payment_id}-supervisor_approval_{number}-1"


async def ended(bank: House, payment_id: str) -> tuple[PaymentState, str]:
    handle = bank.client.get_workflow_handle_for(PaymentWorkflow.run, ids.payment_workflow_id(payment_id))
    result = await handle.result()
    return result.state, result.error_code


async def told(bank: House, words: str) -> None:
    await until(lambda: words in bank.announcer.said.values())


async def test_an_approved_payment_is_paid_and_told(bank: House) -> None:
    payment_id, reply = await countersigned(bank)
    assert (reply.text, reply.state, reply.elicitation) == (WAITS, "idle", None)
    assert bank.ledger.states[payment_id] is PaymentState.AWAITING_SUPERVISOR
    assert bank.ledger.steps[payment_id] == ["hold"]
    await bank.decide(approval(payment_id), "user_sam")
    await told(bank, PAID)
    assert bank.ledger.steps[payment_id] == ["hold", "post"]
    assert bank.outcomes.told == {payment_id: bank.session_id}


async def test_a_refused_payment_is_released_and_told(bank: House) -> None:
    payment_id, _ = await countersigned(bank)
    await bank.decide(approval(payment_id), "user_sam", approve=False, note="not plausible")
    await told(bank, "The payment of $6,000.00 to Sarah Chen was not approved. Nothing was moved.")
    assert await ended(bank, payment_id) == (PaymentState.REJECTED, "approval_refused")
    assert bank.ledger.steps[payment_id] == ["hold", "void"]


async def test_two_approvals_come_from_two_people(bank: House) -> None:
    payment_id, _ = await countersigned(bank, "12000.00")
    await bank.decide(approval(payment_id), "user_sue")
    await until(lambda: approval(payment_id, 2) in bank.approvals.rows)
    with pytest.raises(SameSupervisorError):
        await bank.decide(approval(payment_id, 2), "user_sue")
    assert bank.ledger.steps[payment_id] == ["hold"]
    await bank.decide(approval(payment_id, 2), "user_sol", response_id="r2")
    await told(bank, "Done. I paid $12,000.00 to Sarah Chen.")


async def test_while_it_waits_the_conversation_is_free(bank: House) -> None:
    payment_id, _ = await countersigned(bank)
    where = await bank.say(Intent.STATUS)
    assert where.text == "Your payment of $6,000.00 to Sarah Chen still waits for a supervisor."
    await bank.pay("25.00", "John Doe")
    asked = (await bank.say(Intent.CONFIRM)).elicitation
    assert asked is not None
    assert (await bank.give(asked.elicitation_id)).text == "Done. I paid $25.00 to John Doe."
    await bank.decide(approval(payment_id), "user_sam")
    await told(bank, PAID)


REFUSED = [
    ("user_maya", {}, NotASupervisorError),
    ("user_sam", {"note": "", "approve": False}, NoteRequiredError),
]


@pytest.mark.parametrize(("who", "how", "error"), REFUSED)
async def test_what_is_refused_moves_nothing(
    bank: House, who: str, how: dict[str, object], error: type[BankError]
) -> None:
    payment_id, _ = await countersigned(bank)
    with pytest.raises(error):
        await bank.decide(approval(payment_id), who, **how)
    assert bank.ledger.steps[payment_id] == ["hold"]
    await bank.decide(approval(payment_id), "user_sam", response_id="r2")
    assert await ended(bank, payment_id) == (PaymentState.COMPLETED, "")


async def test_the_maker_does_not_approve_even_with_the_role(bank: House) -> None:
    payment_id, _ = await countersigned(bank)
    bank.approvals.staff[house.USER] = replace(SAM, user_id=house.USER)
    with pytest.raises(SelfApprovalError):
        await bank.decide(approval(payment_id), house.USER)
    assert bank.ledger.steps[payment_id] == ["hold"]


async def test_a_role_revoked_after_the_proof_was_made_counts_no_more(bank: House) -> None:
    payment_id, _ = await countersigned(bank)
    given = bank.decision(approval(payment_id), "user_sam")
    del bank.approvals.staff["user_sam"]
    with pytest.raises(NotASupervisorError):
        await bank.supervisors.decide(approval(payment_id), given)
    assert bank.ledger.steps[payment_id] == ["hold"]


async def test_a_limit_holds_and_can_be_lent(bank: House) -> None:
    payment_id, _ = await countersigned(bank, "12000.00")
    with pytest.raises(OverSupervisorLimitError):
        await bank.decide(approval(payment_id), "user_sam")
    bank.approvals.lend("user_sue", "user_sam")
    await bank.decide(approval(payment_id), "user_sam", response_id="r2")
    assert bank.approvals.rows[approval(payment_id)].on_behalf_of == "user_sue"


async def test_a_proof_of_another_version_or_question_is_refused(bank: House) -> None:
    payment_id, _ = await countersigned(bank)
    waits = bank.approvals.rows[approval(payment_id)]
    bank.approvals.rows[approval(payment_id)] = replace(waits, version=2)
    stale = bank.decision(approval(payment_id), "user_sam")
    bank.approvals.rows[approval(payment_id)] = waits
    with pytest.raises(StaleVersionError):
        await bank.supervisors.decide(approval(payment_id), stale)
    other = bank.decision(approval(payment_id), "user_sam", response_id="other")
    with pytest.raises(ProofInvalidError):
        await bank.supervisors.decide(approval(payment_id), replace(other, response_id="r3"))
    with pytest.raises(ProofInvalidError):  # the customers' door does not take it either
        await bank.questions.answer(approval(payment_id), other.proof, "other")
    assert bank.ledger.steps[payment_id] == ["hold"]


@pytest.mark.parametrize(("approve", "state"), [(True, PaymentState.COMPLETED), (False, PaymentState.REJECTED)])
async def test_a_decision_that_was_stored_and_not_heard_of_stands(
    bank: House, approve: bool, state: PaymentState
) -> None:
    payment_id, _ = await countersigned(bank)
    await bank.approvals.settle(Settlement(approval(payment_id), "user_sam", "", approve, "why", "r1"))
    with suppress(ElicitationClosedError):
        await bank.questions.cancel(approval(payment_id), house.USER)
    assert (await ended(bank, payment_id))[0] is state


@pytest.mark.parametrize("approve", [True, False])
async def test_a_decision_that_was_stored_stands_when_its_proof_has_expired(bank: House, approve: bool) -> None:
    """Its worker died before it could tell, and another one takes it up minutes later."""
    payment_id, _ = await countersigned(bank)
    approval_id = approval(payment_id)
    bank.proofs = Proofs(SIGNER, clock=lambda: time.time() - 600)
    with pytest.raises(ProofInvalidError):
        await bank.decide(approval_id, "user_sam", approve=approve, note="why", response_id="r0")
    await bank.approvals.settle(Settlement(approval_id, "user_sam", "", approve, "why", "r1"))
    with pytest.raises(ProofInvalidError):
        await bank.decide(approval_id, "user_sam", approve=approve, note="why", response_id="r2")
    await bank.decide(approval_id, "user_sam", approve=approve, note="why")
    state = PaymentState.COMPLETED if approve else PaymentState.REJECTED
    assert (await ended(bank, payment_id))[0] is state


async def test_of_racing_decisions_one_counts(bank: House) -> None:
    payment_id, _ = await countersigned(bank)
    decisions = [
        bank.decide(approval(payment_id), who, approve=approve, note="no", response_id=f"r{number}")
        for number, (who, approve) in enumerate([("user_sam", True), ("user_sue", False), ("user_sol", True)])
    ]
    outcomes = await asyncio.gather(*decisions, return_exceptions=True)
    assert sum(isinstance(found, AlreadyDecidedError) for found in outcomes) == 2
    state, _ = await ended(bank, payment_id)
    first = bank.approvals.rows[approval(payment_id)].state
    assert state is (PaymentState.COMPLETED if first == "approved" else PaymentState.REJECTED)


async def test_the_signal_twin_does_the_same_and_audits_what_it_ignores(bank: House, client: Client) -> None:
    payment_id, _ = await countersigned(bank)
    name = ids.elicitation_workflow_id(approval(payment_id))
    handle = client.get_workflow_handle_for(ApprovalWorkflow.run, name)
    bad = bank.decision(approval(payment_id), "user_sam", approve=False)
    await handle.signal(ApprovalWorkflow.submit_decision, bad)
    await handle.signal(ApprovalWorkflow.submit_decision, replace(bad, proof="no proof"))
    await until(lambda: len(bank.approvals.refused) == 2)
    assert bank.approvals.refused == [("user_sam", "note_required"), ("unknown", "proof_invalid")]
    await handle.signal(ApprovalWorkflow.submit_decision, bank.decision(approval(payment_id), "user_sam"))
    assert await ended(bank, payment_id) == (PaymentState.COMPLETED, "")


async def test_nobody_decides_in_time(client: Client) -> None:
    async with staffed(client, approval_s=0.6, escalate_s=0.2) as bank:
        payment_id, _ = await countersigned(bank)
        name = ids.elicitation_workflow_id(approval(payment_id))
        await told(bank, "The payment of $6,000.00 to Sarah Chen ran out of time. Nothing was moved.")
        assert await ended(bank, payment_id) == (PaymentState.EXPIRED, "approval_expired")
        assert bank.ledger.steps[payment_id] == ["hold", "void"]
        shown = await client.get_workflow_handle(name).describe()
        found = {pair.key.name: pair.value for pair in shown.typed_search_attributes}
        assert (found["ApproverGroup"], found["AmountMinor"]) == ("senior_supervisors", 6_000_00)


async def test_after_a_while_it_is_the_next_group_s(client: Client) -> None:
    async with staffed(client, escalate_s=0.2) as bank:
        payment_id, _ = await countersigned(bank)
        await until(lambda: bank.approvals.rows[approval(payment_id)].group == "senior_supervisors")
        with pytest.raises(NotYourGroupError):
            await bank.decide(approval(payment_id), "user_sam")
        await bank.decide(approval(payment_id), "user_sue", response_id="r2")
        assert await ended(bank, payment_id) == (PaymentState.COMPLETED, "")


async def test_what_an_operator_sees(bank: House, client: Client) -> None:
    payment_id, _ = await countersigned(bank)
    handle = client.get_workflow_handle(ids.elicitation_workflow_id(approval(payment_id)))
    metadata = await handle.query("__temporal_workflow_metadata", result_type=WorkflowMetadata)
    assert metadata.current_details.startswith("Waiting for a decision of supervisors")
    found = {pair.key.name: pair.value for pair in (await handle.describe()).typed_search_attributes}
    assert found["ApproverGroup"] == "supervisors"


WITHDRAWN = "Cancelled. $6,000.00 was not paid to Sarah Chen."


@pytest.mark.parametrize(("text", "asked"), [("cancel my payment to sarah chen", False), ("stop", True)])
async def test_the_customer_withdraws_what_waits_by_voice(bank: House, text: str, asked: bool) -> None:
    payment_id, _ = await countersigned(bank)
    reply = await bank.say(Intent.CANCEL, text=text)
    if asked:
        assert reply.text.endswith("Shall I cancel it?")
        assert reply.expects is Expects.CONFIRMATION
        assert (await bank.say(Intent.DENY)).text.startswith("All right, it stays")
        await bank.say(Intent.CANCEL, text=text)
        reply = await bank.say(Intent.CONFIRM)
    assert reply.text == WITHDRAWN
    assert await ended(bank, payment_id) == (PaymentState.CANCELLED, "withdrawn")
    assert bank.ledger.steps[payment_id] == ["hold", "void"]


NEW_PAYEE = PayerHistory(payee_age_s=60, payee_paid=False)


async def test_a_first_payment_to_a_new_payee_cools_off_and_is_paid(client: Client) -> None:
    policies = Policies(replace(DEFAULT, cooling_off_s=0.5), {})
    async with staffed(client, policies=policies) as bank:
        bank.ledger.histories["Sarah Chen"] = NEW_PAYEE
        payment_id, reply = await countersigned(bank, "1500.00")
        assert reply.text.startswith("This is new for Sarah Chen, so I'll hold it. It will go out on ")
        await told(bank, "Done. I paid $1,500.00 to Sarah Chen.")
        assert bank.ledger.steps[payment_id] == ["hold", "post"]


async def test_what_cools_off_can_be_called_back_from_any_channel(bank: House) -> None:
    bank.ledger.histories["Sarah Chen"] = NEW_PAYEE
    payment_id, _ = await countersigned(bank, "1500.00")
    assert bank.ledger.states[payment_id] is PaymentState.COOLING_OFF
    assert await bank.payments.cancel(payment_id, house.USER) is PaymentState.CANCELLED
    await told(bank, "Cancelled. $1,500.00 was not paid to Sarah Chen.")
    assert bank.ledger.steps[payment_id] == ["hold", "void"]
    with pytest.raises(PaymentClosedError):
        await bank.payments.cancel(payment_id, house.USER)


async def test_approvals_come_before_the_cooling_off(client: Client) -> None:
    policies = Policies(replace(DEFAULT, cooling_off_s=0.5), {})
    async with staffed(client, policies=policies) as bank:
        bank.ledger.histories["Sarah Chen"] = NEW_PAYEE
        payment_id, reply = await countersigned(bank)
        assert reply.text == WAITS
        await bank.decide(approval(payment_id), "user_sam")
        await told(bank, PAID)
        assert any(said.startswith("This is new for Sarah Chen") for said in bank.announcer.said.values())


async def hang_up(bank: House) -> None:
    await bank.say(Intent.GOODBYE)
    await bank.conversations.leave(bank.session_id, "")
    await bank.client.get_workflow_handle(ids.conversation_workflow_id(bank.session_id)).result()
    bank.session_id = f"text_{uuid4().hex}"


OUTCOMES = [
    (True, "Hello Maya. Your payment of $6,000.00 to Sarah Chen has been made. How can I help?"),
    (False, "Hello Maya. The payment of $6,000.00 to Sarah Chen was not approved. Nothing was moved. How can I help?"),
]


@pytest.mark.parametrize(("approve", "greeting"), OUTCOMES)
async def test_the_outcome_is_told_on_the_next_call_and_once(bank: House, approve: bool, greeting: str) -> None:
    payment_id, _ = await countersigned(bank)
    await hang_up(bank)
    await bank.decide(approval(payment_id), "user_sam", approve=approve, note="why")
    await ended(bank, payment_id)
    assert (await bank.open()).text == greeting
    await hang_up(bank)
    assert (await bank.open()).text == "Hello Maya. How can I help?"


async def test_a_later_call_hears_it_as_it_happens_and_can_call_it_back(bank: House) -> None:
    payment_id, _ = await countersigned(bank)
    await hang_up(bank)
    greeting = (await bank.open()).text
    assert "Your payment of $6,000.00 to Sarah Chen still waits for a supervisor." in greeting
    await bank.decide(approval(payment_id), "user_sam")
    await told(bank, PAID)
    assert bank.outcomes.told == {payment_id: bank.session_id}
    assert (await bank.say(Intent.CANCEL, text="cancel my payment")).text.startswith("There is nothing to cancel")
