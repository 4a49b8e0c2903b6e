"""Standing orders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from adapters.edge.idempotency import own_id
from adapters.edge.problems import trace_id
from domain.errors import InvalidRequestError
from domain.ids import is_safe_id
from domain.standing_orders import OrderBegun, OrderRequest, OrderShown, OrderWish
from mcp_tools.bank.amounts import amount_text
from mcp_tools.guard import Caller
from mcp_tools.order_schemas import StandingOrderLine, StandingOrdersArgs, StandingOrdersResult


class StandingOrderDesk(Protocol):
    """Sets up, shows, changes and stops standing orders."""

    async def create(self, request: OrderRequest) -> OrderBegun:
        """Start, or find the one already started under this id."""
        ...

    async def change(self, request: OrderRequest) -> OrderBegun:
        """Ask for other terms. Raises StandingOrderNotFoundError, or the refusal of their screening."""
        ...

    async def of(self, user_id: str) -> list[OrderShown]:
        """The user's."""
        ...

    async def step(self, order_id: str, user_id: str, name: str) -> OrderShown:
        """At once. Raises StandingOrderNotFoundError, StandingOrderClosedError, StandingOrderStateError."""
        ...


@dataclass(frozen=True, slots=True)
class StandingOrders:
    """One tool for all that can be done with standing orders."""

    desk: StandingOrderDesk

    async def standing_orders(self, caller: Caller, args: StandingOrdersArgs) -> StandingOrdersResult:
        """Raises the refusal of what was wanted, StandingOrderNotFoundError, InvalidRequestError."""
        caller.require("transact")
        match args.action:
            case "list":
                return StandingOrdersResult(
                    standing_orders=[_line(each) for each in await self.desk.of(caller.user_id)]
                )
            case "create":
                return _begun(await self.desk.create(_request(caller, args, args.order_id or own_id(), "")))
            case "change":
                return _begun(await self.desk.change(_request(caller, args, _named(args), args.request_id or own_id())))
            case "pause" | "resume" | "cancel":
                shown = await self.desk.step(_named(args), caller.user_id, args.action)
                line, state = [_line(shown)], shown.state.value
                return StandingOrdersResult(standing_orders=line, order_id=shown.order_id, status=state)


def _named(args: StandingOrdersArgs) -> str:
    if not args.order_id:
        raise InvalidRequestError("order_id is needed for this action")
    return args.order_id


def _request(caller: Caller, args: StandingOrdersArgs, order_id: str, change_id: str) -> OrderRequest:
    if not all(is_safe_id(each) for each in (order_id, change_id or order_id)):
        raise InvalidRequestError("ids must be 1 to 64 letters, digits, - or _")
    wish = OrderWish(
        payee=args.payee.strip(),
        amount=amount_text(args.amount).strip(),
        account=args.account.strip(),
        currency=args.currency,
        date=args.date.strip(),
        every=args.every.strip(),
        ends_on=args.ends_on.strip(),
    )
    session_id = caller.principal.session_id
    return OrderRequest(order_id, caller.user_id, wish, change_id, session_id, change_id or order_id, trace_id())


def _begun(begun: OrderBegun) -> StandingOrdersResult:
    question = begun.elicitation.to_json() if begun.elicitation else None
    return StandingOrdersResult(order_id=begun.order_id, status=begun.state.value, elicitation=question)


def _line(shown: OrderShown) -> StandingOrderLine:
    return StandingOrderLine.model_validate(shown.to_json())
