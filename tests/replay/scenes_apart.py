"""Ways in which little goes as usual: stopped by others, taken up elsewhere, refused late, said in pieces."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from domain import ids
from domain.errors import HoldExpiredError, InsufficientFundsError
from domain.handovers import HandoverNews, Step
from domain.payments import PayerHistory, PaymentState
from domain.policy import DEFAULT, Policies
from domain.understanding import Intent
from tests.fakes import house
from tests.fakes.staff import until
from tests.replay.endings import Scene, end, question_of, to_the_code

if TYPE_CHECKING:
    from tests.fakes.staff import House

_FAR: Final = (datetime.now(UTC) + timedelta(days=40)).date().isoformat()
_MANDATE: Final = {"amount": "100.00", "payee": "Sarah Chen", "period": "month"}
_LATER: Final = {"every": "FREQ=MONTHLY", "date": _FAR}


async def passkey(bank: House) -> dict[str, str]:
    """On a phone: a passkey, a yes, a code."""
    await bank.open()
    asked = question_of(await bank.pay())
    row = bank.elicitations.rows[asked.elicitation_id]
    await bank.questions.answer(asked.elicitation_id, bank.proof_of(row.request, "r1"), "r1")
    await until(lambda: any("Shall I go ahead?" in said for said in bank.announcer.said.values()))
    await bank.give(question_of(await bank.say(Intent.CONFIRM)).elicitation_id)
    return await end(bank, "passkey", asked.payment_id, asked.elicitation_id)


async def stopped(bank: House) -> dict[str, str]:
    """An operator cancels the workflow."""
    payment_id, question = await to_the_code(bank)
    await bank.client.get_workflow_handle(ids.payment_workflow_id(payment_id)).cancel()
    return await end(bank, "stopped", payment_id, question)


async def unfunded(bank: House) -> dict[str, str]:
    """The money is gone when it is to be held."""

    async def gone(*_step: object) -> None:
        raise InsufficientFundsError

    bank.ledger.hold = gone  # pyright: ignore[reportAttributeAccessIssue]
    await bank.open()
    asked = question_of(await bank.pay())
    await bank.say(Intent.CONFIRM)
    return await end(bank, "unfunded", asked.payment_id, asked.elicitation_id)


async def held_too_long(bank: House) -> dict[str, str]:
    """Countersigned, and then the ledger refuses to post."""

    async def over(*_step: object) -> None:
        raise HoldExpiredError

    bank.ledger.post = over  # pyright: ignore[reportAttributeAccessIssue]
    payment_id, question = await to_the_code(bank)
    await bank.give(question)
    return await end(bank, "held_too_long", payment_id, question)


async def thought_over(bank: House) -> dict[str, str]:
    """Called back in its cooling-off time."""
    bank.ledger.histories["Sarah Chen"] = PayerHistory(payee_age_s=60, payee_paid=False)
    await bank.open()
    payment_id = question_of(await bank.pay("1500.00")).payment_id
    code = question_of(await bank.say(Intent.CONFIRM))
    await bank.give(code.elicitation_id)
    await until(lambda: bank.ledger.states[payment_id] is PaymentState.COOLING_OFF)
    await bank.say(Intent.CANCEL)
    await bank.say(Intent.CONFIRM)
    return await end(bank, "thought_over", payment_id, code.elicitation_id)


async def taken_up(bank: House) -> dict[str, str]:
    """Begun in one conversation, countersigned in another."""
    await bank.open()
    await bank.pay()
    bank.session_id = f"text_{uuid4().hex}"
    await bank.open()
    code = question_of(await bank.say(Intent.CONFIRM))
    await bank.give(code.elicitation_id)
    return await end(bank, "taken_up", code.payment_id, code.elicitation_id)


async def in_pieces(bank: House) -> dict[str, str]:
    """What is missing is asked for; a digression, help, repeat, back, a pause; too much at once."""
    await bank.open()
    for intent in (Intent.PAY, Intent.UNKNOWN, Intent.HELP):
        await bank.say(intent)
    await bank.say(Intent.AMEND, payee="John Doe")
    await bank.say(Intent.BALANCE)
    asked = question_of(await bank.say(Intent.AMEND, amount="25.00"))
    for intent in (Intent.REPEAT, Intent.SILENCE, Intent.THANKS):
        await bank.say(intent)
    code = question_of(await bank.say(Intent.CONFIRM))
    await bank.say(Intent.PAY, amount="5.00", payee="Sarah Chen")
    await bank.give(code.elicitation_id)
    return await end(bank, "in_pieces", asked.payment_id, code.elicitation_id)


async def _mandate_end(bank: House, outcome: str, mandate_id: str) -> dict[str, str]:
    workflow = ids.mandate_workflow_id(mandate_id)
    await bank.client.get_workflow_handle(workflow).result()
    return {f"mandate_{outcome}": workflow} | await _talk(bank, f"mandate_{outcome}")


async def _talk(bank: House, of: str) -> dict[str, str]:
    talk = ids.conversation_workflow_id(bank.session_id)
    await bank.conversations.leave(bank.session_id, "")
    await bank.client.get_workflow_handle(talk).result()
    return {f"conversation_{of}": talk}


async def mandate_declined(bank: House) -> dict[str, str]:
    await bank.open()
    asked = question_of(await bank.say(Intent.MANDATE, **_MANDATE))
    await bank.say(Intent.DENY)
    return await _mandate_end(bank, "declined", asked.payment_id)


async def mandate_expired(bank: House) -> dict[str, str]:
    await bank.open()
    asked = question_of(await bank.say(Intent.MANDATE, **_MANDATE))
    return await _mandate_end(bank, "expired", asked.payment_id)


async def mandate_failed(bank: House) -> dict[str, str]:
    await bank.open()
    await bank.say(Intent.MANDATE, **_MANDATE)
    code = question_of(await bank.say(Intent.CONFIRM))
    for _ in range(5):
        await bank.give(code.elicitation_id, "000000")
    return await _mandate_end(bank, "failed", code.payment_id)


async def unrecognised(bank: House) -> dict[str, str]:
    """Five wrong codes for the cards."""
    await bank.open()
    asked = question_of(await bank.say(Intent.CARDS))
    for _ in range(5):
        await bank.give(asked.elicitation_id, "000000")
    [verification_id] = bank.verifications.plans
    check = ids.verification_workflow_id(verification_id)
    await bank.client.get_workflow_handle(check).result()
    return {"verification_failed": check} | await _talk(bank, "card_failed")


async def which_one(bank: House) -> dict[str, str]:
    """Two orders and an alert: which one is meant is asked; changed, paused, resumed, and both cancelled."""
    await bank.open()
    for payee, amount in (("Sarah Chen", "80.00"), ("John Doe", "90.00")):
        await bank.say(Intent.ORDER, amount=amount, payee=payee, **_LATER)
        code = question_of(await bank.say(Intent.CONFIRM))
        await bank.give(code.elicitation_id)
    await bank.say(Intent.ALERT, alert="low_balance", amount="200.00")
    await bank.say(Intent.ORDERS)
    await bank.say(Intent.ORDER_PAUSE)
    await bank.say(Intent.AMEND, payee="John Doe")
    await bank.say(Intent.ORDER_RESUME, payee="John Doe")
    await bank.say(Intent.ORDER_CHANGE, payee="John Doe", amount="95.00")
    await bank.say(Intent.DENY)
    await bank.say(Intent.ALERTS)
    await bank.say(Intent.ALERT_DELETE)
    await bank.say(Intent.CONFIRM)
    for payee in ("Sarah Chen", "John Doe"):
        await bank.say(Intent.ORDER_CANCEL, payee=payee)
    first, _ = bank.orders.kept
    workflow = ids.standing_order_workflow_id(first)
    await bank.client.get_workflow_handle(workflow).result()
    return {"standing_order_cancelled": workflow} | await _talk(bank, "which_one")


async def alert_or_order(bank: House) -> dict[str, str]:
    """`Pause it`, where there are both."""
    await bank.open()
    await bank.say(Intent.ORDER, amount="80.00", payee="Sarah Chen", **_LATER)
    await bank.give(question_of(await bank.say(Intent.CONFIRM)).elicitation_id)
    await bank.say(Intent.ALERT, alert="low_balance", amount="200.00")
    bank.session_id = f"text_{uuid4().hex}"
    await bank.open()
    await bank.say(Intent.ALERT_PAUSE, text="pause it")
    await bank.say(Intent.ORDER, text="the standing order")
    return await _talk(bank, "alert_or_order")


async def a_person(bank: House) -> dict[str, str]:
    """Handed over with a payment open, and back."""
    await bank.open()
    asked = question_of(await bank.pay())
    await bank.say(Intent.AGENT)
    [case] = bank.handovers.orders.values()
    for step in (Step.JOINED, Step.LEFT, Step.SETTLED):
        await bank.conversations.handed(bank.session_id, HandoverNews(step, case.case_id))
    await bank.say(Intent.CANCEL)
    await bank.payments.cancel(asked.payment_id, house.USER)
    return await end(bank, "handed_over", asked.payment_id, asked.elicitation_id)


APART: Final[dict[Scene, dict[str, Any]]] = {
    passkey: {"directory": house.HouseDirectory("mobile")},
    stopped: {},
    unfunded: {},
    held_too_long: {},
    thought_over: {"policies": Policies(replace(DEFAULT, cooling_off_s=600), {})},
    taken_up: {},
    in_pieces: {},
    mandate_declined: {},
    mandate_expired: {"elicitation_s": 0.5},
    mandate_failed: {},
    unrecognised: {},
    which_one: {},
    alert_or_order: {},
    a_person: {},
}
"""Each with what is special about its bank."""
ENDINGS: Final = (
    *("passkey", "stopped", "unfunded", "held_too_long", "thought_over", "taken_up", "in_pieces", "handed_over"),
)
"""Of payments."""
OTHERS: Final = (
    *("mandate_declined", "mandate_expired", "mandate_failed", "verification_failed", "standing_order_cancelled"),
    *("conversation_mandate_declined", "conversation_mandate_expired", "conversation_mandate_failed"),
    *("conversation_card_failed", "conversation_which_one", "conversation_alert_or_order"),
)
