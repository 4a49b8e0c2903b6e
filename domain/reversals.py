"""A payment that goes back: a new transfer the other way, which one supervisor asks for and another approves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from domain.dialogue.sums import money
from domain.errors import (
    AccountClosedError,
    AlreadyReversedError,
    InsufficientFundsError,
    NotASupervisorError,
    NotReversibleError,
    PaymentNotFoundError,
    SelfApprovalError,
)
from domain.payments import PaymentKind, PaymentPlan, PaymentRequest, PaymentState
from domain.transaction import Transaction, transaction_hash

if TYPE_CHECKING:
    from domain.accounts import Customer
    from domain.policy import Decision

_GO_BACK: Final = frozenset({PaymentKind.PAYEE, PaymentKind.OWN})
"""What went elsewhere is not ours to take back, and a reversal is not reversed."""


def told(amount: str, currency: str, payee: str, account: str, *, own: bool) -> str:
    """What the customer hears of it. `amount` is decimal text; `own`: it went to an account of their own."""
    what = f"{'transfer' if own else 'payment'} of {money(amount, currency)} to {payee}"
    return f"The bank reversed your {what}. The money is in your {account} account again."


@dataclass(frozen=True, slots=True)
class Original:
    """A payment that is to go back. `left_minor`: what the account that it went to has available, in minor units.

    `owner`: whose that account is, empty where nobody's here. `is_reversed`: it goes back already, or has gone.
    """

    plan: PaymentPlan
    state: PaymentState
    payer_name: str
    owner: str
    left_minor: int
    is_closed: bool
    is_reversed: bool


def check(original: Original, maker: Customer) -> None:
    """Whether this supervisor may ask for it. Raises what stands against it; another tenant's is not there."""
    plan = original.plan
    if maker.role != "supervisor":
        raise NotASupervisorError
    if plan.tenant_id != maker.tenant_id:
        raise PaymentNotFoundError
    if maker.user_id in {plan.user_id, original.owner}:
        raise SelfApprovalError
    if original.state is not PaymentState.COMPLETED or plan.kind not in _GO_BACK:
        raise NotReversibleError
    if original.is_reversed:
        raise AlreadyReversedError
    if original.is_closed:
        raise AccountClosedError
    if original.left_minor < plan.amount_minor:
        raise InsufficientFundsError


def plan_of(request: PaymentRequest, original: Original, maker: Customer, decision: Decision) -> PaymentPlan:
    """The same sum, from the account that it went to, back to the one that it came from."""
    paid = original.plan
    back = Transaction(
        request.payment_id,
        paid.amount_minor,
        paid.currency,
        paid.payee_account,
        paid.payer_account,
        original.payer_name,
    )
    return PaymentPlan(
        payment_id=request.payment_id,
        user_id=maker.user_id,
        tenant_id=maker.tenant_id,
        customer_ref=maker.customer_ref,
        version=1,
        amount_minor=paid.amount_minor,
        currency=paid.currency,
        amount=paid.amount,
        payer_account=paid.payee_account,
        payer_account_name=paid.payee_name,
        payee_account=paid.payer_account,
        payee_name=original.payer_name,
        transaction_hash=transaction_hash(back),
        countersigns=decision.countersigns,
        policy_version=decision.version,
        reason=f"{decision.reason}; of {paid.payment_id}: {request.description}",
        approvals=decision.approvals,
        approver_group=decision.group,
        cooling_off_s=decision.cooling_off_s,
        kind=PaymentKind.REVERSAL,
    )
