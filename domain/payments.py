"""A payment's states, and what is asked of the bank to make one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from domain.elicitation import ElicitationType


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


class TransferStep(StrEnum):
    """The ledger's key is payment id + step: a step can be repeated, it is done once."""

    HOLD = "hold"
    POST = "post"
    VOID = "void"
    EXPIRE = "expire"


@dataclass(frozen=True, slots=True)
class PaymentRequest:
    """A customer's wish. `amount` is decimal text as the client gave it; `account` and `payee` are names or ids."""

    payment_id: str
    user_id: str
    amount: str
    payee: str
    account: str = "checking"
    currency: str = "USD"
    description: str = ""
    session_id: str = ""
    tool_call_id: str = ""


@dataclass(frozen=True, slots=True)
class PaymentPlan:
    """A screened payment: everything resolved, and who must countersign it, in this order."""

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
