"""Payments that go back: asked for here by one supervisor, approved on the list of approvals by another."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field

from adapters.edge.idempotency import own_id
from adapters.edge.problems import trace_id
from api.documented import answers
from api.routers.approvals import Supervisor
from api.security import Use
from api.sent import Id, Sent
from api.shapes import PaymentNow
from domain.errors import (
    AccountClosedError,
    AlreadyReversedError,
    InsufficientFundsError,
    NotASupervisorError,
    NotReversibleError,
    PaymentNotFoundError,
    SelfApprovalError,
)
from domain.payments import PaymentKind, PaymentRequest
from domain.schemas import NOTE_LONGEST

router = APIRouter(prefix="/api/payments")


class Reversal(Sent):
    """Why it is to go back: for whoever approves it, and for the audit."""

    note: Annotated[str, Field(min_length=1, max_length=NOTE_LONGEST, pattern=r"\S")]


@router.post(
    "/{payment_id}/reverse",
    responses=answers(
        PaymentNow,
        *(NotASupervisorError, PaymentNotFoundError, SelfApprovalError, NotReversibleError, AlreadyReversedError),
        *(InsufficientFundsError, AccountClosedError),
    ),
)
async def reverse(payment_id: Id, body: Reversal, who: Supervisor, services: Use) -> dict[str, Any]:
    """Ask for a completed payment to go back: a new payment of the same sum, which waits for another supervisor."""
    await services.approvals.tenant_of(who.user_id)
    wish = PaymentRequest(
        payment_id=own_id(),
        user_id=who.user_id,
        amount="1",  # what it comes to is the payment's
        payee=payment_id,
        account="",
        description=body.note.strip(),
        trace_id=trace_id(),
        kind=PaymentKind.REVERSAL,
    )
    begun = await services.payment_gateway.begin(wish)
    return {"payment_id": begun.payment_id, "state": begun.state}
