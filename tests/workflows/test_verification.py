"""Where is my card: told once it is known who asks, in the session that was shown it, and nowhere else."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from domain import ids
from domain.conversation import Expects, Reply
from domain.dialogue import identity
from domain.elicitation import ElicitationType
from domain.errors import (
    IdempotencyConflictError,
    UnauthenticatedError,
    VerificationNotFoundError,
)
from domain.understanding import Intent
from domain.verification import IdentityCheck, VerificationRequest, VerificationState, identity_hash
from tests.fakes import house
from tests.fakes.staff import staffed, until
from workflows.verification import VerificationWorkflow

if TYPE_CHECKING:
    from temporalio.client import Client

    from tests.fakes.staff import House

pytestmark = pytest.mark.servers
SHIPPED = "Your debit card ending 1234 was shipped on 18 November 2025 with FedEx, tracking ending 4471."
WAITING = (
    "I'm waiting for the six-digit code that shows it's you, to tell you about your cards. Please say it or type it."
)


async def where_is_my_card(bank: House) -> Reply:
    await bank.open()
    return await bank.say(Intent.CARDS)


async def ended(bank: House) -> VerificationState:
    [verification_id] = bank.verifications.plans
    workflow_id = ids.verification_workflow_id(verification_id)
    return (await bank.client.get_workflow_handle_for(VerificationWorkflow.run, workflow_id).result()).state


async def test_who_asks_is_checked_first_and_then_told_without_asking_again(bank: House) -> None:
    asked = await where_is_my_card(bank)
    assert asked.text == (
        "Before I tell you about your cards, I have to check that it's you. I've sent a six-digit code to your phone "
        "ending in 01. It moves no money. Please say it or type it."
    )
    assert (asked.expects, asked.card) == (Expects.CODE, None)
    assert asked.elicitation.to_json()["context"] == {"purpose": "cards", "transaction_type": "identity_check"}
    [message] = bank.phone.messages.values()
    assert message == (
        f"Your code is {house.CODE} to show that it's you who asks about your cards. It approves no payment. "
        "It is valid for 1 minutes. Never share it."
    )
    told = await bank.give(asked.elicitation.elicitation_id)
    assert told.text == f"Thank you. {SHIPPED}"
    assert (told.elicitation, told.expects) == (None, Expects.ANYTHING)
    [plan] = bank.verifications.plans.values()
    assert plan.identity_hash == identity_hash(IdentityCheck(house.USER, bank.session_id, "cards"))
    again = await bank.say(Intent.CARDS)
    assert (again.text, again.card.rows[0]) == (SHIPPED, ("Debit ****1234", "Shipped"))
    assert await ended(bank) is VerificationState.VERIFIED
    assert bank.ledger.plans == {}


async def test_only_the_card_that_was_meant_is_told(bank: House) -> None:
    await bank.open()
    asked = await bank.say(Intent.CARDS, account="credit card")
    assert (await bank.give(asked.elicitation.elicitation_id)).text == "Thank you. I found no such card."
    assert (await bank.say(Intent.SPENDING, follow="yes", account="checking")).text == SHIPPED


async def test_after_a_while_it_is_checked_again(bank: House) -> None:
    asked = await where_is_my_card(bank)
    await bank.give(asked.elicitation.elicitation_id)
    bank.verifications.over = True
    again = await bank.say(Intent.CARDS)
    assert again.expects is Expects.CODE
    assert again.elicitation != asked.elicitation


async def test_a_wrong_code_may_be_tried_again_and_the_fifth_ends_it(bank: House) -> None:
    asked = (await where_is_my_card(bank)).elicitation
    refused = await bank.give(asked.elicitation_id, "000000")
    assert refused.text == "That code isn't right. You have 4 tries left."
    assert refused.elicitation == asked
    for _ in range(3):
        await bank.give(asked.elicitation_id, "000000")
    told = await bank.give(asked.elicitation_id, "000000")
    assert told.text == "That was the last try. I can't tell you about your cards now."
    assert (told.card, told.elicitation) == (None, None)
    assert await ended(bank) is VerificationState.FAILED
    assert list(bank.verifications.codes.values()) == ["too_many_tries"]


async def test_unanswered_it_runs_out_of_time(client: Client) -> None:
    async with staffed(client, elicitation_s=0.4) as bank:
        await where_is_my_card(bank)
        assert await ended(bank) is VerificationState.EXPIRED
        sentence = "Your time to answer is over, so I can't tell you about your cards. Ask again to get a new code."
        await until(lambda: sentence in bank.announcer.said.values())
        assert (await bank.say(Intent.CARDS)).expects is Expects.CODE


async def test_called_off_nothing_is_told(bank: House) -> None:
    await where_is_my_card(bank)
    told = await bank.say(Intent.CANCEL)
    assert told.text == "All right. Then I can't tell you about your cards. What else can I do?"
    assert await ended(bank) is VerificationState.FAILED
    assert not await bank.elicitations.pending_of(house.USER)


async def test_a_no_is_asked_about_first(bank: House) -> None:
    await where_is_my_card(bank)
    asked = await bank.say(Intent.DENY, amount="5.00")
    assert asked.text.startswith("Without the code I can't tell you about your cards. Shall I leave it?")
    assert (await bank.say(Intent.DENY)).text.startswith("All right, I'll keep it.")
    await bank.say(Intent.DENY)
    assert (await bank.say(Intent.CONFIRM)).text.startswith("All right. Then I can't tell you")


@pytest.mark.parametrize("intent", [Intent.PAY, Intent.MANDATE, Intent.AMEND])
async def test_a_payment_has_to_wait_until_it_is_known_who_speaks(bank: House, intent: Intent) -> None:
    await where_is_my_card(bank)
    told = await bank.say(intent, amount="25.00", payee="Sarah Chen")
    assert told.text == f"One thing at a time. First: {WAITING}"
    assert bank.ledger.plans == {}


async def test_what_was_being_put_together_is_kept(bank: House) -> None:
    await bank.open()
    await bank.say(Intent.PAY, payee="Sarah Chen")
    asked = await bank.say(Intent.CARDS)
    told = await bank.give(asked.elicitation.elicitation_id)
    assert told.text.startswith(f"Thank you. {SHIPPED}")
    assert told.expects is Expects.SLOT
    read_back = await bank.say(Intent.AMEND, amount="25.00")
    assert read_back.text == "I'll pay $25.00 to Sarah Chen from your checking account. Shall I go ahead?"


async def test_while_a_payment_waits_it_is_not_begun(bank: House) -> None:
    await bank.open()
    payment = await bank.pay()
    told = await bank.say(Intent.CARDS)
    assert told.text.startswith(identity.FIRST)
    assert told.elicitation == payment.elicitation
    assert bank.verifications.plans == {}


async def test_on_mobile_it_is_the_passkey(client: Client) -> None:
    async with staffed(client, directory=house.HouseDirectory("mobile")) as bank:
        asked = await where_is_my_card(bank)
        assert asked.elicitation.elicitation_type is ElicitationType.BIOMETRIC
        assert asked.text.startswith("Before I tell you about your cards, please use your passkey on your phone.")
        assert bank.phone.messages == {}
        row = bank.elicitations.rows[asked.elicitation.elicitation_id]
        await bank.questions.answer(asked.elicitation.elicitation_id, bank.proof_of(row.request, "r1"), "r1")
        await until(lambda: f"Thank you. {SHIPPED}" in bank.announcer.said.values())


async def test_another_session_takes_the_question_up_but_is_not_shown_what_the_first_one_is(bank: House) -> None:
    await where_is_my_card(bank)
    first, bank.session_id = bank.session_id, f"text_{uuid4().hex}"
    greeting = await bank.open()
    assert greeting.text == f"Hello Maya. A question that you began is still open. {WAITING}"
    told = await bank.give(greeting.elicitation.elicitation_id)
    assert told.text == identity.ELSEWHERE
    assert told.card is None
    await until(lambda: f"Thank you. {SHIPPED}" in bank.announcer.said.values())
    assert (await bank.say(Intent.CARDS)).expects is Expects.CODE
    bank.session_id = first
    assert (await bank.say(Intent.CARDS)).text == SHIPPED


async def test_an_operators_cancellation_shows_nothing(bank: House) -> None:
    await where_is_my_card(bank)
    [verification_id] = bank.verifications.plans
    await bank.client.get_workflow_handle(ids.verification_workflow_id(verification_id)).cancel()
    assert await ended(bank) is VerificationState.FAILED
    assert not await bank.elicitations.pending_of(house.USER)


async def test_asked_twice_it_is_one(bank: House) -> None:
    wish = VerificationRequest(uuid4().hex, house.USER, "s1")
    first, second = await asyncio.gather(*(bank.verification_desk.begin(wish) for _ in range(2)))
    assert first == second
    other = replace(wish, verification_id=uuid4().hex)
    for _ in range(2):  # whose reply was lost, and who asks again, hears the same
        again = await bank.verification_desk.begin(other)
        assert (again.verification_id, again.elicitation) == (wish.verification_id, first.elicitation)
        await bank.client.get_workflow_handle(ids.verification_workflow_id(other.verification_id)).result()
    with pytest.raises(IdempotencyConflictError):
        await bank.verification_desk.begin(replace(wish, session_id="s2"))
    with pytest.raises(VerificationNotFoundError):
        await bank.verification_desk.begin(replace(wish, user_id="user_omar"))
    await bank.questions.answer(
        first.elicitation.elicitation_id,
        bank.proof_of(bank.elicitations.rows[first.elicitation.elicitation_id].request, "r1"),
        "r1",
    )
    await until(lambda: VerificationState.VERIFIED in bank.verifications.states.values())
    await ended(bank)
    assert (await bank.verification_desk.begin(wish)).state is VerificationState.VERIFIED
    with pytest.raises(VerificationNotFoundError):
        await bank.verification_desk.begin(replace(wish, user_id="user_omar"))


async def test_nobody_can_be_nobody(bank: House) -> None:
    with pytest.raises(UnauthenticatedError):
        await bank.verification_desk.begin(VerificationRequest(uuid4().hex, "user_nobody", "s1"))
