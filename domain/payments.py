"""A payment's states, and what is asked of the bank to make one."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from domain.elicitation import ElicitationRequest, ElicitationState, ElicitationType


class PaymentState(StrEnum):
    """Where a payment stands."""

    CREATED = "CREATED"
    SCREENING = "SCREENING"
    AWAITING_CUSTOMER = "AWAITING_CUSTOMER"
    AWAITING_SUPERVISOR = "AWAITING_SUPERVISOR"
    COOLING_OFF = "COOLING_OFF"
    EXECUTING = "EXECUTING"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"
    REJECTED = "REJECTED"
    FAILED = "FAILED"
    UNKNOWN = "UNKNOWN"


FINAL_STATES: Final = frozenset(
    {
        PaymentState.COMPLETED,
        PaymentState.CANCELLED,
        PaymentState.EXPIRED,
        PaymentState.REJECTED,
        PaymentState.FAILED,
    }
)
UNPAID_STATES: Final = FINAL_STATES - {PaymentState.COMPLETED}


ENDED_BY: Final = {
    ElicitationState.CANCELLED: PaymentState.CANCELLED,
    ElicitationState.EXPIRED: PaymentState.EXPIRED,
    ElicitationState.FAILED: PaymentState.FAILED,
    ElicitationState.COMPLETED: PaymentState.REJECTED,
}
"""How a payment ends whose question ended so without a yes."""

WAITING_STATES: Final = frozenset({PaymentState.AWAITING_SUPERVISOR, PaymentState.COOLING_OFF, PaymentState.UNKNOWN})
"""Those in which it may wait for hours, on nobody who is on the line; UNKNOWN until it is known if it was paid."""


class PaymentKind(StrEnum):
    """Where the money goes: to a payee who banks here, to one elsewhere, to the customer's own account, or back."""

    PAYEE = "payee"
    OUTSIDE = "outside"
    OWN = "own"
    REVERSAL = "reversal"


class TransferStep(StrEnum):
    """The ledger's key is payment id + step: a step can be repeated, it is done once."""

    HOLD = "hold"
    POST = "post"
    VOID = "void"
    EXPIRE = "expire"


@dataclass(frozen=True, slots=True)
class PaymentRequest:
    """A customer's wish. `amount` is decimal text as the client gave it; `account` and `payee` are names or ids.

    `kind`: `own` where `payee` names another account of the customer's; else the payee says which it is.
    `order_id`: the standing order whose due date `due_on` (ISO 8601) this is; both empty where it is nobody's.
    """

    payment_id: str
    user_id: str
    amount: str
    payee: str
    account: str = "checking"
    currency: str = "USD"
    description: str = ""
    session_id: str = ""
    tool_call_id: str = ""
    trace_id: str = ""
    kind: PaymentKind = PaymentKind.PAYEE
    order_id: str = ""
    due_on: str = ""

    def wish(self) -> tuple[str, ...]:
        """What is wanted, without how it was asked for: two requests of one id must agree in this."""
        terms = (self.amount, self.payee, self.account, self.currency, self.description, self.kind)
        return (self.payment_id, self.user_id, *terms)

    def digest(self) -> str:
        """SHA-256, hex, of the wish."""
        return hashlib.sha256(json.dumps(self.wish()).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class PaymentPlan:
    """A screened payment: everything resolved, and who must countersign it, in this order.

    `mandate_id`: the standing mandate whose countersign takes the place of the customer's factor; empty: none.
    """

    payment_id: str
    user_id: str
    tenant_id: str
    customer_ref: str
    version: int
    amount_minor: int
    currency: str
    amount: str
    payer_account: str
    payer_account_name: str
    payee_account: str
    payee_name: str
    transaction_hash: str
    countersigns: tuple[ElicitationType, ...]
    policy_version: str
    reason: str
    approvals: int = 0
    approver_group: str = ""
    cooling_off_s: float = 0
    mandate_id: str = ""
    kind: PaymentKind = PaymentKind.PAYEE

    def wish(self, begun: PaymentRequest) -> PaymentRequest:
        """What this plan pays, as a wish; how it was asked for is that of `begun`."""
        return replace(begun, amount=self.amount, payee=self.payee_name, account=self.payer_account_name)


@dataclass(frozen=True, slots=True)
class Correction:
    """Argument of the `correct` update: what is to be another way from now on; what is empty stays as it is.

    `version`: the one that the customer knows, 0 where they do not say. `amount` is decimal text.
    """

    amount: str = ""
    payee: str = ""
    account: str = ""
    version: int = 0

    def of(self, request: PaymentRequest) -> PaymentRequest:
        """The wish as it is now."""
        return replace(
            request,
            amount=self.amount or request.amount,
            payee=self.payee or request.payee,
            account=self.account or request.account,
        )


@dataclass(frozen=True, slots=True)
class Revision:
    """What is to be another way, of which wish, and the version that the workflow knows to be the last.

    `first`: the wish that the payment was begun with; `wanted`: what it had become in that version.
    """

    first: PaymentRequest
    wanted: PaymentRequest
    correction: Correction
    known: PaymentPlan

    def of(self, last: PaymentPlan) -> PaymentRequest:
        """The wish as it is now. A version that the workflow has forgotten, with its worker, is what is corrected."""
        forgotten = last.version > self.known.version
        return self.correction.of(last.wish(self.wanted) if forgotten else self.wanted)


@dataclass(frozen=True, slots=True)
class Screened:
    """A plan, the state that its payment is in already, and how long each of its questions stays open, in seconds.

    `groups`: who may approve it, the lowest first; after `escalate_s` seconds each it is the next one's.
    """

    plan: PaymentPlan
    state: PaymentState
    elicitation_s: float
    approval_s: float = 8 * 3600
    escalate_s: float = 4 * 3600
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PaymentBegun:
    """Result of beginning a payment: the question that now waits, or the state that it ended in at once."""

    payment_id: str
    state: PaymentState
    elicitation: ElicitationRequest | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class PaymentResult:
    """How a payment ended. `error_code` is empty where it completed; `screened`: whether there ever was one to pay."""

    request: PaymentRequest
    state: PaymentState
    error_code: str = ""
    screened: bool = True


@dataclass(frozen=True, slots=True)
class PaymentStep:
    """One ledger step of a payment; `state` and `error_code` say how it ends, where the step ends it."""

    payment_id: str
    state: PaymentState = PaymentState.EXECUTING
    error_code: str = ""
    version: int = 1


@dataclass(frozen=True, slots=True)
class PaymentWait:
    """A payment that waits in `state` on nobody who is on the line, until `due_at` (ISO 8601)."""

    payment_id: str
    state: PaymentState
    due_at: str


@dataclass(frozen=True, slots=True)
class PayerHistory:
    """What the bank remembers of a payer and a payee.

    `recent_minor`: hundredths, the last 24 hours' completed and waiting payments. `payee_age_s`: seconds since the
    payee was registered. `risks`: signals of domain/policy_check.py.
    """

    recent_minor: int = 0
    payee_age_s: float = 0
    payee_paid: bool = True
    risks: frozenset[str] = frozenset()
