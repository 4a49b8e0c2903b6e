"""Search attributes: what an operator can find a workflow by. Pseudonyms only, for these are not encrypted."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Protocol

from temporalio import workflow
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes

if TYPE_CHECKING:
    from domain.alerts import AlertState
    from domain.elicitation import ApprovalOrder, ElicitationOrder
    from domain.payments import PaymentPlan, PaymentState
    from domain.standing_orders import OrderState

PAYMENT_STATE: Final = SearchAttributeKey.for_keyword("PaymentState")
ELICITATION_TYPE: Final = SearchAttributeKey.for_keyword("ElicitationType")
CUSTOMER_REF: Final = SearchAttributeKey.for_keyword("CustomerRef")
TENANT_ID: Final = SearchAttributeKey.for_keyword("TenantId")
APPROVER_GROUP: Final = SearchAttributeKey.for_keyword("ApproverGroup")
DUE_AT: Final = SearchAttributeKey.for_datetime("DueAt")
AMOUNT_MINOR: Final = SearchAttributeKey.for_int("AmountMinor")


class Owned(Protocol):
    """What somebody wants of the bank."""

    @property
    def customer_ref(self) -> str:
        """The customer's pseudonym."""
        ...

    @property
    def tenant_id(self) -> str:
        """Whose customer."""
        ...

    @property
    def amount_minor(self) -> int:
        """How much it is about."""
        ...


def show_terms(plan: Owned, order: ElicitationOrder) -> None:
    """Show standing terms that wait, on what and until when."""
    due = workflow.now() + timedelta(seconds=order.timeout_s)
    workflow.upsert_search_attributes(
        [
            ELICITATION_TYPE.value_set(order.request.elicitation_type),
            CUSTOMER_REF.value_set(plan.customer_ref),
            TENANT_ID.value_set(plan.tenant_id),
            AMOUNT_MINOR.value_set(plan.amount_minor),
            DUE_AT.value_set(due),
        ]
    )
    what = _WAITED_FOR[order.request.elicitation_type]
    workflow.set_current_details(f"Waiting for {what}, until {due:%H:%M:%S} UTC. They do not hold yet.")


def show_identity_check(plan: Owned, order: ElicitationOrder) -> None:
    """Show a check of who is speaking, on what it waits and until when."""
    due = workflow.now() + timedelta(seconds=order.timeout_s)
    workflow.upsert_search_attributes(
        [
            ELICITATION_TYPE.value_set(order.request.elicitation_type),
            CUSTOMER_REF.value_set(plan.customer_ref),
            TENANT_ID.value_set(plan.tenant_id),
            DUE_AT.value_set(due),
        ]
    )
    what = _WAITED_FOR[order.request.elicitation_type]
    workflow.set_current_details(f"Waiting for {what}, until {due:%H:%M:%S} UTC. Nothing has been told yet.")


def show_waiting(plan: PaymentPlan, state: PaymentState, order: ElicitationOrder) -> None:
    """Show a payment that waits, on whom and until when."""
    due = workflow.now() + timedelta(seconds=order.timeout_s)
    workflow.upsert_search_attributes(
        [
            PAYMENT_STATE.value_set(state),
            ELICITATION_TYPE.value_set(order.request.elicitation_type),
            CUSTOMER_REF.value_set(plan.customer_ref),
            TENANT_ID.value_set(plan.tenant_id),
            AMOUNT_MINOR.value_set(plan.amount_minor),
            DUE_AT.value_set(due),
        ]
    )
    what = _WAITED_FOR[order.request.elicitation_type]
    workflow.set_current_details(f"Waiting for {what}, until {due:%H:%M:%S} UTC. Nothing has been moved yet.")


_WAITED_FOR: Final = {
    "confirmation": "the customer's yes to the read-back",
    "otp": "the customer's one-time code",
    "biometric": "the customer's passkey",
    "form": "a form that the customer fills in",
    "supervisor_approval": "a supervisor's decision",
}


def show_cooling_off(state: PaymentState, due: datetime) -> None:
    """Show a payment that can be called back until `due`."""
    workflow.upsert_search_attributes([PAYMENT_STATE.value_set(state), DUE_AT.value_set(due)])
    workflow.set_current_details(f"Cooling off; goes out at {due:%Y-%m-%d %H:%M:%S} UTC. Nothing has been moved yet.")


def show_alert(owner: Owned, state: AlertState, kind: str, due: datetime | None) -> None:
    """Show an alert that watches, or until when it waits."""
    found = [CUSTOMER_REF.value_set(owner.customer_ref), TENANT_ID.value_set(owner.tenant_id)]
    workflow.upsert_search_attributes([*found, DUE_AT.value_set(due) if due else DUE_AT.value_unset()])
    until = f" Its next time is {due:%Y-%m-%d %H:%M} UTC." if due else ""
    workflow.set_current_details(f"{state.capitalize()}: {_WATCHED[kind]}.{until}")


_WATCHED: Final = {
    "": "nothing yet",
    "low_balance": "a balance that drops too low",
    "large_transaction": "a large transaction",
    "payment_due": "a payment that comes due",
    "deposit_received": "money that comes in",
    "reminder": "a reminder of the customer's own",
}


def show_order(owner: Owned, state: OrderState, due: datetime | None) -> None:
    """Show a standing order, and when it pays next."""
    found = [CUSTOMER_REF.value_set(owner.customer_ref), TENANT_ID.value_set(owner.tenant_id)]
    workflow.upsert_search_attributes(
        [*found, AMOUNT_MINOR.value_set(owner.amount_minor), DUE_AT.value_set(due) if due else DUE_AT.value_unset()]
    )
    until = f" It pays next at {due:%Y-%m-%d %H:%M} UTC." if due else ""
    workflow.set_current_details(f"{state.capitalize()}.{until}")


def show_group(group: str) -> None:
    """Show which group an approval waits for now."""
    workflow.upsert_search_attributes([APPROVER_GROUP.value_set(group)])


def show_state(state: PaymentState, words: str) -> None:
    """Show a payment that waits on nobody."""
    workflow.upsert_search_attributes([PAYMENT_STATE.value_set(state)])
    workflow.set_current_details(words)


def of_approval(plan: PaymentPlan, order: ApprovalOrder, due: datetime) -> TypedSearchAttributes:
    """The attributes that an approval starts with."""
    return TypedSearchAttributes(
        [
            *of_elicitation(plan, order, due),
            SearchAttributePair(APPROVER_GROUP, order.groups[0]),
            SearchAttributePair(AMOUNT_MINOR, plan.amount_minor),
        ]
    )


def of_elicitation(plan: Owned, order: ElicitationOrder, due: datetime) -> TypedSearchAttributes:
    """The attributes that an elicitation starts with."""
    return TypedSearchAttributes(
        [
            SearchAttributePair(ELICITATION_TYPE, order.request.elicitation_type.value),
            SearchAttributePair(CUSTOMER_REF, plan.customer_ref),
            SearchAttributePair(TENANT_ID, plan.tenant_id),
            SearchAttributePair(DUE_AT, due),
        ]
    )
