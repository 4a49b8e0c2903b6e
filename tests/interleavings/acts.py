"""What can be done in a schedule, by name: well-meant, too late, twice, forged, or by the wrong person."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from temporalio.service import RPCError

from domain import ids
from domain.approvals import ProvenDecision, Said
from domain.conversation import TakenUp
from domain.elicitation import ElicitationRequest, ElicitationType
from domain.payments import Correction
from tests.interleavings.play import CUSTOMERS, SUPERVISED, Play
from workflows.approval import ApprovalWorkflow
from workflows.payment import PaymentWorkflow

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.interleavings.play import Act
    from tests.interleavings.schedule import Step


async def _right(play: Play, step: Step, asked: ElicitationRequest) -> None:
    if asked.elicitation_type in CUSTOMERS:
        await play.right(asked, step.who, uuid4().hex)


async def _wrong(play: Play, step: Step, asked: ElicitationRequest) -> None:
    right = await play.factor(asked)
    code = f"{(int(right.get('otp_code', '0')) + 1) % 1_000_000:06d}"
    await play.answer(asked.elicitation_id, step.who, {"otp_code": code, "assertion": "another's"}, uuid4().hex)


async def _malformed(play: Play, step: Step, asked: ElicitationRequest) -> None:
    await play.answer(asked.elicitation_id, step.who, {"otp_code": "12x", "confirmed": "yes"}, uuid4().hex)


async def _again(play: Play, step: Step, _asked: ElicitationRequest) -> None:
    if play.last is not None:
        question, data, response_id = play.last
        await play.answer(question, step.who, data, response_id)


async def _proof(play: Play, step: Step, asked: ElicitationRequest) -> None:
    """Past the door's own clock: whoever was in time there may be late here."""
    if asked.elicitation_type in CUSTOMERS:
        response_id = uuid4().hex
        proof = play.proof(asked, play.customer.user_id, response_id)
        call = play.desks.questions.answer(asked.elicitation_id, proof, response_id)
        await play.attempt(step.who, "answer", asked.elicitation_id, call, response_id)


async def _old_proof(play: Play, step: Step, asked: ElicitationRequest) -> None:
    """Of the first version's question, and the first version's content under this question's name."""
    first, response_id = play.board.seen[play.payment_id][0], uuid4().hex
    forged = replace(asked, version=first.version, transaction_hash=first.transaction_hash)
    for shown in (first, forged):
        if shown.version != asked.version:
            proof = play.proof(shown, play.customer.user_id, response_id)
            call = play.desks.questions.answer(asked.elicitation_id, proof, response_id)
            if await play.attempt(step.who, "stale answer", asked.elicitation_id, call):
                play.wrong.append("a proof of an older version was taken")


async def _old_version(play: Play, step: Step, asked: ElicitationRequest) -> None:
    data = await play.factor(asked) | {"version": asked.version - 1}
    call = play.desks.answers.answer(asked.elicitation_id, play.customer.user_id, data, uuid4().hex)
    if await play.attempt(step.who, "stale answer", asked.elicitation_id, call):
        play.wrong.append("an answer to an older version was taken")


async def _decline(play: Play, step: Step, asked: ElicitationRequest) -> None:
    if asked.elicitation_type is ElicitationType.CONFIRMATION:
        await play.answer(asked.elicitation_id, step.who, {"confirmed": False}, uuid4().hex)


async def _resend(play: Play, step: Step, asked: ElicitationRequest) -> None:
    if asked.elicitation_type is ElicitationType.OTP:
        await play.attempt(step.who, "resend", asked.elicitation_id, play.desks.resends.next_code(asked.elicitation_id))


async def _take_up(play: Play, step: Step, asked: ElicitationRequest) -> None:
    with suppress(RPCError):  # it has ended
        await play.handle.signal(PaymentWorkflow.take_up, TakenUp(f"s-{step.who}", asked.elicitation_id))


async def _cancel_question(play: Play, step: Step, asked: ElicitationRequest) -> None:
    call = play.desks.questions.cancel(asked.elicitation_id, play.customer.user_id)
    await play.attempt(step.who, "cancel question", asked.elicitation_id, call)


async def _cancel_payment(play: Play, step: Step, _asked: ElicitationRequest) -> None:
    call = play.desks.payments.cancel(play.payment_id, play.customer.user_id)
    await play.attempt(step.who, "cancel payment", play.payment_id, call)


async def _cancel_signal(play: Play, _step: Step, _asked: ElicitationRequest) -> None:
    with suppress(RPCError):  # it has ended
        await play.handle.signal(PaymentWorkflow.request_cancel, "withdrawn")


async def _operator_cancel(play: Play, _step: Step, _asked: ElicitationRequest) -> None:
    with suppress(RPCError):
        await play.handle.cancel()


async def _every_way_at_once(play: Play, step: Step, asked: ElicitationRequest) -> None:
    """`Cancel that` from every channel in the moment in which the money may be moving."""
    ways = (_right, _cancel_question, _cancel_payment, _cancel_signal, _operator_cancel, _cancel_payment)
    await asyncio.gather(*(way(play, step, asked) for way in ways))


async def _correct(play: Play, step: Step, asked: ElicitationRequest) -> None:
    what, _, value = step.detail.partition("=")
    wanted = {
        "same": Correction(amount=asked.amount),
        "stale": Correction(amount="31.00", version=asked.version + 7),
        "twice": Correction(amount="32.00"),
    }.get(what) or Correction(**{what: value})
    calls = [
        play.attempt(
            step.who, "correct", play.payment_id, play.desks.payments.correct(play.payment_id, each, uuid4().hex)
        )
        for each in ([wanted, replace(wanted, amount="33.00")] if what == "twice" else [wanted])
    ]
    taken = await asyncio.gather(*calls)
    if what == "stale" and any(taken):
        play.wrong.append("a correction of a version that never was has been taken")


async def _decide(play: Play, step: Step, asked: ElicitationRequest) -> None:
    if asked.elicitation_type not in SUPERVISED:
        found = await play.board.question(play.payment_id, SUPERVISED)
        if found is None:
            return
        asked = found
    version = asked.version - 1 if step.detail == "stale" else asked.version
    said = Said(approve=step.detail != "refuse", version=version, note="no" if step.detail == "refuse" else "")
    if step.detail == "signal":
        user, response_id = play.customer.user_id if step.who == "maker" else step.who, uuid4().hex
        decision = ProvenDecision(play.proof(asked, user, response_id, supervises=True), response_id)
        handle = play.desks.client.get_workflow_handle_for(
            ApprovalWorkflow.run, ids.elicitation_workflow_id(asked.elicitation_id)
        )
        with suppress(RPCError):
            await handle.signal(ApprovalWorkflow.submit_decision, decision)
        return
    for _ in range(2 if step.detail == "twice" else 1):
        await play.decide(asked, step.who, said, uuid4().hex)


ACTS: Final[Mapping[str, Act]] = {
    "right": _right,
    "wrong": _wrong,
    "malformed": _malformed,
    "again": _again,
    "proof": _proof,
    "old_proof": _old_proof,
    "old_version": _old_version,
    "decline": _decline,
    "resend": _resend,
    "take_up": _take_up,
    "cancel_question": _cancel_question,
    "cancel_payment": _cancel_payment,
    "cancel_signal": _cancel_signal,
    "operator_cancel": _operator_cancel,
    "every_way_at_once": _every_way_at_once,
    "correct": _correct,
    "decide": _decide,
}
