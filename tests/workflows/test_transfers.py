"""Money between own accounts in a conversation: one yes, one move, and the same corrections as a payment."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from domain import ids
from domain.elicitation import ElicitationType
from domain.errors import IdempotencyConflictError, MoreThanOwedError, SameAccountError, UnknownAccountError
from domain.payments import Correction, PaymentKind, PaymentRequest, PaymentState
from domain.understanding import Intent
from tests.fakes import house

if TYPE_CHECKING:
    from domain.conversation import Reply
    from domain.elicitation import ElicitationRequest
    from tests.fakes.staff import House

pytestmark = pytest.mark.servers


def question(reply: Reply) -> ElicitationRequest:
    assert reply.elicitation is not None
    return reply.elicitation


async def moved(bank: House, **slots: str) -> Reply:
    return await bank.say(Intent.TRANSFER, **slots)


async def test_a_yes_is_enough(bank: House) -> None:
    await bank.open()
    asked = await moved(bank, amount="200.00", account="savings", target="checking")
    assert asked.text == ("I'll move $200.00 to your checking account from your savings account. Shall I go ahead?")
    assert question(asked).elicitation_type is ElicitationType.CONFIRMATION
    done = await bank.say(Intent.CONFIRM)
    assert done.text == "Done. I moved $200.00 to your checking account."
    assert done.card is not None
    payment_id = question(asked).payment_id
    assert bank.ledger.steps[payment_id] == ["hold", "post"]
    plan = bank.ledger.plans[payment_id]
    assert (plan.kind, plan.payer_account, plan.payee_account) == (PaymentKind.OWN, "acct_savings", "acct_checking")


async def test_what_is_missing_is_asked_for(bank: House) -> None:
    await bank.open()
    assert (await moved(bank)).text == "To which of your accounts?"
    assert (await bank.say(Intent.AMEND, text="savings", account="savings")).text == (
        "How much should I move to your savings account?"
    )
    asked = await bank.say(Intent.UNKNOWN, amount="50.00")
    assert asked.text.startswith("I'll move $50.00 to your savings account from your checking account.")


async def test_a_payment_to_nobody_goes_to_an_own_account_once_it_is_named(bank: House) -> None:
    await bank.open()
    assert (await bank.say(Intent.PAY, amount="50.00")).text == "Who should I pay $50.00 to?"
    asked = await bank.say(Intent.AMEND, text="to savings", target="savings")
    assert asked.text.startswith("I'll move $50.00 to your savings account from your checking account.")


@pytest.mark.parametrize(
    ("intent", "slots", "told"),
    [
        (Intent.AMEND, {"amount": "300.00"}, "I'll move $300.00 to your checking account from your savings account."),
        (Intent.TRANSFER, {"amount": "300.00", "target": "checking"}, "I'll move $300.00 to your checking account"),
        (Intent.AMEND, {"account": "checking", "target": "savings"}, "I'll move $200.00 to your savings account"),
        (Intent.AMEND, {"target": "loan"}, "I'll move $200.00 to your loan account from your savings account."),
    ],
)
async def test_it_is_corrected_like_a_payment(bank: House, intent: Intent, slots: dict[str, str], told: str) -> None:
    await bank.open()
    first = question(await moved(bank, amount="200.00", account="savings", target="checking"))
    changed = await bank.say(intent, **slots)
    assert changed.text.startswith(f"Changed. {told}")
    assert question(changed).payment_id == first.payment_id
    assert (await bank.say(Intent.CONFIRM)).text.startswith("Done. I moved $")
    assert bank.ledger.steps[first.payment_id] == ["hold", "post"]


async def test_the_same_account_twice_and_a_payee_change_nothing(bank: House) -> None:
    await bank.open()
    first = question(await moved(bank, amount="200.00", account="savings", target="checking"))
    for slots in ({"account": "checking"}, {"target": "savings"}, {"payee": "Sarah Chen"}):
        assert question(await bank.say(Intent.AMEND, **slots)).elicitation_id == first.elicitation_id
    other = await bank.say(Intent.PAY, amount="5.00", payee="Sarah Chen")
    assert question(other).elicitation_id == first.elicitation_id
    assert bank.ledger.plans[first.payment_id].amount == "200.00"
    assert (await bank.say(Intent.CANCEL)).text == "Cancelled. $200.00 was not moved to your checking account."
    assert bank.ledger.states[first.payment_id] is PaymentState.CANCELLED


@pytest.mark.parametrize(
    ("target", "account", "amount", "error"),
    [
        ("checking", "checking", "5.00", SameAccountError),
        ("your savings account", "acct_savings", "5.00", SameAccountError),
        ("nowhere", "", "5.00", UnknownAccountError),
        ("", "savings", "5.00", UnknownAccountError),
        ("savings", "loan", "5.00", UnknownAccountError),
        ("Sarah Chen", "", "5.00", UnknownAccountError),
        ("loan", "checking", "500.01", MoreThanOwedError),
    ],
)
async def test_what_is_not_between_own_accounts_is_refused(
    bank: House, target: str, account: str, amount: str, error: type[Exception]
) -> None:
    wish = PaymentRequest(uuid4().hex, house.USER, amount, target, account, kind=PaymentKind.OWN)
    with pytest.raises(error):
        await bank.payments.begin(wish)


async def test_one_id_is_a_payment_or_a_transfer(bank: House) -> None:
    payment_id = uuid4().hex
    wish = PaymentRequest(payment_id, house.USER, "5.00", "savings", "checking", kind=PaymentKind.OWN)
    assert (await bank.payments.begin(wish)).payment_id == payment_id
    with pytest.raises(IdempotencyConflictError):
        await bank.payments.begin(PaymentRequest(payment_id, house.USER, "5.00", "savings", "checking"))
    assert (await bank.payments.correct(payment_id, Correction(amount="6.00"), "c1")).version == 2


async def test_whether_anybody_works_on_a_payment(bank: House) -> None:
    await bank.open()
    payment_id = question(await moved(bank, amount="5.00", target="savings")).payment_id
    assert await bank.payments.goes_on(payment_id)
    assert not await bank.payments.goes_on("nowhere")
    await bank.client.get_workflow_handle(ids.payment_workflow_id(payment_id)).terminate("lost")
    assert not await bank.payments.goes_on(payment_id)
