"""Standing orders: a sum to a payee on a day, or again and again, countersigned once. Each due date is one payment."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final

from domain.elicitation import ElicitationRequest, ElicitationType
from domain.errors import (
    StandingOrderDateError,
    StandingOrderRuleError,
)
from domain.recurrence import day_name, is_rule, rule_words, with_month_ends

MOST_ORDERS: Final = 50
"""Of one customer, those that have ended left out."""
_FUTURE: Final = timedelta(days=10 * 366)


class OrderState(StrEnum):
    """Where a standing order stands. EXPIRED: its question ran out of time; COMPLETED: its last day is over."""

    AWAITING_CUSTOMER = "AWAITING_CUSTOMER"
    ACTIVE = "ACTIVE"
    PAUSED = "PAUSED"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"
    REJECTED = "REJECTED"
    FAILED = "FAILED"


STANDING: Final = frozenset({OrderState.ACTIVE, OrderState.PAUSED})
ENDED_STATES: Final = frozenset(OrderState) - STANDING - {OrderState.AWAITING_CUSTOMER}


@dataclass(frozen=True, slots=True)
class Terms:
    """What the customer countersigns. Accounts by id; `every`: an RRULE, empty for `first_on` alone; dates ISO 8601.

    A rule counts from `first_on`; `ends_on` is the last day, or empty. Days are those of `zone` (IANA).
    """

    order_id: str
    version: int
    amount_minor: int
    currency: str
    payee_account: str
    payee_name: str
    account: str
    every: str
    first_on: str
    ends_on: str = ""
    zone: str = "UTC"


def terms_hash(terms: Terms) -> str:
    """SHA-256, hex, over the canonical JSON of all eleven fields: change one and no older answer fits."""
    canonical = json.dumps(asdict(terms), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class OrderWish:
    """What a customer wants; as text, empty: not said. `amount` is decimal; `payee`, `account` are names or ids.

    `date`: the day, or the one from which `every` (an RRULE) counts; `ends_on`: the last one; both ISO 8601.
    """

    payee: str = ""
    amount: str = ""
    account: str = ""
    currency: str = "USD"
    date: str = ""
    every: str = ""
    ends_on: str = ""


@dataclass(frozen=True, slots=True)
class OrderRequest:
    """A wish for a new standing order, or, with `change_id`, for other terms of one. A repeat of an id is one."""

    order_id: str
    user_id: str
    wish: OrderWish
    change_id: str = ""
    session_id: str = ""
    tool_call_id: str = ""
    trace_id: str = ""

    def digest(self) -> str:
        """SHA-256, hex, of what is wanted and by whom: two requests of one id must agree in it."""
        return hashlib.sha256(json.dumps([self.order_id, self.user_id, asdict(self.wish)]).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class OrderPlan:
    """Screened terms, and who must countersign them, in this order. `amount` is decimal text."""

    terms: Terms
    user_id: str
    tenant_id: str
    customer_ref: str
    amount: str
    account_name: str
    countersigns: tuple[ElicitationType, ...]
    policy_version: str
    terms_hash: str
    schedule: str

    @property
    def order_id(self) -> str:
        """The order's."""
        return self.terms.order_id

    @property
    def amount_minor(self) -> int:
        """What operators find it by."""
        return self.terms.amount_minor


@dataclass(frozen=True, slots=True)
class ScreenedOrder:
    """A plan, the state of its order, and how long each of its questions stays open, in seconds.

    `settled`: these terms hold already, or never will. `events_max`: of history, then it continues as new.
    """

    plan: OrderPlan
    state: OrderState
    elicitation_s: float
    settled: bool = False
    events_max: int = 0


@dataclass(frozen=True, slots=True)
class OrderBegun:
    """Result of beginning or changing an order: the question that now waits, or the state that it is in at once."""

    order_id: str
    state: OrderState
    elicitation: ElicitationRequest | None = None


@dataclass(frozen=True, slots=True)
class OrderShown:
    """A standing order as its customer sees it; minor units. `schedule`: `on the 1st of each month …`, in words.

    `next_on`: the next due date, ISO 8601, or empty. `last_on`, `last_state`: the last one that was settled, and how.
    """

    order_id: str
    state: OrderState
    amount_minor: int
    amount: str
    currency: str
    payee: str
    account: str
    schedule: str
    every: str
    first_on: str
    ends_on: str
    zone: str
    version: int
    terms_hash: str
    created_at: str
    next_on: str = ""
    last_on: str = ""
    last_state: str = ""
    runs: int = 0
    error_code: str = ""

    def to_json(self) -> dict[str, Any]:
        """As API and tools show it."""
        return asdict(self) | {"state": self.state.value}


def dated(wish: OrderWish, today: date, began: str = "") -> OrderWish:
    """The wish with days and rule checked; a rule without a day counts from today, a known one from where it `began`.

    Raises StandingOrderRuleError, StandingOrderDateError.
    """
    if wish.every and not is_rule(wish.every):
        raise StandingOrderRuleError
    if not wish.every and not wish.date:
        raise StandingOrderDateError(spoken="On which day should I pay, or how often?")
    known = bool(wish.every and began) and wish.date == began
    first = date.fromisoformat(began) if known else _day(wish.date, today, today) if wish.date else today
    last = _day(wish.ends_on, max(first, today), today) if wish.ends_on and wish.every else None
    return replace(
        wish,
        date=first.isoformat(),
        every=with_month_ends(wish.every, first) if wish.every else "",
        ends_on=last.isoformat() if last else "",
    )


def _day(text: str, earliest: date, begin: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise StandingOrderDateError("dates are ISO 8601, such as 2027-03-01") from error
    if not earliest <= day <= begin + _FUTURE:
        raise StandingOrderDateError(
            "a date lies in the past, or too far off", spoken="That day can't be. On which day should I pay?"
        )
    return day


def schedule_words(every: str, first_due: str, ends_on: str = "") -> str:
    """`on 27 November 2026`; `on the 1st of each month, from 1 December 2026 until 31 December 2027`."""
    if not every:
        return f"on {day_name(first_due)}"
    until = f" until {day_name(ends_on)}" if ends_on else ""
    return f"{rule_words(every)}, from {day_name(first_due)}{until}"


def changed(terms: Terms, amount: str, wish: OrderWish) -> OrderWish:
    """Terms that hold, with what is wanted another way; a day takes the place of a rule, and back."""
    other = bool(wish.date or wish.every)
    return OrderWish(
        payee=wish.payee or terms.payee_name,
        amount=wish.amount or amount,
        account=wish.account or terms.account,
        currency=terms.currency,
        date=wish.date if other else terms.first_on,
        every=wish.every if other else terms.every,
        ends_on=wish.ends_on or terms.ends_on,
    )


def same_terms(one: Terms, other: Terms) -> bool:
    """Whether only their versions differ."""
    return replace(one, version=other.version) == other
