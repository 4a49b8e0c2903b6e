"""Payments to other banks: what is not known is not claimed, and the same key is asked about until it is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from domain import ids
from domain.conversation import PaymentNews
from domain.dialogue import elsewhere
from domain.errors import (
    BankError,
    PayeeRemovedError,
    PaymentClosedError,
    PaymentUnsettledError,
    RailNotReachedError,
    RailRefusedError,
    StandingOrderEndedError,
    StandingOrderMismatchError,
    StandingOrderPausedError,
)
from domain.payments import Correction, PaymentRequest, PaymentState, PaymentStep
from domain.rail import RailReply, RailReturn, RailStatus
from domain.understanding import Intent
from tests.fakes import house
from tests.fakes.staff import until
from workflows.payment import PaymentWorkflow
from workflows.rail_return import RailReturnWorkflow

if TYPE_CHECKING:
    from tests.fakes.staff import House

pytestmark = pytest.mark.servers
PAID = "Done. I paid $80.00 to Lakeside Dental."
BACK = elsewhere.returned("80.00", "USD", "Lakeside Dental", "checking")
UNSURE = elsewhere.not_known("80.00", "USD", "Lakeside Dental")


@pytest.fixture
def bank(bank: House) -> House:
    bank.directory.elsewhere = True
    return bank


async def give_code(bank: House) -> tuple[str, str]:
    """Have it countersigned; the payment's id, and what was replied."""
    await bank.open()
    await bank.pay("80.00", "Lakeside Dental")
    asked = (await bank.say(Intent.CONFIRM)).elicitation
    assert asked is not None
    return asked.payment_id, (await bank.give(asked.elicitation_id)).text


async def ended(bank: House, payment_id: str) -> tuple[PaymentState, str]:
    handle = bank.client.get_workflow_handle_for(PaymentWorkflow.run, ids.payment_workflow_id(payment_id))
    result = await handle.result()
    return result.state, result.error_code


def said(bank: House, words: str) -> bool:
    return any(words in each for each in bank.announcer.said.values())


async def test_what_the_rail_pays_is_posted_and_told(bank: House) -> None:
    payment_id, told = await give_code(bank)
    assert told == PAID
    assert bank.ledger.steps[payment_id] == ["hold", "post"]
    assert (list(bank.rail.payments), bank.rail.calls) == ([f"{payment_id}-1"], ["submit"])


async def test_a_payee_here_is_not_paid_over_the_rail(bank: House) -> None:
    await bank.open()
    await bank.pay()
    asked = (await bank.say(Intent.CONFIRM)).elicitation
    assert asked is not None
    await bank.give(asked.elicitation_id)
    assert await ended(bank, asked.payment_id) == (PaymentState.COMPLETED, "")
    assert bank.rail.calls == []


@pytest.mark.parametrize(
    ("says", "calls"),
    [
        (["lost"], ["submit", "find"]),
        (["lost", "deaf", "deaf"], ["submit", "find", "find", "find"]),
        (["deaf"], ["submit", "find", "submit"]),
        (["deaf", "", "deaf", ""], ["submit", "find", "submit", "find", "submit"]),
    ],
)
async def test_a_time_out_is_followed_up_under_the_same_key(bank: House, says: list[str], calls: list[str]) -> None:
    bank.rail.says = says
    payment_id, told = await give_code(bank)
    assert told in {UNSURE, PAID}
    assert await ended(bank, payment_id) == (PaymentState.COMPLETED, "")
    assert (list(bank.rail.payments), bank.rail.calls) == ([f"{payment_id}-1"], calls)
    assert bank.ledger.steps[payment_id] == ["hold", "post"]
    await until(lambda: said(bank, PAID) or told == PAID)


async def test_what_the_rail_never_had_is_barred_before_the_money_is_free(bank: House) -> None:
    bank.rail.says = ["deaf", "", "deaf", "", "deaf", "", "deaf"]
    payment_id, _ = await give_code(bank)
    assert await ended(bank, payment_id) == (PaymentState.FAILED, RailNotReachedError.code)
    assert bank.rail.calls[-1] == "bar"
    assert bank.rail.payments[f"{payment_id}-1"].status is RailStatus.BARRED
    assert bank.ledger.steps[payment_id] == ["hold", "void"]
    await until(lambda: said(bank, "Nothing was moved. It could not be handed to the other bank."))


