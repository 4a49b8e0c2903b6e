"""Where customers set up, see, change, pause and cancel their standing orders, from any channel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

import structlog

from domain.errors import (
    BankError,
    IdempotencyConflictError,
    InvalidRequestError,
    StandingOrderClosedError,
    StandingOrderNotFoundError,
)
from domain.ids import is_safe_id
from domain.standing_orders import OrderBegun

if TYPE_CHECKING:
    from domain.order_runs import RunShown
    from domain.standing_orders import OrderRequest, OrderShown

STEPS: Final = frozenset({"pause", "resume", "cancel"})
_log = structlog.get_logger(__name__)


class OrderDoor(Protocol):
    """Standing orders' workflows, as the desk reaches them."""

    async def begin(self, request: OrderRequest) -> OrderBegun:
        """Start, or find the one already started under this id."""
        ...

    async def change(self, request: OrderRequest) -> OrderBegun:
        """Ask for other terms."""
        ...

    async def stepped(self, order_id: str) -> None:
        """Tell it that it was paused, resumed or cancelled."""
        ...


class OrderRows(Protocol):
    """Standing orders at rest, as far as their customer may see and stop them."""

    async def of(self, user_id: str) -> list[OrderShown]:
        """The user's, oldest first."""
        ...

    async def get(self, order_id: str, user_id: str) -> OrderShown:
        """Raises StandingOrderNotFoundError, also where it is another's."""
        ...

    async def runs_of(self, order_id: str, user_id: str) -> list[RunShown]:
        """Its due dates so far, the newest first."""
        ...

    async def step(self, order_id: str, user_id: str, name: str) -> None:
        """At once. Raises StandingOrderNotFoundError, StandingOrderClosedError, StandingOrderStateError."""
        ...

    async def unheard(self, older_than_s: float) -> list[str]:
        """Those whose workflow does not know what was done."""
        ...


@dataclass(frozen=True, slots=True)
class StandingOrderDesk:
    """Postgres stops one, at once; the workflow is told afterwards, and again where it was not reached."""

    rows: OrderRows
    door: OrderDoor

    async def create(self, request: OrderRequest) -> OrderBegun:
        """Start one; it then waits for its countersigns. A repeat is one. Raises the refusal of its screening."""
        if not is_safe_id(request.order_id):
            raise InvalidRequestError("order_id must be 1 to 64 letters, digits, - or _")
        try:
            return await self.door.begin(request)
        except IdempotencyConflictError:
            await self.rows.get(request.order_id, request.user_id)  # of somebody else's nothing is told
            raise
        except StandingOrderClosedError:
            shown = await self.rows.get(request.order_id, request.user_id)
            return OrderBegun(shown.order_id, shown.state)

    async def change(self, request: OrderRequest) -> OrderBegun:
        """Ask for other terms, which hold once they are countersigned. Raises the refusal of their screening."""
        await self.get(request.order_id, request.user_id)
        return await self.door.change(request)

    async def of(self, user_id: str) -> list[OrderShown]:
        """The user's, those that stand first."""
        return await self.rows.of(user_id)

    async def get(self, order_id: str, user_id: str) -> OrderShown:
        """One of the user's own. Raises StandingOrderNotFoundError."""
        if not is_safe_id(order_id):
            raise StandingOrderNotFoundError
        return await self.rows.get(order_id, user_id)

    async def runs_of(self, order_id: str, user_id: str) -> list[RunShown]:
        """What became of its due dates. Raises StandingOrderNotFoundError."""
        await self.get(order_id, user_id)
        return await self.rows.runs_of(order_id, user_id)

    async def step(self, order_id: str, user_id: str, name: str) -> OrderShown:
        """`pause`, `resume` or `cancel`: from now on nothing is paid by it that is not paid yet; or it is again."""
        if not is_safe_id(order_id):
            raise StandingOrderNotFoundError
        if name not in STEPS:
            raise InvalidRequestError(f"a step is one of {', '.join(sorted(STEPS))}")
        await self.rows.step(order_id, user_id, name)
        await self._tell(order_id)
        return await self.rows.get(order_id, user_id)

    async def tell_again(self, older_than_s: float) -> None:
        """Workflows that were not reached when their order was stopped or resumed."""
        for order_id in await self.rows.unheard(older_than_s):
            await self._tell(order_id)

    async def _tell(self, order_id: str) -> None:
        try:
            await self.door.stepped(order_id)
        except BankError as error:
            _log.info("a standing order's workflow was not reached", order_id=order_id, code=error.code)
