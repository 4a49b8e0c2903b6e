"""Alerts and reminders: what they watch for, what is missing of them, and whether something that happened is it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from enum import StrEnum
from typing import Any, Final

from domain.elicitation import ElicitationRequest
from domain.money import Money

MOST_ALERTS: Final = 50
"""Of one customer, those that are deleted left out."""


class AlertKind(StrEnum):
    """What an alert watches for."""

    LOW_BALANCE = "low_balance"
    LARGE_TRANSACTION = "large_transaction"
    PAYMENT_DUE = "payment_due"
    DEPOSIT_RECEIVED = "deposit_received"
    REMINDER = "reminder"

    @property
    def of_ledger(self) -> bool:
        """Whether money that moves can set it off; the others are set off by the calendar."""
        return self in {AlertKind.LOW_BALANCE, AlertKind.LARGE_TRANSACTION, AlertKind.DEPOSIT_RECEIVED}


class AlertState(StrEnum):
    """Where an alert stands. A DRAFT still lacks something."""

    DRAFT = "DRAFT"
    ACTIVE = "ACTIVE"
    PAUSED = "PAUSED"
    DELETED = "DELETED"


_A = AlertState
TRANSITIONS: Final[dict[AlertState, frozenset[AlertState]]] = {
    _A.DRAFT: frozenset({_A.ACTIVE, _A.DELETED}),
    _A.ACTIVE: frozenset({_A.PAUSED, _A.DELETED}),
    _A.PAUSED: frozenset({_A.ACTIVE, _A.DELETED}),
    _A.DELETED: frozenset(),
}


def may_become(state: AlertState, after: AlertState) -> bool:
    """Whether the state machine allows this step."""
    return after in TRANSITIONS[state]


@dataclass(frozen=True, slots=True)
class AlertWish:
    """What a customer has said of an alert so far, all as text; empty: nothing yet.

    `amount`: decimal text; `account`, `payee`: a name or kind; `date`: ISO 8601; `time`: `HH:MM`; `every`: an RRULE of
    RFC 5545; `days_before`: digits.
    """

    kind: str = ""
    amount: str = ""
    account: str = ""
    payee: str = ""
    about: str = ""
    date: str = ""
    time: str = ""
    every: str = ""
    days_before: str = ""

    def merged(self, later: AlertWish) -> AlertWish:
        """What was said last counts; what was not said then stays. A date takes the place of a rule, and back."""
        said = {name: text for name, text in asdict(later).items() if text}
        before = replace(self, every="") if later.date and not later.every else self
        before = replace(before, date="") if later.every and not later.date else before
        return replace(before, **said)

    @staticmethod
    def of(given: Mapping[str, object]) -> AlertWish:
        """Out of slots, a tool's arguments or a form's values; what an alert knows nothing of is left out."""
        names = [each.name for each in fields(AlertWish)]
        return AlertWish(**{name: str(given[name]).strip() for name in names if given.get(name) not in (None, "")})


@dataclass(frozen=True, slots=True)
class AlertTerms:
    """A wish that was checked. `minor`: the threshold; `account_id` is empty for any account, `account` its name."""

    kind: AlertKind
    minor: int = 0
    currency: str = "USD"
    account_id: str = ""
    account: str = ""
    payee: str = ""
    about: str = ""
    date: str = ""
    time: str = ""
    every: str = ""
    days_before: int = 0
    zone: str = "UTC"

    def digest(self) -> str:
        """SHA-256, hex: what a form's proof is bound to."""
        return hashlib.sha256(json.dumps(asdict(self)).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class LedgerEvent:
    """One account's part of one booking. `before` and `after` are its balances; `minor` is negative for money out.

    The database takes them while it holds the account's row, so that a crossing is a property of one event: in
    whatever order events arrive, and however often, each crossing belongs to one of them.
    """

    seq: int
    transfer_id: int
    account_id: str
    account: str
    minor: int
    before_minor: int
    after_minor: int
    currency: str
    counterparty: str
    at: str


def meets(terms: AlertTerms, event: LedgerEvent) -> bool:
    """Whether this is what the alert watches for."""
    if terms.currency != event.currency or terms.account_id not in {"", event.account_id}:
        return False
    match terms.kind:
        case AlertKind.LOW_BALANCE:
            return event.before_minor >= terms.minor > event.after_minor
        case AlertKind.LARGE_TRANSACTION:
            return abs(event.minor) >= terms.minor
        case AlertKind.DEPOSIT_RECEIVED:
            named = not terms.payee or terms.payee.casefold() in event.counterparty.casefold()
            return event.minor > 0 and event.minor >= terms.minor and named
        case AlertKind.PAYMENT_DUE | AlertKind.REMINDER:
            return False


def firing_key(terms: AlertTerms, event: LedgerEvent) -> str:
    """A booking between two of a customer's accounts is one large transaction."""
    return f"{terms.kind.value}:{event.transfer_id}"


@dataclass(frozen=True, slots=True)
class Occurrence:
    """The next time that the calendar sets an alert off: when (ISO 8601, UTC), for which day, under which key.

    `payees`: whom the bank knows to be paid on that day.
    """

    at: str
    day: str
    key: str
    payees: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Due:
    """A payment that the bank knows to come: its day, ISO 8601, and whom it is to."""

    day: str
    payee: str


def dues_of(payee: str, known: Iterable[Due]) -> list[Due]:
    """Those to this payee, by any part of the name; all of them where none is named."""
    return [each for each in known if payee.casefold() in each.payee.casefold()]


@dataclass(frozen=True, slots=True)
class Examined:
    """What became of a wish: its terms where nothing is missing, else which fields are, in the order of asking."""

    wish: AlertWish
    missing: tuple[str, ...] = ()
    terms: AlertTerms | None = None


@dataclass(frozen=True, slots=True)
class AlertRequest:
    """A customer's wish for an alert. `alert_id` is the caller's; a repeat with it is one."""

    alert_id: str
    user_id: str
    wish: AlertWish
    session_id: str = ""
    tool_call_id: str = ""
    trace_id: str = ""

    def digest(self) -> str:
        """SHA-256, hex, of what is wanted and by whom: two requests of one id must agree in it."""
        return hashlib.sha256(json.dumps([self.alert_id, self.user_id, asdict(self.wish)]).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose alert it is, by pseudonym, for those who look at the workflow. `amount_minor`: the threshold."""

    user_id: str
    customer_ref: str
    tenant_id: str
    amount_minor: int = 0


@dataclass(frozen=True, slots=True)
class AlertShown:
    """An alert as its customer sees it. `words`: `your checking balance drops below $200.00`, after "when"."""

    alert_id: str
    state: AlertState
    kind: str
    words: str
    amount_minor: int = 0
    amount: str = ""
    currency: str = "USD"
    account: str = ""
    payee: str = ""
    about: str = ""
    date: str = ""
    time: str = ""
    every: str = ""
    days_before: int = 0
    zone: str = "UTC"
    version: int = 1
    missing: tuple[str, ...] = ()
    created_at: str = ""
    fired: int = 0
    last_fired_at: str = ""

    def to_json(self) -> dict[str, Any]:
        """As API and tools show it."""
        return asdict(self) | {"state": self.state.value, "missing": list(self.missing)}


@dataclass(frozen=True, slots=True)
class AlertNow:
    """Result of beginning or changing an alert: how it stands, and the form that waits, if any."""

    alert_id: str
    state: AlertState
    missing: tuple[str, ...] = ()
    elicitation: ElicitationRequest | None = None


@dataclass(frozen=True, slots=True)
class AlertNews:
    """Signal to a conversation: an alert fired, or became active or was given up by another way than its words.

    `firings` are to be noted as told; `settled` the draft that is no more.
    """

    text: str
    firings: tuple[int, ...] = ()
    settled: str = ""


@dataclass(frozen=True, slots=True)
class Choices:
    """How a customer wants to be told. `quiet_from` and `quiet_to` are `HH:MM` in `zone`; both empty: no quiet hours.

    `ways`: "sms", "email", both or none, beside what is shown and spoken; None: the way that their codes take.
    """

    quiet_from: str = ""
    quiet_to: str = ""
    zone: str = "UTC"
    ways: tuple[str, ...] | None = None

    def to_json(self) -> dict[str, Any]:
        """As API and tools show it; `ways` is null for the usual way."""
        return asdict(self) | {"ways": None if self.ways is None else list(self.ways)}


@dataclass(frozen=True, slots=True)
class Firing:
    """What an alert says once. `key` names the crossing, the event or the occurrence: the database keeps one of it.

    `happened`: when the ledger was moved, which is not before the alert was made so; empty for the calendar's.
    """

    alert_id: str
    key: str
    text: str
    happened: str = ""
    at: str = ""
    detail: dict[str, Any] = field(default_factory=dict[str, Any])


def amount_of(terms: AlertTerms) -> str:
    """Decimal text; empty where there is no threshold."""
    return Money(terms.minor, terms.currency).decimal() if terms.minor else ""
