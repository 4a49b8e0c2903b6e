"""Facts that others may want to know, named in the past tense. They leave the bank through the outbox, never else."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class EventKind(StrEnum):
    """What happened."""

    PAYMENT_CREATED = "payment.created"
    PAYMENT_CORRECTED = "payment.corrected"
    PAYMENT_HELD = "payment.held"
    PAYMENT_COMPLETED = "payment.completed"
    PAYMENT_CANCELLED = "payment.cancelled"
    PAYMENT_EXPIRED = "payment.expired"
    PAYMENT_REJECTED = "payment.rejected"
    PAYMENT_FAILED = "payment.failed"
    PAYMENT_AWAITING_SUPERVISOR = "payment.awaiting_supervisor"
    PAYMENT_COOLING_OFF = "payment.cooling_off"
    PAYMENT_UNKNOWN = "payment.unknown"
    PAYMENT_RETURNED = "payment.returned"
    PAYMENT_REVERSED = "payment.reversed"
    PAYMENT_TOLD = "payment.told"
    APPROVAL_OPENED = "approval.opened"
    APPROVAL_ESCALATED = "approval.escalated"
    APPROVAL_CLAIMED = "approval.claimed"
    APPROVAL_RELEASED = "approval.released"
    APPROVAL_APPROVED = "approval.approved"
    APPROVAL_REFUSED = "approval.refused"
    APPROVAL_VOIDED = "approval.voided"
    SECURITY_CHANGED = "security.changed"
    ELICITATION_OPENED = "elicitation.opened"
    ELICITATION_CLOSED = "elicitation.closed"
    MANDATE_ACTIVE = "mandate.active"
    MANDATE_REVOKED = "mandate.revoked"
    MANDATE_USED = "mandate.used"
    STANDING_ORDER_ACTIVE = "standing_order.active"
    STANDING_ORDER_CHANGED = "standing_order.changed"
    STANDING_ORDER_PAUSED = "standing_order.paused"
    STANDING_ORDER_RESUMED = "standing_order.resumed"
    STANDING_ORDER_CANCELLED = "standing_order.cancelled"
    STANDING_ORDER_COMPLETED = "standing_order.completed"
    STANDING_ORDER_PAID = "standing_order.paid"
    STANDING_ORDER_SKIPPED = "standing_order.skipped"
    STANDING_ORDER_TOLD = "standing_order.told"
    ACCOUNT_POSTED = "account.posted"
    ALERT_ACTIVE = "alert.active"
    ALERT_CHANGED = "alert.changed"
    ALERT_PAUSED = "alert.paused"
    ALERT_DELETED = "alert.deleted"
    ALERT_FIRED = "alert.fired"
    HANDOVER_OPENED = "handover.opened"
    HANDOVER_CLAIMED = "handover.claimed"
    HANDOVER_CLOSED = "handover.closed"
    ASSISTANT_SPOKE = "assistant.spoke"

    @property
    def of_approvals(self) -> bool:
        """Whether it concerns supervisors: it then has no one user."""
        return self.value.startswith("approval.")

    @property
    def of_handovers(self) -> bool:
        """Whether it concerns the people who serve."""
        return self.value.startswith("handover.")


@dataclass(frozen=True, slots=True)
class Event:
    """One published fact. `seq` is dense in the order of publication and never changes; consumers dedupe by it."""

    seq: int
    kind: EventKind
    user_id: str
    session_id: str
    subject_id: str
    at: str
    body: dict[str, Any] = field(default_factory=dict[str, Any])
