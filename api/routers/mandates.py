"""The signed-in customer's standing mandates."""

from typing import Annotated, Any, Final

from fastapi import APIRouter
from pydantic import Field

from adapters.edge.idempotency import own_id
from adapters.edge.problems import trace_id
from api.documented import answers
from api.security import Payer, Reader, Use
from api.sent import Id, Sent
from api.shapes import MandateBegun, Mandates
from domain.errors import (
    AccountClosedError,
    AmbiguousPayeeError,
    AmountNotPositiveError,
    AmountTooLargeError,
    AmountTooPreciseError,
    AmountUnreadableError,
    CurrencyMismatchError,
    IdempotencyConflictError,
    InvalidRequestError,
    MandateClosedError,
    MandateNotFoundError,
    MandatesLockedError,
    MandateTooLargeError,
    PeriodUnknownError,
    TooManyMandatesError,
    UnknownAccountError,
    UnknownPayeeError,
)
from domain.ids import is_safe_id
from domain.mandates import MOST_PAYEES, MandateRequest, MandateShown

router = APIRouter(prefix="/api/mandates")
_CREATED: Final = (
    *(UnknownPayeeError, AmbiguousPayeeError, UnknownAccountError, CurrencyMismatchError, PeriodUnknownError),
    *(AmountUnreadableError, AmountNotPositiveError, AmountTooPreciseError, AmountTooLargeError, AccountClosedError),
    *(MandateTooLargeError, TooManyMandatesError, MandatesLockedError, IdempotencyConflictError, MandateNotFoundError),
)
Name = Annotated[str, Field(min_length=1, max_length=140, pattern=r"^[^\x00-\x1f\x7f]*$")]


class NewMandate(Sent):
    """Up to `budget` (decimal text) a `period` (day, week, month, year) to these payees, by name or id.

    `account`: a kind, name or id; empty: any. `ends_on`: the last day, `2027-12-31`. A repeat with the same
    `mandate_id` is harmless.
    """

    payees: Annotated[list[Name], Field(min_length=1, max_length=MOST_PAYEES)]
    budget: Annotated[str, Field(max_length=40)]
    period: Annotated[str, Field(max_length=10)]
    account: Annotated[str, Field(max_length=140)] = ""
    currency: Annotated[str, Field(max_length=3)] = "USD"
    ends_on: Annotated[str, Field(max_length=10)] = ""
    mandate_id: Annotated[str, Field(max_length=64)] = ""


@router.get("", responses=answers(Mandates))
async def mandates(who: Reader, services: Use) -> dict[str, Any]:
    """Those that stand first, then the newest; minor units; what is left of the current period."""
    return {"mandates": [each.to_json() for each in await services.mandates.of(who.user_id)]}


@router.get("/{mandate_id}", responses=answers(MandateShown, MandateNotFoundError))
async def mandate(mandate_id: Id, who: Reader, services: Use) -> dict[str, Any]:
    """One of the customer's own."""
    return (await services.mandates.get(mandate_id, who.user_id)).to_json()


@router.post("", status_code=201, responses=answers(MandateBegun, *_CREATED, status=201))
async def create(new: NewMandate, who: Payer, services: Use) -> dict[str, Any]:
    """Set one up; it waits for its countersigns, a confirmation and a factor."""
    if new.mandate_id and not is_safe_id(new.mandate_id):
        raise InvalidRequestError("mandate_id must be 1 to 64 letters, digits, - or _")
    begun = await services.mandates.create(
        MandateRequest(
            mandate_id=new.mandate_id or own_id(),
            user_id=who.user_id,
            payees=tuple(each.strip() for each in new.payees),
            budget=new.budget.strip(),
            period=new.period,
            account=new.account.strip(),
            currency=new.currency,
            ends_on=new.ends_on,
            trace_id=trace_id(),
        )
    )
    question = begun.elicitation.to_json() if begun.elicitation else None
    return {"mandate_id": begun.mandate_id, "state": begun.state, "elicitation": question}


@router.delete("/{mandate_id}", responses=answers(MandateShown, MandateNotFoundError, MandateClosedError))
async def revoke(mandate_id: Id, who: Payer, services: Use) -> dict[str, Any]:
    """From now on it covers nothing; a payment under it that is not posted yet is refused."""
    return (await services.mandates.revoke(mandate_id, who.user_id)).to_json()
