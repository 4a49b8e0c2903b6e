"""What a conversation remembers."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from domain.elicitation import ElicitationRequest


class Stage(StrEnum):
    """Where the dialogue stands, in the graphs of home, payments and mandates."""

    IDLE = "idle"
    COLLECTING = "collecting"
    CONFIRMING = "confirming"
    AWAITING_CODE = "awaiting_code"
    AWAITING_PASSKEY = "awaiting_passkey"
    PAYING = "paying"


class Asked(StrEnum):
    """What the assistant has just asked beside the open question: the next yes or no belongs to that."""

    NOTHING = ""
    CANCEL = "cancel"
    CHANGE = "change"
    CALL_BACK = "call_back"
    REVOKE = "revoke"
    PERSON = "person"
    AGAIN = "again"


@dataclass(frozen=True, slots=True)
class Draft:
    """A payment that is being put together. `account` is asked for only when the default one does not do.

    `standing`: a mandate, to pay up to `amount` a `period`. `purpose`: it is checked who speaks, for this.
    `ordered`: a standing order, on `date` or as the RRULE `every` says until `ends_on`; dates in ISO 8601.
    `own`: `payee` is another account of the customer's, by its kind; an empty `account` is left to the bank.
    """

    amount: str = ""
    payee: str = ""
    account: str = "checking"
    period: str = ""
    standing: bool = False
    purpose: str = ""
    own: bool = False
    ordered: bool = False
    date: str = ""
    every: str = ""
    ends_on: str = ""

    @property
    def whole(self) -> bool:
        """Whether nothing needs to be asked for."""
        timed = bool(self.date or self.every) or not self.ordered
        return bool(self.amount and self.payee and timed and (self.period or not self.standing))


@dataclass(frozen=True, slots=True)
class Active:
    """The payment under way, and the question that it waits on, if any."""

    payment_id: str
    draft: Draft
    question: ElicitationRequest | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A payment that waits for a supervisor, cools off, or of which it is not known whether another bank has it.

    `state` as in PaymentState, `due` in ISO 8601.
    """

    payment_id: str
    state: str
    amount: str
    currency: str
    payee: str
    due: str = ""

    @property
    def gone(self) -> bool:
        """It can be neither changed nor taken back."""
        return self.state == "UNKNOWN"


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What was looked up last, so that `and in April?` and `more` have something to go on with.

    `slots`: as they were understood. `cursor`: where the tool's next page begins; `told`: how many rows of a list that
    has no pages were said; `over`: the list has been said to its end.
    """

    tool: str
    slots: dict[str, str] = field(default_factory=dict[str, str])
    cursor: str = ""
    told: int = 0
    over: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """Who is speaking, as far as the dialogue needs it. `phone_tail`: the last two digits."""

    name: str = ""
    payees: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    phone_tail: str = ""


@dataclass(frozen=True, slots=True)
class Alerting:
    """The alert that is talked about, or `listed`: ids in the order in which they were told.

    `missing`: what is asked for next, first of all. `action`, `slots`: what is to be done once it is known with which
    one, or that it is meant. `told`: what was said of it last; a correction right behind that is one of it.
    """

    alert_id: str = ""
    told: str = ""
    missing: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    action: str = ""
    slots: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Ordering:
    """The standing order that is talked about, or `listed`: ids in the order in which they were told.

    `action`, `changes`: what is to be done once it is known with which one; `either`: or with an alert. `told`: what
    was said of it last; a correction right behind that is one of it.
    """

    order_id: str = ""
    told: str = ""
    listed: tuple[str, ...] = ()
    action: str = ""
    changes: dict[str, str] = field(default_factory=dict[str, str])
    either: bool = False


class Topic(StrEnum):
    """What was spoken of last, of all that can be paused, resumed and cancelled."""

    NOTHING = ""
    MONEY = "money"
    ORDER = "order"
    ALERT = "alert"


@dataclass(frozen=True, slots=True)
class Missed:
    """A tool that did not answer, and what it was asked with."""

    tool: str
    arguments: dict[str, Any] = field(default_factory=dict[str, Any])
    times: int = 1


@dataclass(frozen=True, slots=True)
class Dialogue:
    """The whole memory of a conversation.

    `stage`: the name of a state of one of the graphs; compare it by `==`, it may have been stored. `asked`: what the
    next yes or no belongs to, an Asked, where it is not the open question. `doubted`: a yes or a no that only one ear
    heard. `revoking`, `stopping`: the mandate or the standing order that the
    customer was asked about last. `topic`: what `it` means, a Topic. `misheard`, `silences`, `repeats`: how often
    in a row. `paused`: the places (`payment.confirming`) that are gone back to, innermost last. `case_id`: the
    hand-over to a person that is open; `with_person`: that person has the customer. `missed`: what could not be looked
    up, and how often in a row. `unanswered`: a payment that the bank gave no answer about; it may have been begun, so
    who wants the same again means that one.
    """

    person: Person
    stage: str = Stage.IDLE
    draft: Draft | None = None
    active: Active | None = None
    asked: str = ""
    doubted: str = ""
    misheard: int = 0
    payments: int = 0
    last_said: str = ""
    held: tuple[Held, ...] = ()
    came_back: tuple[str, ...] = ()
    revoking: str = ""
    stopping: str = ""
    inquiry: Inquiry | None = None
    alerting: Alerting | None = None
    ordering: Ordering | None = None
    topic: str = ""
    silences: int = 0
    repeats: int = 0
    paused: tuple[str, ...] = ()
    case_id: str = ""
    with_person: bool = False
    missed: Missed | None = None
    unanswered: Active | None = None

    def saying(self, text: str) -> Dialogue:
        """The same memory, having just said this."""
        return replace(self, last_said=text)

    def of(self, person: Person) -> Dialogue:
        """The same memory, about this person."""
        return replace(self, person=person)
