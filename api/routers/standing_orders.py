"""The signed-in customer's standing orders."""

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter
from pydantic import Field

from adapters.edge.idempotency import own_id
from adapters.edge.problems import trace_id
from api.documented import answers
from api.security import Payer, Reader, Use
from api.sent import Id, Sent
from api.shapes import StandingOrderBegun, StandingOrderRuns, StandingOrders
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
    NothingToChangeError,
    StaleVersionError,
    StandingOrderChangingError,
    StandingOrderClosedError,
    StandingOrderDateError,
    StandingOrderNotFoundError,
    StandingOrderOverError,
    StandingOrderRuleError,
    StandingOrdersLockedError,
    StandingOrderStateError,
    TooManyStandingOrdersError,
    UnknownAccountError,
    UnknownPayeeError,
)
from domain.ids import is_safe_id
from domain.standing_orders import OrderBegun, OrderRequest, OrderShown, OrderWish

router = APIRouter(prefix="/api/standing-orders")
_TERMS: Final = (
    *(UnknownPayeeError, AmbiguousPayeeError, UnknownAccountError, CurrencyMismatchError, AccountClosedError),
    *(AmountUnreadableError, AmountNotPositiveError, AmountTooPreciseError, AmountTooLargeError),
    *(StandingOrderDateError, StandingOrderRuleError, StandingOrderOverError, StandingOrdersLockedError),
    *(IdempotencyConflictError, StandingOrderNotFoundError),
)
_CHANGED: Final = (
    *(NothingToChangeError, StandingOrderChangingError, StandingOrderClosedError, StandingOrderStateError),
    StaleVersionError,
)
Name = Annotated[str, Field(max_length=140, pattern=r"^[^\x00-\x1f\x7f]*$")]
Day = Annotated[str, Field(max_length=10)]


class OrderTerms(Sent):
    """`payee`, `account`: names or ids; `amount`: decimal text; `every`: an RRULE (`FREQ=MONTHLY;BYMONTHDAY=1`).

    `date`: the day, ISO 8601, or the one from which a rule counts; `ends_on`: the last one.
    """

    payee: Name = ""
    amount: Annotated[str, Field(max_length=40)] = ""
    account: Name = ""
    date: Day = ""
    every: Annotated[str, Field(max_length=200)] = ""
    ends_on: Day = ""

    def wish(self, currency: str = "USD") -> OrderWish:
        """In domain terms."""
        said = {name: text.strip() for name, text in self.model_dump(include=set(OrderTerms.model_fields)).items()}
        return OrderWish(**said, currency=currency)


class NewStandingOrder(OrderTerms):
    """A payment on a day, or again and again. A repeat with the same `order_id` is harmless."""

    currency: Annotated[str, Field(max_length=3)] = "USD"
    order_id: Annotated[str, Field(max_length=64)] = ""


class OtherTerms(OrderTerms):
    """What is to be another way; what is empty stays. A repeat with the same `change_id` is harmless."""

    change_id: Annotated[str, Field(max_length=64)] = ""


class Step(Sent):
    """What is done to it, at once."""

    step: Literal["pause", "resume", "cancel"]


@router.get("", responses=answers(StandingOrders))
async def standing_orders(who: Reader, services: Use) -> dict[str, Any]:
    """Those that stand first, then by age; minor units."""
    return {"standing_orders": [each.to_json() for each in await services.standing_orders.of(who.user_id)]}


@router.get("/{order_id}", responses=answers(OrderShown, StandingOrderNotFoundError))
async def standing_order(order_id: Id, who: Reader, services: Use) -> dict[str, Any]:
    """One of the customer's own."""
    return (await services.standing_orders.get(order_id, who.user_id)).to_json()


@router.get("/{order_id}/runs", responses=answers(StandingOrderRuns, StandingOrderNotFoundError))
async def runs(order_id: Id, who: Reader, services: Use) -> dict[str, Any]:
    """What became of its due dates, the newest first."""
    return {"runs": [each.to_json() for each in await services.standing_orders.runs_of(order_id, who.user_id)]}


@router.post(
    "", status_code=201, responses=answers(StandingOrderBegun, *_TERMS, TooManyStandingOrdersError, status=201)
)
async def create(new: NewStandingOrder, who: Payer, services: Use) -> dict[str, Any]:
    """Set one up; it waits for its countersigns, a confirmation and a factor."""
    if new.order_id and not is_safe_id(new.order_id):
        raise InvalidRequestError("order_id must be 1 to 64 letters, digits, - or _")
    wanted = OrderRequest(new.order_id or own_id(), who.user_id, new.wish(new.currency), trace_id=trace_id())
    return _begun(await services.standing_orders.create(wanted))


@router.patch("/{order_id}", responses=answers(StandingOrderBegun, *_TERMS, *_CHANGED))
async def change(order_id: Id, other: OtherTerms, who: Payer, services: Use) -> dict[str, Any]:
    """Ask for other terms: they hold once they are countersigned, and until then those before them."""
    if other.change_id and not is_safe_id(other.change_id):
        raise InvalidRequestError("change_id must be 1 to 64 letters, digits, - or _")
    wanted = OrderRequest(order_id, who.user_id, other.wish(), other.change_id or own_id(), trace_id=trace_id())
    return _begun(await services.standing_orders.change(wanted))


@router.post(
    "/{order_id}/step",
    responses=answers(OrderShown, StandingOrderNotFoundError, StandingOrderClosedError, StandingOrderStateError),
)
async def step(order_id: Id, wanted: Step, who: Payer, services: Use) -> dict[str, Any]:
    """Paused or cancelled, nothing is paid by it that is not paid yet; resumed, what falls due from today on is."""
    return (await services.standing_orders.step(order_id, who.user_id, wanted.step)).to_json()


def _begun(begun: OrderBegun) -> dict[str, Any]:
    question = begun.elicitation.to_json() if begun.elicitation else None
    return {"order_id": begun.order_id, "state": begun.state, "elicitation": question}