async def test_a_refusal_releases_the_money_and_says_who_refused(bank: House) -> None:
    bank.rail.says = ["refused"]
    payment_id, told = await give_code(bank)
    assert told.endswith("Nothing was moved. The other bank refused it.")
    assert await ended(bank, payment_id) == (PaymentState.FAILED, RailRefusedError.code)
    assert bank.ledger.steps[payment_id] == ["hold", "void"]


async def test_a_payee_who_was_removed_meanwhile_is_not_paid(bank: House) -> None:
    bank.rail_books.refuses = PayeeRemovedError()
    payment_id, told = await give_code(bank)
    assert told == "Lakeside Dental was removed from your payees. $80.00 was not paid."
    assert (await ended(bank, payment_id))[0] is PaymentState.FAILED
    assert (bank.rail.calls, bank.ledger.steps[payment_id]) == ([], ["hold", "void"])


@pytest.mark.parametrize("error", [StandingOrderPausedError, StandingOrderEndedError, StandingOrderMismatchError])
async def test_what_its_standing_order_stops_before_it_is_sent_is_not_paid(bank: House, error: type[BankError]) -> None:
    bank.rail_books.refuses = error()
    payment_id, _ = await give_code(bank)
    assert await ended(bank, payment_id) == (PaymentState.FAILED, error.code)
    assert (bank.rail.calls, bank.ledger.steps[payment_id]) == ([], ["hold", "void"])


async def while_unknown(bank: House) -> str:
    """A payment of which nobody knows: the rail has taken it on, and does not say more."""
    bank.rail.says = ["pending"]
    payment_id, told = await give_code(bank)
    assert told == UNSURE
    return payment_id


def settle(bank: House, payment_id: str, **changes: int) -> None:
    order = bank.rail_books.orders[f"{payment_id}-1"]
    amount = changes.get("amount_minor", order.amount_minor)
    bank.rail.payments[order.key] = RailReply(RailStatus.SETTLED, "R1", amount, order.currency, order.creditor.account)


async def test_while_nobody_knows_it_is_neither_taken_back_nor_changed(bank: House) -> None:
    payment_id = await while_unknown(bank)
    with pytest.raises(PaymentUnsettledError):
        await bank.payments.cancel(payment_id, house.USER)
    with pytest.raises(PaymentUnsettledError):
        await bank.payments.correct(payment_id, Correction(amount="90.00"), "c1")
    assert (await bank.say(Intent.CANCEL, text="cancel that payment")).text.startswith("I can't take that back")
    assert "not confirmed yet by their bank" in (await bank.say(Intent.STATUS)).text
    begun = await bank.payments.begin(
        PaymentRequest(payment_id, house.USER, "80.00", "Lakeside Dental", session_id=bank.session_id)
    )
    assert begun.state is PaymentState.UNKNOWN
    assert bank.ledger.steps[payment_id] == ["hold"]
    settle(bank, payment_id)
    assert await ended(bank, payment_id) == (PaymentState.COMPLETED, "")


@pytest.mark.parametrize(
    ("status", "end", "steps"),
    [
        (RailStatus.SETTLED, (PaymentState.COMPLETED, ""), ["hold", "post"]),
        (RailStatus.REFUSED, (PaymentState.FAILED, RailRefusedError.code), ["hold", "void"]),
    ],
)
async def test_what_has_gone_out_ends_as_the_rail_says_though_the_workflow_had_forgotten(
    bank: House, status: RailStatus, end: tuple[PaymentState, str], steps: list[str]
) -> None:
    """As where Temporal's history is restored to a moment before the ledger's, and the customer cancels then."""
    await bank.open()
    await bank.pay("80.00", "Lakeside Dental")
    asked = (await bank.say(Intent.CONFIRM)).elicitation
    assert asked is not None
    order = await bank.rail_books.intend(PaymentStep(asked.payment_id))
    said_of = RailReply(status, "R1", order.amount_minor, order.currency, order.creditor.account)
    bank.rail.payments[order.key] = said_of
    with pytest.raises(PaymentClosedError):
        await bank.payments.cancel(asked.payment_id, house.USER)
    assert await ended(bank, asked.payment_id) == end
    assert bank.ledger.steps[asked.payment_id] == steps


async def test_the_next_conversation_is_told_what_is_not_known_and_then_how_it_ended(bank: House) -> None:
    payment_id = await while_unknown(bank)
    await bank.say(Intent.GOODBYE)
    bank.session_id = f"{bank.session_id}-2"
    assert "Lakeside Dental is not confirmed yet by their bank" in (await bank.open()).text
    settle(bank, payment_id)
    assert await ended(bank, payment_id) == (PaymentState.COMPLETED, "")
    await until(lambda: said(bank, PAID))


