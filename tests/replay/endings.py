"""What scenes share: how a payment is brought to its code, and which histories its end leaves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from domain import ids
from domain.understanding import Intent

if TYPE_CHECKING:
    from domain.conversation import Reply
    from domain.elicitation import ElicitationRequest
    from tests.fakes.staff import House

Scene = Callable[["House"], Awaitable[dict[str, str]]]
"""Plays, and returns workflow ids by the name of the history that they make."""


def question_of(reply: Reply) -> ElicitationRequest:
    """What it asks."""
    assert reply.elicitation is not None
    return reply.elicitation


async def to_the_code(bank: House) -> tuple[str, str]:
    """A payment that waits for its code: its id, and the question's."""
    await bank.open()
    await bank.pay()
    asked = question_of(await bank.say(Intent.CONFIRM))
    return asked.payment_id, asked.elicitation_id


async def end(bank: House, outcome: str, payment_id: str, question: str) -> dict[str, str]:
    """The histories of a payment, one of its questions and its conversation, once all have ended."""
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
