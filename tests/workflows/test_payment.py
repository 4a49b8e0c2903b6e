"""What a payment does, step by step, and what it refuses."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from temporalio.api.sdk.v1 import WorkflowMetadata

from activities.ports import ProofClaims
from adapters.temporal.gateways import ElicitationGateway
from domain import ids
from domain.conversation import Reply
from domain.elicitation import Closing, ElicitationRequest, ElicitationState, ElicitationType, ProvenAnswer
from domain.errors import (
    BankError,
    ElicitationClosedError,
    IdempotencyConflictError,
    PayeeRemovedError,
    PaymentClosedError,
    PaymentNotFoundError,
    ProofInvalidError,
    StaleVersionError,
    UnavailableError,
    UnknownPayeeError,
)
from domain.payments import PaymentRequest, PaymentState
from domain.understanding import Intent
from tests.fakes import house
from tests.fakes.staff import until
from workflows.elicitation import ElicitationWorkflow
from workflows.payment import PaymentWorkflow

if TYPE_CHECKING:
    from temporalio.client import Client, WorkflowHandle

    from runtime.local.stack import Stack
    from tests.fakes.staff import House

pytestmark = pytest.mark.servers
MOST_EVENTS = 120


async def asked_for_code(bank: House) -> ElicitationRequest:
    """A payment that waits for its code."""
    await bank.open()
    await bank.pay()
    return question(await bank.say(Intent.CONFIRM))


def question(reply: Reply) -> ElicitationRequest:
    assert reply.elicitation is not None
    return reply.elicitation


def waiting(client: Client, asked: ElicitationRequest) -> WorkflowHandle[ElicitationWorkflow, object]:
    return client.get_workflow_handle_for(ElicitationWorkflow.run, ids.elicitation_workflow_id(asked.elicitation_id))


async def events_of(client: Client, workflow_id: str) -> int:
    return len((await client.get_workflow_handle(workflow_id).fetch_history()).events)


def proof(bank: House, elicitation_id: str, /, **changes: object) -> ProvenAnswer:
    request = bank.elicitations.rows[elicitation_id].request
    claims = ProofClaims(
        elicitation_id, house.USER, request.version, request.transaction_hash, "otp", accepted=True, response_id="r1"
    )
    return ProvenAnswer(bank.proofs.mint(replace(claims, **changes)), "r1")


async def test_on_mobile_a_passkey_comes_first(bank: House) -> None:
    bank.directory.platform = "mobile"
    await bank.open()
    asked = (await bank.pay()).elicitation
    assert asked is not None
    assert asked.elicitation_type is ElicitationType.BIOMETRIC
    assert asked.asks_for_biometric()
    signed = proof(bank, asked.elicitation_id, method="biometric")
    await waiting(bank.client, asked).execute_update(ElicitationWorkflow.answer, signed)
    await until(lambda: any("Shall I go ahead?" in said for said in bank.announcer.said.values()))
    code = (await bank.say(Intent.CONFIRM)).elicitation
    assert code is not None
    assert (await bank.give(code.elicitation_id)).text == "Done. I paid $25.00 to Sarah Chen."


async def test_read_back_code_receipt(bank: House) -> None:
    asked = await asked_for_code(bank)
    done = await bank.give(asked.elicitation_id)
    assert done.text == "Done. I paid $25.00 to Sarah Chen."
    assert bank.ledger.steps[asked.tool_call_id] == ["hold", "post"]


async def test_a_payment_costs_little_history(bank: House, client: Client) -> None:
    await bank.open()
    greeting = await events_of(client, ids.conversation_workflow_id(bank.session_id))
    await bank.pay()
    asked = question(await bank.say(Intent.CONFIRM))
    await bank.give(asked.elicitation_id)
    payment = ids.payment_workflow_id(asked.tool_call_id)
    await client.get_workflow_handle(payment).result()
    questions = [ids.elicitation_workflow_id(name) for name in bank.elicitations.rows]
    talk = ids.conversation_workflow_id(bank.session_id)
    counts = [await events_of(client, name) for name in (payment, *questions, talk)]
    print(f"history events of a payment, its questions, and what was said: {counts}")  # noqa: T201 - a figure
    assert sum(counts) - greeting <= MOST_EVENTS


FOREIGN = [
    ({"elicitation_id": "another"}, ProofInvalidError),
    ({"user_id": "user_omar"}, ProofInvalidError),
    ({"method": "confirmation"}, ProofInvalidError),
    ({"response_id": "r2"}, ProofInvalidError),
    ({"version": 2}, StaleVersionError),
    ({"transaction_hash": "0" * 64}, StaleVersionError),
]


@pytest.mark.parametrize(("changes", "error"), FOREIGN)
async def test_a_proof_of_something_else_is_refused(
    bank: House, changes: dict[str, object], error: type[BankError]
) -> None:
    asked = await asked_for_code(bank)
    answer = proof(bank, asked.elicitation_id, **changes)
    with pytest.raises(error):
        await bank.questions.answer(asked.elicitation_id, answer.proof, "r1")
    assert bank.ledger.steps[asked.tool_call_id] == ["hold"]
    assert (await bank.give(asked.elicitation_id)).text.startswith("Done.")


async def test_a_refused_update_leaves_no_trace(bank: House, client: Client) -> None:
    asked = await asked_for_code(bank)
    handle, workflow_id = waiting(client, asked), ids.elicitation_workflow_id(asked.elicitation_id)
    before = await events_of(client, workflow_id)
    with pytest.raises(BankError):
        await bank.questions.answer(asked.elicitation_id, "", "r1")
    assert await events_of(client, workflow_id) == before
    assert (await handle.query(ElicitationWorkflow.status)).status is ElicitationState.PENDING


async def test_of_racing_answers_one_counts(bank: House) -> None:
    asked = await asked_for_code(bank)
    data = {"otp_code": house.CODE}
    answers = [bank.desk.answer(asked.elicitation_id, house.USER, data, f"r{number}") for number in range(4)]
    outcomes = await asyncio.gather(*answers, return_exceptions=True)
    lost = [found for found in outcomes if isinstance(found, BankError)]
    assert len(lost) == 3
    assert all(isinstance(found, ElicitationClosedError) for found in lost)
    await _settled(bank, asked.tool_call_id, PaymentState.COMPLETED)
    assert bank.ledger.steps[asked.tool_call_id] == ["hold", "post"]


async def test_an_answer_races_a_withdrawal_to_one_outcome(bank: House) -> None:
    asked = await asked_for_code(bank)
    await asyncio.gather(
        bank.desk.answer(asked.elicitation_id, house.USER, {"otp_code": house.CODE}, "r1"),
        bank.questions.cancel(asked.elicitation_id, house.USER),
        return_exceptions=True,
    )
    state = bank.elicitations.rows[asked.elicitation_id].state
    wanted = {
        ElicitationState.COMPLETED: (PaymentState.COMPLETED, "post"),
        ElicitationState.CANCELLED: (PaymentState.CANCELLED, "void"),
    }
    ended, step = wanted[state]
    await _settled(bank, asked.tool_call_id, ended)
    assert bank.ledger.steps[asked.tool_call_id] == ["hold", step]


async def test_signal_twins_do_the_same(bank: House, client: Client) -> None:
    asked = await asked_for_code(bank)
    handle = waiting(client, asked)
    await handle.signal(ElicitationWorkflow.submit_answer, ProvenAnswer("not a proof", "r0"))
    await handle.signal(ElicitationWorkflow.withdraw, Closing(ElicitationState.COMPLETED))
    await until(lambda: len(bank.attempts.outcomes) == 3)  # the yes, and two refusals
    assert bank.elicitations.rows[asked.elicitation_id].state is ElicitationState.PENDING
    await handle.signal(ElicitationWorkflow.submit_answer, proof(bank, asked.elicitation_id))
    await _settled(bank, asked.tool_call_id, PaymentState.COMPLETED)
    refused = {key[1]: outcome for key, outcome in bank.attempts.outcomes.items() if key[1].startswith("signal-")}
    assert refused["signal-r0"] == ProofInvalidError.code
    assert "signal-withdraw" in refused


async def test_a_payment_is_withdrawn_by_signal_while_it_waits(bank: House, client: Client) -> None:
    asked = await asked_for_code(bank)
    handle = client.get_workflow_handle_for(PaymentWorkflow.run, ids.payment_workflow_id(asked.tool_call_id))
    await handle.signal(PaymentWorkflow.request_cancel, "an operator's wish")
    assert (await handle.result()).state is PaymentState.CANCELLED
    assert bank.ledger.steps[asked.tool_call_id] == ["hold", "void"]
    with pytest.raises(BankError):
        await bank.payments.cancel(asked.tool_call_id, house.USER)


async def test_a_payment_that_moves_money_cannot_be_withdrawn(bank: House) -> None:
    asked = await asked_for_code(bank)
    await bank.give(asked.elicitation_id)
    with pytest.raises((PaymentClosedError, BankError)):
        await bank.payments.cancel(asked.tool_call_id, house.USER)
    assert bank.ledger.steps[asked.tool_call_id] == ["hold", "post"]


async def test_a_payment_whose_payee_is_removed_ends_for_that(bank: House, client: Client) -> None:
    asked = await asked_for_code(bank)
    await bank.payments.cancel(asked.tool_call_id, house.USER, PayeeRemovedError.code)
    handle = client.get_workflow_handle_for(PaymentWorkflow.run, ids.payment_workflow_id(asked.tool_call_id))
    result = await handle.result()
    assert (result.state, result.error_code) == (PaymentState.CANCELLED, PayeeRemovedError.code)
    assert bank.ledger.steps[asked.tool_call_id] == ["hold", "void"]
    await until(lambda: any("was removed from your payees" in said for said in bank.announcer.said.values()))


async def test_the_same_wish_twice_is_one_payment(bank: House) -> None:
    request = PaymentRequest(uuid4().hex, house.USER, "5.00", "John Doe")
    first, second = await asyncio.gather(bank.payments.begin(request), bank.payments.begin(request))
    assert first == second
    other = replace(request, amount="6.00")
    with pytest.raises(IdempotencyConflictError) as refused:
        await bank.payments.begin(other)
    assert refused.value.digests == (request.digest()[:12], other.digest()[:12])
    with pytest.raises(PaymentNotFoundError):
        await bank.payments.begin(replace(request, user_id="user_omar"))


async def test_a_screened_out_payment_is_refused_at_once_and_however_often_it_is_sent(bank: House) -> None:
    request = PaymentRequest(uuid4().hex, house.USER, "5.00", "Nobody")
    for _ in range(3):
        with pytest.raises(UnknownPayeeError):
            await bank.payments.begin(request)


async def test_five_wrong_codes_end_it(bank: House) -> None:
    asked = await asked_for_code(bank)
    told = [(await bank.give(asked.elicitation_id, "000000")).text for _ in range(5)]
    assert "one try left" in told[3]
    await _settled(bank, asked.tool_call_id, PaymentState.FAILED)
    assert bank.ledger.steps[asked.tool_call_id] == ["hold", "void"]


async def test_what_nobody_waits_for_yet_is_not_taken_for_closed(bank: House) -> None:
    with pytest.raises(UnavailableError):
        await ElicitationGateway(bank.client).fail(f"{uuid4()}-otp-1", "too_many_tries")


async def test_what_an_operator_sees(bank: House, client: Client) -> None:
    asked = await asked_for_code(bank)
    handle = client.get_workflow_handle(ids.payment_workflow_id(asked.tool_call_id))
    shown = await handle.describe()
    found = {pair.key.name: pair.value for pair in shown.typed_search_attributes}
    assert found["PaymentState"] == "AWAITING_CUSTOMER"
    assert found["ElicitationType"] == "otp"
    assert found["CustomerRef"] == "cust_7f3a"
    assert found["AmountMinor"] == 2500
    assert "DueAt" in found
    metadata = await handle.query("__temporal_workflow_metadata", result_type=WorkflowMetadata)
    assert metadata.current_details.startswith("Waiting for the customer's one-time code")


async def test_no_code_and_no_name_is_stored(bank: House, client: Client, stack: Stack) -> None:
    asked = await asked_for_code(bank)
    await bank.give(asked.elicitation_id, "000000")
    await bank.give(asked.elicitation_id)
    assert any(house.CODE in body for body in bank.phone.messages.values())
    code = re.compile(rf"(?<![0-9a-f]){house.CODE}(?![0-9a-f])")
    names = [ids.elicitation_workflow_id(each) for each in bank.elicitations.rows]
    names += [ids.payment_workflow_id(asked.tool_call_id), ids.conversation_workflow_id(bank.session_id)]
    for name in names:
        history = await client.get_workflow_handle(name).fetch_history()
        opened = [payload for event in history.events for payload in await _payloads(client, event)]
        assert not any(code.search(text) for text in opened), name
    stored = _at_rest(stack)
    assert not re.search(rb"(?<![0-9a-f])" + house.CODE.encode() + rb"(?![0-9a-f])", stored)
    assert b"Sarah Chen" not in stored


def _at_rest(stack: Stack) -> bytes:
    return b"".join(each.read_bytes() for each in stack.site.layout.root.glob("temporal.db*"))


async def _payloads(client: Client, event: object) -> list[str]:
    """Every payload of an event, decrypted."""
    codec = client.data_converter.payload_codec
    assert codec is not None
    found = []
    for payload in _walk(event):
        [opened] = await codec.decode([payload])
        found.append(opened.data.decode(errors="replace"))
    return found


def _walk(message: object) -> list[object]:
    from google.protobuf.message import Message  # noqa: PLC0415
    from temporalio.api.common.v1 import Payload  # noqa: PLC0415

    if isinstance(message, Payload):
        return [message]
    found: list[object] = []
    if isinstance(message, Message):
        for _, value in message.ListFields():
            if isinstance(value, Message):
                found += _walk(value)
            elif hasattr(value, "values"):
                found += [each for item in value.values() for each in _walk(item)]
            elif not isinstance(value, str | bytes) and hasattr(value, "__iter__"):
                found += [each for item in value for each in _walk(item)]
    return found


async def _settled(bank: House, payment_id: str, state: PaymentState) -> None:
    result = await bank.client.get_workflow_handle_for(
        PaymentWorkflow.run, ids.payment_workflow_id(payment_id)
    ).result()
    assert result.state is state


async def test_an_operator_who_cancels_the_workflow_releases_the_money(bank: House) -> None:
    asked = await asked_for_code(bank)
    handle = bank.client.get_workflow_handle_for(PaymentWorkflow.run, ids.payment_workflow_id(asked.payment_id))
    await handle.cancel()
    ended = await handle.result()
    assert (ended.state, ended.error_code) == (PaymentState.CANCELLED, "withdrawn")
    assert bank.ledger.steps[asked.payment_id] == ["hold", "void"]
    await waiting(bank.client, asked).result()
    assert bank.elicitations.rows[asked.elicitation_id].state is ElicitationState.CANCELLED