async def test_an_answer_for_another_amount_stops_it_until_that_is_cleared_up(bank: House) -> None:
    payment_id = await while_unknown(bank)
    settle(bank, payment_id, amount_minor=1)
    await until(lambda: bank.rail_books.orders[f"{payment_id}-1"].doubt == "rail_mismatch")
    looks = bank.rail_books.orders[f"{payment_id}-1"].looks
    await until(lambda: bank.rail_books.orders[f"{payment_id}-1"].looks > looks + 1)
    assert (bank.ledger.states[payment_id], bank.ledger.steps[payment_id]) == (PaymentState.UNKNOWN, ["hold"])
    settle(bank, payment_id)
    assert await ended(bank, payment_id) == (PaymentState.COMPLETED, "")


async def test_the_rails_own_word_is_looked_up_at_once(bank: House) -> None:
    bank.rail_again_s = 0.05
    payment_id = await while_unknown(bank)
    handle = bank.client.get_workflow_handle_for(PaymentWorkflow.run, ids.payment_workflow_id(payment_id))
    settle(bank, payment_id)
    await handle.signal(PaymentWorkflow.rail_answered, f"{payment_id}-1")
    assert await ended(bank, payment_id) == (PaymentState.COMPLETED, "")


async def test_what_comes_back_is_given_back_once_and_told(bank: House) -> None:
    payment_id, _ = await give_code(bank)
    came_back = RailReturn(f"{payment_id}-1")
    await bank.client.execute_workflow(
        RailReturnWorkflow.run,
        came_back,
        id=ids.rail_return_workflow_id(came_back.key),
        task_queue=bank.queue,
    )
    assert bank.rail_books.given_back == [came_back.key]
    await until(lambda: said(bank, "came back from their bank. The money is in your checking account again."))


async def test_what_came_back_before_it_was_known_is_posted_and_given_back(bank: House) -> None:
    bank.rail.says = ["returned"]
    payment_id, told = await give_code(bank)
    assert bank.ledger.steps[payment_id] == ["hold", "post"]
    await until(lambda: BACK in told or said(bank, BACK))  # at once with the end, or after it
    await until(lambda: bank.rail_books.given_back == [f"{payment_id}-1"])


async def test_what_was_given_back_on_the_rails_own_word_is_not_given_back_again(bank: House) -> None:
    """As where the return is booked between the payment's post and the payment's own turn to begin one."""
    await bank.open()
    await bank.pay("80.00", "Lakeside Dental")
    asked = (await bank.say(Intent.CONFIRM)).elicitation
    assert asked is not None
    came_back = RailReturn(f"{asked.payment_id}-1")
    stands = bank.ledger.states[asked.payment_id]
    bank.ledger.states[asked.payment_id] = PaymentState.COMPLETED
    await bank.client.execute_workflow(
        RailReturnWorkflow.run,
        came_back,
        id=ids.rail_return_workflow_id(came_back.key),
        task_queue=bank.queue,
    )
    bank.ledger.states[asked.payment_id] = stands
    bank.rail.says = ["returned"]
    await bank.give(asked.elicitation_id)
    assert await ended(bank, asked.payment_id) == (PaymentState.COMPLETED, "")
    await bank.client.get_workflow_handle(ids.rail_return_workflow_id(came_back.key)).result()
    assert bank.rail_books.given_back == [came_back.key]


@pytest.mark.parametrize("order", [(True, False), (False, True)])
@pytest.mark.parametrize("at_once", [True, False])
async def test_that_it_came_back_is_the_last_word_in_whichever_order_it_is_heard(
    bank: House, order: tuple[bool, bool], at_once: bool
) -> None:
    """As where the worker that had posted it died before it could say so. Of another payment nothing is lost."""
    await bank.open()
    talk = bank.client.get_workflow_handle(ids.conversation_workflow_id(bank.session_id))
    end = PaymentNews("p1", PaymentState.COMPLETED, "80.00", "USD", "Lakeside Dental", "checking")
    news = [replace(end, returned=returned) for returned in order] + [replace(end, payment_id="p2", amount="5.00")]
    for number, each in enumerate(news, 1):
        await talk.signal("payment_news", each)
        if not at_once:
            await until(lambda number=number: len(bank.announcer.said) == number)
    await until(lambda: said(bank, "I paid $5.00") and said(bank, BACK))
    whole = " ".join(bank.announcer.said.values())
    assert whole.rfind(BACK) > whole.rfind(PAID)
