"""Every way in which a payment ends, played once: which workflows' histories it leaves under which names."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from domain import ids
from domain.alerts import AlertRequest, AlertWish, LedgerEvent
from domain.errors import UnknownPayeeError
from domain.payments import PayerHistory, PaymentRequest
from domain.policy import DEFAULT, Policies
from domain.understanding import Intent
from tests.fakes import house
from tests.fakes.staff import until
from tests.replay.endings import Scene, end, question_of, to_the_code
from tests.replay.scenes_apart import APART

if TYPE_CHECKING:
    from tests.fakes.staff import House


async def completed(bank: House) -> dict[str, str]:
    payment_id, question = await to_the_code(bank)
    await bank.give(question, "000000")
    await bank.say(Intent.RESEND)
    await bank.give(question)
    return await end(bank, "completed", payment_id, question)


async def declined(bank: House) -> dict[str, str]:
    await bank.open()
    asked = question_of(await bank.pay())
    await bank.say(Intent.DENY)
    return await end(bank, "declined", asked.tool_call_id, asked.elicitation_id)


async def cancelled(bank: House) -> dict[str, str]:
    payment_id, question = await to_the_code(bank)
    await bank.say(Intent.CANCEL)
    return await end(bank, "cancelled", payment_id, question)


async def failed(bank: House) -> dict[str, str]:
    payment_id, question = await to_the_code(bank)
    for _ in range(5):
        await bank.give(question, "000000")
    return await end(bank, "failed", payment_id, question)


async def expired(bank: House) -> dict[str, str]:
    await bank.open()
    asked = question_of(await bank.pay())
    return await end(bank, "expired", asked.tool_call_id, asked.elicitation_id)


async def _to_the_supervisor(bank: House) -> tuple[str, str]:
    """Countersigned by the customer; the payment's id and the approval's."""
    await bank.open()
    await bank.pay("6000.00")
    asked = question_of(await bank.say(Intent.CONFIRM))
    await bank.give(asked.elicitation_id)
    return asked.tool_call_id, f"{asked.tool_call_id}-supervisor_approval_1-1"


async def approved(bank: House) -> dict[str, str]:
    payment_id, approval = await _to_the_supervisor(bank)
    await until(lambda: bank.approvals.rows[approval].group == "senior_supervisors")
    await bank.decide(approval, "user_sue")
    return await end(bank, "approved", payment_id, approval)


async def corrected(bank: House) -> dict[str, str]:
    payment_id, _ = await _to_the_supervisor(bank)
    await bank.say(Intent.AMEND, amount="6500.00")
    asked = question_of(await bank.say(Intent.CONFIRM))
    await bank.say(Intent.AMEND, payee="John Doe")
    asked = question_of(await bank.say(Intent.CONFIRM))
    await bank.give(asked.elicitation_id)
    approval = f"{payment_id}-supervisor_approval_1-3"
    await bank.decide(approval, "user_sam")
    return await end(bank, "corrected", payment_id, f"{payment_id}-supervisor_approval_1-1")


async def rejected(bank: House) -> dict[str, str]:
    payment_id, approval = await _to_the_supervisor(bank)
    await bank.decide(approval, "user_sam", approve=False, note="not plausible")
    return await end(bank, "rejected", payment_id, approval)


async def undecided(bank: House) -> dict[str, str]:
    payment_id, approval = await _to_the_supervisor(bank)
    return await end(bank, "undecided", payment_id, approval)


async def cooled(bank: House) -> dict[str, str]:
    bank.ledger.histories["Sarah Chen"] = PayerHistory(payee_age_s=60, payee_paid=False)
    await bank.open()
    await bank.pay("1500.00")
    asked = question_of(await bank.say(Intent.CONFIRM))
    await bank.give(asked.elicitation_id)
    return await end(bank, "cooled", asked.tool_call_id, asked.elicitation_id)


async def mandate(bank: House) -> dict[str, str]:
    """Set up after a change of mind, used once, revoked."""
    await bank.open()
    await bank.say(Intent.MANDATE, amount="80.00", payee="Sarah Chen", period="month")
    await bank.say(Intent.AMEND, amount="100.00")
    code = question_of(await bank.say(Intent.CONFIRM))
    await bank.give(code.elicitation_id)
    asked = question_of(await bank.pay("60.00"))
    await bank.say(Intent.CONFIRM)
    await bank.say(Intent.MANDATES)
    await bank.say(Intent.REVOKE, payee="Sarah Chen")
    workflow = ids.mandate_workflow_id(code.payment_id)
    await bank.client.get_workflow_handle(workflow).result()
    ends = await end(bank, "standing", asked.payment_id, code.elicitation_id)
    return ends | {"mandate_revoked": workflow}


async def _identity_check(bank: House, outcome: str) -> dict[str, str]:
    """The histories of the check that was asked for, once it has ended."""
    [verification_id] = bank.verifications.plans
    check, talk = ids.verification_workflow_id(verification_id), ids.conversation_workflow_id(bank.session_id)
    await bank.client.get_workflow_handle(check).result()
    await bank.conversations.leave(bank.session_id, "")
    await bank.client.get_workflow_handle(talk).result()
    return {f"verification_{outcome}": check, f"conversation_card_{outcome}": talk}


async def verified(bank: House) -> dict[str, str]:
    """Where is my card: a wrong code, the right one, and what was asked; then an inquiry more."""
    await bank.open()
    asked = question_of(await bank.say(Intent.CARDS))
    await bank.give(asked.elicitation_id, "000000")
    await bank.give(asked.elicitation_id)
    await bank.say(Intent.BALANCE)
    return await _identity_check(bank, "verified")


async def called_off(bank: House) -> dict[str, str]:
    await bank.open()
    await bank.say(Intent.CARDS)
    await bank.say(Intent.CANCEL)
    return await _identity_check(bank, "called_off")


async def never_shown(bank: House) -> dict[str, str]:
    await bank.open()
    await bank.say(Intent.CARDS)
    return await _identity_check(bank, "never_shown")


async def alert(bank: House) -> dict[str, str]:
    """Put together by voice beside its form, set off by the ledger, corrected, paused, resumed, deleted; anew once."""
    await bank.open()
    await bank.say(Intent.ALERT, alert="low_balance")
    await bank.say(Intent.AMEND, amount="200.00")
    [alert_id] = bank.alerts.kept
    for seq in range(1, 9):
        event = LedgerEvent(seq, seq, "acct_checking", "checking", -100_00, 250_00, 150_00, "USD", "Shop", "")
        await bank.alert_gateway.posted(alert_id, event)
        await until(lambda seq=seq: len(bank.alerts.said) == seq)
    workflow = bank.client.get_workflow_handle(ids.alert_workflow_id(alert_id))
    first = (await workflow.fetch_history()).events[0].workflow_execution_started_event_attributes
    await bank.say(Intent.AMEND, amount="300.00")
    await bank.say(Intent.ALERT_PAUSE)
    await bank.say(Intent.ALERT_RESUME)
    await bank.say(Intent.ALERT_DELETE)
    await workflow.result()
    await bank.say(Intent.GOODBYE)
    talk = ids.conversation_workflow_id(bank.session_id)
    await bank.conversations.leave(bank.session_id, "")
    await bank.client.get_workflow_handle(talk).result()
    assert first.continued_execution_run_id
    return {"alert_deleted": ids.alert_workflow_id(alert_id), "conversation_alert": talk}


async def reminder(bank: House) -> dict[str, str]:
    """What it lacks is never said: its form runs out of time."""
    request = AlertRequest(uuid4().hex, house.USER, AlertWish(kind="reminder"))
    await bank.alert_desk.create(request)
    workflow = ids.alert_workflow_id(request.alert_id)
    await bank.client.get_workflow_handle(workflow).result()
    return {"alert_given_up": workflow}


async def own(bank: House) -> dict[str, str]:
    await bank.open()
    asked = question_of(await bank.say(Intent.TRANSFER, amount="50.00", target="savings"))
    await bank.say(Intent.CONFIRM)
    return await end(bank, "own", asked.payment_id, asked.elicitation_id)


async def called_back(bank: House) -> dict[str, str]:
    """Cancelled while a supervisor has it."""
    payment_id, approval = await _to_the_supervisor(bank)
    await bank.payments.cancel(payment_id, house.USER)
    return await end(bank, "called_back", payment_id, approval)


async def ordered(bank: House) -> dict[str, str]:
    """A standing order for one day, which is paid."""
    await bank.open()
    today = datetime.now(UTC).date().isoformat()
    await bank.say(Intent.ORDER, amount="80.00", payee="Sarah Chen", date=today)
    code = question_of(await bank.say(Intent.CONFIRM))
    await bank.give(code.elicitation_id)
    [order_id] = bank.orders.kept
    workflow = ids.standing_order_workflow_id(order_id)
    await bank.client.get_workflow_handle(workflow).result()
    [payment_id] = bank.orders.payments.values()
    return await end(bank, "ordered", payment_id, code.elicitation_id) | {"standing_order_completed": workflow}


async def _elsewhere(bank: House, outcome: str, *says: str) -> dict[str, str]:
    """A payment to another bank, whose rail says this."""
    bank.directory.elsewhere, bank.rail.says = True, list(says)
    await bank.open()
    await bank.pay("80.00", "Lakeside Dental")
    asked = question_of(await bank.say(Intent.CONFIRM))
    await bank.give(asked.elicitation_id)
    return await end(bank, outcome, asked.payment_id, asked.elicitation_id)


async def outside(bank: House) -> dict[str, str]:
    return await _elsewhere(bank, "outside")


async def outside_unknown(bank: House) -> dict[str, str]:
    """Not heard, handed in again, and sent back by the other bank before the answer came."""
    found = await _elsewhere(bank, "outside_unknown", "deaf", "", "returned")
    [key] = bank.rail.payments
    gives_back = ids.rail_return_workflow_id(key)
    await bank.client.get_workflow_handle(gives_back).result()
    return found | {"rail_return": gives_back}


async def outside_refused(bank: House) -> dict[str, str]:
    return await _elsewhere(bank, "outside_refused", "refused")


async def refused(bank: House) -> dict[str, str]:
    request = PaymentRequest(uuid4().hex, house.USER, "5.00", "Nobody")
    try:
        await bank.payments.begin(request)
    except UnknownPayeeError:
        return {"payment_refused": ids.payment_workflow_id(request.payment_id)}
    raise AssertionError


SCENES: dict[Scene, dict[str, Any]] = {
    completed: {},
    declined: {},
    cancelled: {},
    failed: {},
    refused: {},
    mandate: {},
    alert: {"alert_events_max": 30},
    reminder: {"elicitation_s": 0.5},
    own: {},
    called_back: {},
    ordered: {},
    outside: {},
    outside_unknown: {},
    outside_refused: {},
    verified: {},
    called_off: {},
    never_shown: {"elicitation_s": 0.5},
    expired: {"elicitation_s": 0.5},
    approved: {"escalate_s": 0.3},
    corrected: {},
    rejected: {},
    undecided: {"approval_s": 0.5, "escalate_s": 0.2},
    cooled: {"policies": Policies(replace(DEFAULT, cooling_off_s=0.5), {})},
    **APART,
}
"""Each with what is special about its bank."""
