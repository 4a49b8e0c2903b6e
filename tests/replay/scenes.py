"""Every way in which a payment ends, played once: which workflows' histories it leaves under which names."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING
from uuid import uuid4

from domain import ids
from domain.errors import UnknownPayeeError
from domain.payments import PaymentRequest
from domain.understanding import Intent
from tests.fakes import house

if TYPE_CHECKING:
    from tests.fakes.staff import House

Scene = Callable[["House"], Awaitable[dict[str, str]]]
"""Plays, and returns workflow ids by the name of the history that they make."""


async def _to_the_code(bank: House) -> tuple[str, str]:
    await bank.open()
    await bank.pay()
    asked = (await bank.say(Intent.CONFIRM)).elicitation
    assert asked is not None
    return asked.tool_call_id, asked.elicitation_id


async def _end(bank: House, outcome: str, payment_id: str, question: str) -> dict[str, str]:
    payment = ids.payment_workflow_id(payment_id)
    await bank.client.get_workflow_handle(payment).result()
    await bank.say(Intent.GOODBYE)
    talk = ids.conversation_workflow_id(bank.session_id)
    await bank.conversations.leave(bank.session_id, "")
    await bank.client.get_workflow_handle(talk).result()
    return {
        f"payment_{outcome}": payment,
        f"elicitation_{outcome}": ids.elicitation_workflow_id(question),
        f"conversation_{outcome}": talk,
    }


async def completed(bank: House) -> dict[str, str]:
    payment_id, question = await _to_the_code(bank)
    await bank.give(question, "000000")
    await bank.say(Intent.RESEND)
    await bank.give(question)
    return await _end(bank, "completed", payment_id, question)


async def declined(bank: House) -> dict[str, str]:
    await bank.open()
    asked = (await bank.pay()).elicitation
    assert asked is not None
    await bank.say(Intent.DENY)
    return await _end(bank, "declined", asked.tool_call_id, asked.elicitation_id)


async def cancelled(bank: House) -> dict[str, str]:
    payment_id, question = await _to_the_code(bank)
    await bank.say(Intent.CANCEL)
    return await _end(bank, "cancelled", payment_id, question)


async def failed(bank: House) -> dict[str, str]:
    payment_id, question = await _to_the_code(bank)
    for _ in range(5):
        await bank.give(question, "000000")
    return await _end(bank, "failed", payment_id, question)


async def expired(bank: House) -> dict[str, str]:
    await bank.open()
    asked = (await bank.pay()).elicitation
    assert asked is not None
    return await _end(bank, "expired", asked.tool_call_id, asked.elicitation_id)


async def refused(bank: House) -> dict[str, str]:
    request = PaymentRequest(uuid4().hex, house.USER, "5.00", "Nobody")
    try:
        await bank.payments.begin(request)
    except UnknownPayeeError:
        return {"payment_refused": ids.payment_workflow_id(request.payment_id)}
    raise AssertionError


SCENES: dict[Scene, float] = {completed: 60, declined: 60, cancelled: 60, failed: 60, refused: 60, expired: 0.5}
"""Each with the seconds for which its questions stay open."""
