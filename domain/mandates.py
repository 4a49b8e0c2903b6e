"""Standing mandates: up to so much a period to these payees, countersigned once. Periods are the calendar's, in UTC."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from domain.elicitation import ElicitationRequest, ElicitationType
from domain.errors import InvalidRequestError, PeriodUnknownError
from domain.money import Money
from domain.policy import hundredths

MOST_PAYEES: Final = 10
MOST_MANDATES: Final = 20
"""Active ones of one customer."""
ANY_ACCOUNT: Final = "any"
"""How a mandate that names no account is shown."""


class MandateState(StrEnum):
    """Where a mandate stands. EXPIRED: its question ran out of time, or its last day is over."""

    AWAITING_CUSTOMER = "AWAITING_CUSTOMER"
    ACTIVE = "ACTIVE"
    REVOKED = "REVOKED"
    EXPIRED = "EXPIRED"
    REJECTED = "REJECTED"
    CANCELLED = "CANCELLED"
    FAILED = "FAILED"


ENDED_STATES: Final = frozenset(MandateState) - {MandateState.AWAITING_CUSTOMER, MandateState.ACTIVE}


class Period(StrEnum):
    """After which a budget is whole again. A week begins on Monday (ISO 8601)."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


_IN_ONE_MONTH: Final = {Period.DAY: 31, Period.WEEK: 6, Period.MONTH: 1, Period.YEAR: 1}
"""How many periods at most touch one calendar month."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """A payee of a mandate: its account's id and its name."""

    account: str
    name: str


@dataclass(frozen=True, slots=True)
class Mandate:
    """What the customer countersigns. `account`: the payer's, by id; empty: any. `ends_on`: the last day, or empty."""

    mandate_id: str
    version: int
    budget_minor: int
    currency: str
    period: Period
    payees: tuple[Allowed, ...]
    account: str = ""
    ends_on: str = ""


def mandate_hash(mandate: Mandate) -> str:
    """SHA-256, hex, over the canonical JSON of all eight fields: change one and no older answer fits."""
    canonical = json.dumps(asdict(mandate), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class MandateRequest:
    """A customer's wish. `budget` is decimal text; `payees` and `account` are names or ids; `ends_on` is ISO 8601.

    `carried`: the workflow's memory over a continue-as-new. It is here, and not beside, for the sake of those that were
    begun with nothing but a wish.
    """

    mandate_id: str
    user_id: str
    payees: tuple[str, ...]
    budget: str
    period: str
    account: str = ""
    currency: str = "USD"
    ends_on: str = ""
    session_id: str = ""
    tool_call_id: str = ""
    trace_id: str = ""
    carried: MandateCarried | None = None

    def wish(self) -> tuple[object, ...]:
        """What is wanted, without how it was asked for: two requests of one id must agree in this."""
        terms = (self.budget, self.period, self.account, self.currency, self.ends_on)
        return (self.mandate_id, self.user_id, self.payees, *terms)

    def digest(self) -> str:
        """SHA-256, hex, of the wish."""
        return hashlib.sha256(json.dumps(self.wish()).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class MandatePlan:
    """A screened mandate, and who must countersign it, in this order. `budget` is decimal text."""

    terms: Mandate
    user_id: str
    tenant_id: str
    customer_ref: str
    budget: str
    account_name: str
    countersigns: tuple[ElicitationType, ...]
    policy_version: str
    mandate_hash: str

    @property
    def mandate_id(self) -> str:
        """Its id."""
        return self.terms.mandate_id

    @property
    def amount_minor(self) -> int:
        """What operators find it by."""
        return self.terms.budget_minor

    def payee_names(self) -> str:
        """`City Power`, `City Power and Sarah Chen`."""
        *most, last = (payee.name for payee in self.terms.payees)
        return f"{', '.join(most)} and {last}" if most else last


@dataclass(frozen=True, slots=True)
class ScreenedMandate:
    """A plan, the state that its mandate is in already, and how long each of its questions stays open, in seconds.

    `events_max`: how long its history may become; 0 is as long as Temporal thinks good.
    """

    plan: MandatePlan
    state: MandateState
    elicitation_s: float
    events_max: int = 0


@dataclass(frozen=True, slots=True)
class MandateCarried:
    """The memory of a mandate that stands, over a continue-as-new. `sessions`: the conversations that follow it."""

    screened: ScreenedMandate
    sessions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cover:
    """A payment that looks for a mandate. What an older version of it uses counts for nothing. Accounts by id."""

    payment_id: str
    user_id: str
    payee_account: str
    account_id: str
    amount: Money


@dataclass(frozen=True, slots=True)
class MandateBegun:
    """Result of beginning a mandate: the question that now waits, or the state that it is in at once."""

    mandate_id: str
    state: MandateState
    elicitation: ElicitationRequest | None = None


@dataclass(frozen=True, slots=True)
class MandateResult:
    """How a mandate ended. `screened`: it was recorded; else its wish was refused."""

    request: MandateRequest
    state: MandateState
    error_code: str = ""
    screened: bool = True


@dataclass(frozen=True, slots=True)
class MandateEnd:
    """How a mandate is to end."""

    mandate_id: str
    state: MandateState
    error_code: str = ""


@dataclass(frozen=True, slots=True)
class MandateShown:
    """A mandate as its customer sees it. Minor units; `left_minor` of the period that began on `period_began`."""

    mandate_id: str
    state: MandateState
    budget_minor: int
    budget: str
    currency: str
    period: Period
    payees: tuple[str, ...]
    account: str
    ends_on: str
    version: int
    mandate_hash: str
    used_minor: int
    left_minor: int
    period_began: str
    created_at: str
    error_code: str = ""

    def to_json(self) -> dict[str, Any]:
        """As API and tools show it."""
        return asdict(self) | {"state": self.state.value, "period": self.period.value, "payees": list(self.payees)}


def period_of(text: str) -> Period:
    """`month` as Period.MONTH. Raises PeriodUnknownError."""
    if text not in set(Period):
        raise PeriodUnknownError
    return Period(text)


def period_begin(period: Period, at: datetime) -> datetime:
    """The first moment of the calendar period in UTC that `at` lies in."""
    day = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    match period:
        case Period.DAY:
            return day
        case Period.WEEK:
            return day - timedelta(days=day.weekday())
        case Period.MONTH:
            return day.replace(day=1)
        case Period.YEAR:
            return day.replace(month=1, day=1)


def period_end(period: Period, at: datetime) -> datetime:
    """The first moment of the next one."""
    begin = period_begin(period, at)
    longest = {Period.DAY: 1, Period.WEEK: 7, Period.MONTH: 31, Period.YEAR: 366}[period]
    return period_begin(period, begin + timedelta(days=longest))


def last_day(text: str, today: date) -> str:
    """`ends_on` as a date in ISO 8601, or nothing where there is none. Raises InvalidRequestError."""
    if not text:
        return ""
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise InvalidRequestError("ends_on must be a date such as 2027-12-31") from error
    if day < today:
        raise InvalidRequestError("ends_on lies in the past", spoken="That day is over. Until when should it be?")
    return day.isoformat()


def over_at(ends_on: str) -> datetime | None:
    """The moment from which a mandate is over; None: never."""
    return datetime.combine(date.fromisoformat(ends_on), datetime.min.time(), UTC) + timedelta(1) if ends_on else None


def most_in_a_month(budget: Money, period: Period) -> int:
    """What could be paid in one calendar month, in hundredths: what the policy's `mandate_limit` is compared with."""
    return hundredths(budget) * _IN_ONE_MONTH[period]
