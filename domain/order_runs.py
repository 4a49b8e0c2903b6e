"""A standing order's due dates: what comes next, and what became of each."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid5

from domain.payments import PaymentRequest, PaymentState
from domain.standing_orders import OrderRequest, OrderState


class RunState(StrEnum):
    """What became of a due date. BEGUN: its payment waits, or is on its way."""

    BEGUN = "BEGUN"
    PAID = "PAID"
    SKIPPED = "SKIPPED"


@dataclass(frozen=True, slots=True)
class DueRun:
    """A due date: its day, when it is paid (ISO 8601, UTC), and the one payment that it is.

    `late`: too long ago to be made up for. `ended`: how its payment ended, where it has.
    """

    due_on: str
    at: str
    payment: PaymentRequest
    late: bool = False
    ended: PaymentState | None = None
    error_code: str = ""


@dataclass(frozen=True, slots=True)
class OrderNow:
    """How an order stands in the database, and what comes next by the calendar; `due` is None where nothing does.

    `day_ends`: when the customer's day is over. `tries`: how often a day one due date is tried, every `retry_s`.
    """

    state: OrderState
    due: DueRun | None = None
    day_ends: str = ""
    tries: int = 1
    retry_s: float = 0


@dataclass(frozen=True, slots=True)
class Settling:
    """What became of a due date. `stops`: why the order is paused with it, a code; empty: it goes on."""

    order_id: str
    due_on: str
    state: RunState
    error_code: str = ""
    stops: str = ""


@dataclass(frozen=True, slots=True)
class Unsigned:
    """Terms whose countersigns were not given: how their order ends, if no others hold."""

    order_id: str
    version: int
    state: OrderState
    error_code: str = ""


@dataclass(frozen=True, slots=True)
class SignedTerms:
    """Terms whose countersigns were all given."""

    order_id: str
    version: int


@dataclass(frozen=True, slots=True)
class OrderResult:
    """How a standing order ended."""

    request: OrderRequest
    state: OrderState
    error_code: str = ""


@dataclass(frozen=True, slots=True)
class OrderCarried:
    """An order's memory over a continue-as-new; everything else is the database's. `tried` of the date `tried_on`."""

    tenant_id: str
    customer_ref: str
    amount_minor: int
    events_max: int
    tried_on: str = ""
    tried: int = 0
    retry_at: str = ""


@dataclass(frozen=True, slots=True)
class OrderStart:
    """Argument of StandingOrderWorkflow.run."""

    request: OrderRequest
    carried: OrderCarried | None = None


@dataclass(frozen=True, slots=True)
class RunShown:
    """A due date of a standing order, and what became of it."""

    due_on: str
    state: RunState
    payment_id: str
    error_code: str
    settled_at: str

    def to_json(self) -> dict[str, Any]:
        """As the API shows it."""
        return asdict(self) | {"state": self.state.value}


def run_payment_id(key: str, due_on: str) -> str:
    """One due date is one payment. `key` is the order's own UUID, which nobody else knows: the id can't be taken."""
    return str(uuid5(UUID(key), due_on))
