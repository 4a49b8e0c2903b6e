"""What a conversation can do next."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from domain.dialogue.state import Draft, Topic


@dataclass(frozen=True, slots=True)
class Say:
    """Say this and wait for the next turn."""

    text: str
    end: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """Call a read-only tool and tell what it found."""

    tool: str
    arguments: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class AskOutside:
    """Ask a tool of another server, by `server.tool`, and say what it says."""

    tool: str
    words: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Pay:
    """Start a payment with this draft."""

    draft: Draft


@dataclass(frozen=True, slots=True)
class SetUp:
    """Start a mandate or a standing order with this draft; `instead_of` the one that waits on this elicitation."""

    draft: Draft
    instead_of: str = ""


@dataclass(frozen=True, slots=True)
class FindMandate:
    """Look which mandate is meant and revoke it; ask before, where that is not `sure` or no `payee` was named."""

    payee: str
    sure: bool


@dataclass(frozen=True, slots=True)
class Revoke:
    """Revoke this mandate."""

    mandate_id: str


@dataclass(frozen=True, slots=True)
class FindOrder:
    """Do this with the standing orders: list, or pause, resume, cancel or change the one that is meant.

    `changes`: what is to be another way. A cancellation is asked about, where it is not `sure` or no `payee` was named.
    `it`: the one spoken of last. `which`: its place among those told, from 1. `amount` says which one, too. `unfound`:
    what is said where there is none.
    """

    action: str
    payee: str = ""
    changes: dict[str, str] = field(default_factory=dict[str, str])
    sure: bool = True
    it: bool = False
    which: str = ""
    amount: str = ""
    unfound: str = ""


@dataclass(frozen=True, slots=True)
class FindEither:
    """Pause, resume or cancel what the customer has: an alert or a standing order; ask which, where it may be both."""

    action: str
    sure: bool = True


@dataclass(frozen=True, slots=True)
class StopOrder:
    """Cancel this standing order."""

    order_id: str


@dataclass(frozen=True, slots=True)
class Arrange:
    """Have the tool `alerts` do this: create, list, change, pause, resume, delete or quiet."""

    action: str
    arguments: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class FindAlert:
    """Look which alert is meant by these slots, and arrange it; ask before, where that is not `sure`."""

    action: str
    slots: dict[str, str]
    sure: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer the open question with the customer's yes or no."""

    elicitation_id: str
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Cancel the payment that waits on this elicitation."""

    elicitation_id: str


@dataclass(frozen=True, slots=True)
class Correct:
    """Have a payment that waits another way; what is empty stays as it is."""

    payment_id: str
    amount: str = ""
    payee: str = ""
    account: str = ""


@dataclass(frozen=True, slots=True)
class CallBack:
    """Cancel a payment that waits on nobody who is on the line."""

    payment_id: str


@dataclass(frozen=True, slots=True)
class AwaitNews:
    """A factor went in at the answer door: wait for what the payment makes of it, and tell it, or say this instead.

    `answered`: the elicitation; that it was asked, which may be heard only now, is no answer.
    """

    instead: str = ""
    answered: str = ""


@dataclass(frozen=True, slots=True)
class Resend:
    """Have a fresh code sent for this elicitation."""

    elicitation_id: str


@dataclass(frozen=True, slots=True)
class HandOver:
    """Pass the customer on to a person. `reason`: asked, not_understood or silence."""

    reason: str


Move = (
    Say
    | Ask
    | AskOutside
    | Pay
    | SetUp
    | FindMandate
    | Revoke
    | FindOrder
    | FindEither
    | StopOrder
    | Arrange
    | FindAlert
    | Answer
    | Withdraw
    | Correct
    | CallBack
    | AwaitNews
    | Resend
    | HandOver
)


def topic_of(move: Move) -> Topic:
    """What is spoken of with it; nothing where that stays as it was."""
    match move:
        case FindOrder() | StopOrder():
            return Topic.ORDER
        case Arrange() | FindAlert():
            return Topic.ALERT
        case SetUp(draft):
            return Topic.ORDER if draft.ordered else Topic.MONEY
        case Pay() | Correct() | CallBack() | Revoke() | FindMandate():
            return Topic.MONEY
        case _:
            return Topic.NOTHING
