"""Payments to banks elsewhere: what the rail is asked, what it answers, and what may be made of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class RailStatus(StrEnum):
    """Where a payment stands as far as the rail is known to know it.

    SENT: it may have been asked; nobody knows what became of that. BARRED: the rail never had it, and never will take
    it under its key. RETURNED: it was settled, and has come back since.
    """

    SENT = "sent"
    PENDING = "pending"
    SETTLED = "settled"
    REFUSED = "refused"
    BARRED = "barred"
    RETURNED = "returned"


PAID: Final = frozenset({RailStatus.SETTLED, RailStatus.RETURNED})
NOT_PAID: Final = frozenset({RailStatus.REFUSED, RailStatus.BARRED})


def rail_key(payment_id: str, version: int) -> str:
    """What the rail knows a version of a payment by, and does once."""
    return f"{payment_id}-{version}"


def payment_of(key: str) -> str:
    """The id of the payment that a key is of."""
    return key.rpartition("-")[0]


@dataclass(frozen=True, slots=True)
class Creditor:
    """Who is paid elsewhere: a name, their bank's routing number or BIC, and their account there."""

    name: str
    bank: str
    account: str


@dataclass(frozen=True, slots=True)
class RailOrder:
    """One payment as the rail is asked for it, and what is known of it. Amounts in minor units.

    `first`: nobody has been asked before. `tries`: how often it was handed in; `looks`: how often that left it open.
    `doubt`: the code of an answer that cannot be true, and that a person must look at; empty: none.
    """

    key: str
    amount_minor: int
    currency: str
    creditor: Creditor
    debtor: str
    status: RailStatus = RailStatus.SENT
    first: bool = False
    tries: int = 1
    looks: int = 0
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class RailReply:
    """What the rail says of a key. Without an amount it says only that it took, or will take, none.

    `status` None: no answer that could be read. `reason`: the rail's own word for a refusal.
    """

    status: RailStatus | None
    rail_ref: str = ""
    amount_minor: int = 0
    currency: str = ""
    account: str = ""
    reason: str = ""


UNHEARD: Final = RailReply(None)


@dataclass(frozen=True, slots=True)
class RailNews:
    """How a payment stands after the rail was asked; where that is open, when to ask again, in seconds."""

    status: RailStatus
    again_s: float = 0

    @property
    def paid(self) -> bool:
        """The money is there, or was."""
        return self.status in PAID

    @property
    def not_paid(self) -> bool:
        """It is not there, and will not be."""
        return self.status in NOT_PAID


@dataclass(frozen=True, slots=True)
class RailEvent:
    """What the rail said by itself, its signature checked. `digest`: SHA-256 of its body, hex."""

    event_id: str
    digest: str
    key: str
    reply: RailReply


@dataclass(frozen=True, slots=True)
class RailReturn:
    """Argument of the workflow that gives back what came back: the rail's key for the payment."""

    key: str


@dataclass(frozen=True, slots=True)
class GivenBack:
    """What was given back, and in which conversation it was paid, if in any."""

    payment_id: str
    session_id: str
    amount: str
    currency: str
    payee: str
    account: str


def wait_s(looks: int, first_s: float, most_s: float) -> float:
    """How long to leave the rail alone after having looked so often: twice as long each time."""
    return min(first_s * 2.0 ** min(looks, 30), most_s)
