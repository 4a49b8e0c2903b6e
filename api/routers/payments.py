"""The signed-in customer's payments."""

from dataclasses import asdict
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from pydantic import Field

from adapters.edge.idempotency import own_id
from adapters.postgres.payments import Payment
from api.documented import answers
from api.security import Payer, Reader, Use
from api.sent import Id, Sent
from api.shapes import PaymentCorrected, PaymentNow, Payments
from domain.errors import (
    AccountClosedError,
    AmbiguousPayeeError,
    AmountNotPositiveError,
    AmountTooLargeError,
    AmountTooPreciseError,
    AmountUnreadableError,
    CurrencyMismatchError,
    InsufficientFundsError,
    NothingToChangeError,
    PaymentClosedError,
    PaymentNotFoundError,
    StaleVersionError,
    TooManyCorrectionsError,
    UnknownAccountError,
    UnknownPayeeError,
)
from domain.payments import Correction

router = APIRouter(prefix="/api/payments")
_CORRECTED: Final = (
    *(PaymentNotFoundError, PaymentClosedError, StaleVersionError, TooManyCorrectionsError, NothingToChangeError),
    *(AmountUnreadableError, AmountNotPositiveError, AmountTooPreciseError, AmountTooLargeError),
    *(UnknownPayeeError, AmbiguousPayeeError, UnknownAccountError, CurrencyMismatchError),
    *(AccountClosedError, InsufficientFundsError),
)


@router.get("", responses=answers(Payments))
async def payments(who: Reader, services: Use, limit: Annotated[int, Query(ge=1, le=200)] = 50) -> dict[str, Any]:
    """Newest first; minor units."""
    return {"payments": [asdict(payment) for payment in await services.payments.of(who.user_id, limit)]}


@router.get("/{payment_id}", responses=answers(Payment, PaymentNotFoundError))
async def payment(payment_id: Id, who: Reader, services: Use) -> dict[str, Any]:
    """One of the customer's own."""
    return asdict(await services.payments.get(payment_id, who.user_id))


class CorrectionBody(Sent):
    """What is to be another way; what is left out stays. `version`: the one that the customer was shown."""

    amount: Annotated[str, Field(max_length=32)] = ""
    payee: Annotated[str, Field(max_length=140)] = ""
    account: Annotated[str, Field(max_length=140)] = ""
    version: Annotated[int, Field(ge=0, le=100)] = 0


@router.post("/{payment_id}/correct", responses=answers(PaymentCorrected, *_CORRECTED))
async def correct(payment_id: Id, body: CorrectionBody, who: Payer, services: Use) -> dict[str, Any]:
    """A new version of a payment that still waits; `elicitation` is the first question about it."""
    own = await services.payments.get(payment_id, who.user_id)
    wanted = Correction(body.amount.strip(), body.payee.strip(), body.account.strip(), body.version)
    begun = await services.payment_gateway.correct(own.payment_id, wanted, own_id())
    question = begun.elicitation.to_json() if begun.elicitation else None
    return {"payment_id": own.payment_id, "state": begun.state, "version": begun.version, "elicitation": question}


@router.post("/{payment_id}/cancel", responses=answers(PaymentNow, PaymentNotFoundError, PaymentClosedError))
async def cancel(payment_id: Id, who: Payer, services: Use) -> dict[str, Any]:
    """Withdraw a payment that still waits."""
    own = await services.payments.get(payment_id, who.user_id)
    state = await services.payment_gateway.cancel(own.payment_id, who.user_id)
    return {"payment_id": own.payment_id, "state": state}
