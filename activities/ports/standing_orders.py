"""Standing orders at rest, and the days on which they fall due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from domain.order_runs import RunState, Settling, SignedTerms, Unsigned
from domain.payments import PaymentState
from domain.standing_orders import OrderPlan, OrderRequest, OrderState, Terms


@dataclass(frozen=True, slots=True)
class StandingRow:
    """An order as it is kept. `due_from`: what fell due before is settled; `step`: how often its customer changed it.

    `terms`: those that hold, else those that wait. `account_name`, `amount` (decimal text) are theirs.
    """

    state: OrderState
    user_id: str
    terms: Terms
    amount: str
    account_name: str
    run_key: str
    due_from: date
    step: int


@dataclass(frozen=True, slots=True)
class RunRow:
    """A due date that was begun, and how its payment stands; None: it has none."""

    state: RunState
    payment: PaymentState | None
    error_code: str


class StandingOrderStore(Protocol):
    """Each change writes its event and audit in the same transaction."""

    async def find(self, request: OrderRequest) -> tuple[OrderPlan, bool] | None:
        """The terms recorded for this wish, and whether their countersigns are settled; other content: a conflict."""
        ...

    async def last_version(self, order_id: str) -> int:
        """Of its terms; 0 where there is no such order."""
        ...

    async def plan(self, request: OrderRequest, plan: OrderPlan) -> None:
        """Record a new order, or its next terms; a repeat changes nothing.

        Raises IdempotencyConflictError, TooManyStandingOrdersError, StandingOrdersLockedError,
        StandingOrderClosedError, StandingOrderStateError, StaleVersionError.
        """
        ...

    async def sign(self, terms: SignedTerms) -> None:
        """From now on these hold. Raises StandingOrderUnsignedError, StandingOrderEndedError."""
        ...

    async def drop(self, unsigned: Unsigned) -> OrderState:
        """These never will; the state that the order is in afterwards."""
        ...

    async def stands(self, order_id: str) -> StandingRow:
        """Raises StandingOrderNotFoundError."""
        ...

    async def run_on(self, order_id: str, due_on: date) -> RunRow | None:
        """What is known of this due date."""
        ...

    async def heed(self, order_id: str, step: int, coming: list[date]) -> None:
        """Its workflow knows of this step, and these dates come next."""
        ...

    async def settle(self, settled: Settling, words: str, deliver_at: datetime) -> None:
        """Once a due date, with what its customer is told. Raises StandingOrderMismatchError against the ledger."""
        ...

    async def step(self, order_id: str, user_id: str, name: str) -> None:
        """`pause`, `resume` or `cancel`, at once. Raises StandingOrderNotFoundError, StandingOrderClosedError."""
        ...

    async def finish(self, order_id: str) -> OrderState:
        """Nothing is left of it; the state that it is in afterwards."""
        ...


class Days(Protocol):
    """When a rule comes round."""

    def days_of(self, terms: Terms, since: date, most: int) -> list[date]:
        """Due dates from `since` on, as far as anybody plans. Raises StandingOrderRuleError for a senseless rule."""
        ...
