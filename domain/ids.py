"""How the house names things. Every id is made by the caller and kept; a repeat is recognised by it."""

from __future__ import annotations

import re
from typing import Final
from uuid import UUID

ROOM_PREFIX: Final = "voice_assistant_room_"
_ROOM: Final = re.compile(rf"{ROOM_PREFIX}[0-9]{{10,12}}_[0-9a-f]{{16}}")
_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,128}")


def conversation_workflow_id(session_id: str) -> str:
    """Workflow id of a session's ConversationWorkflow."""
    return f"conversation-{session_id}"


def payment_workflow_id(payment_id: str) -> str:
    """Workflow id of a payment's PaymentWorkflow."""
    return f"payment-{payment_id}"


def mandate_workflow_id(mandate_id: str) -> str:
    """Workflow id of a mandate's MandateWorkflow."""
    return f"mandate-{mandate_id}"


def standing_order_workflow_id(order_id: str) -> str:
    """Workflow id of a standing order's StandingOrderWorkflow."""
    return f"standing-order-{order_id}"


def verification_workflow_id(verification_id: str) -> str:
    """Workflow id of a verification's VerificationWorkflow."""
    return f"verification-{verification_id}"


def alert_workflow_id(alert_id: str) -> str:
    """Workflow id of an alert's AlertWorkflow."""
    return f"alert-{alert_id}"


def rail_return_workflow_id(key: str) -> str:
    """Workflow id of the return of what the rail was asked to pay under this key."""
    return f"rail-return-{key}"


def elicitation_workflow_id(elicitation_id: str) -> str:
    """Workflow id of an elicitation's ElicitationWorkflow."""
    return f"elicitation-{elicitation_id}"


def elicitation_id(payment_id: str, kind: str, version: int) -> str:
    """One elicitation per payment, kind and version, so that a retried step finds the one it already opened."""
    return f"{payment_id}-{kind}-{version}"


def mandate_elicitation_id(mandate_id: str, kind: str, version: int) -> str:
    """The same of a mandate: no payment's, though both ids may be the same."""
    return elicitation_id(mandate_workflow_id(mandate_id), kind, version)


def standing_order_elicitation_id(order_id: str, kind: str, version: int) -> str:
    """The same of a standing order's terms."""
    return elicitation_id(standing_order_workflow_id(order_id), kind, version)


def verification_elicitation_id(verification_id: str, kind: str) -> str:
    """The same of a verification, which has one version."""
    return elicitation_id(verification_workflow_id(verification_id), kind, 1)


def is_safe_id(text: str) -> bool:
    """Whether a client's id may become part of a workflow id or a key."""
    return _ID.fullmatch(text) is not None


def is_room(name: str) -> bool:
    """Whether this is a customer's room; every other name is kept for the house."""
    return _ROOM.fullmatch(name) is not None


def uuid7(unix_ms: int, random: UUID) -> str:
    """A time-ordered UUIDv7 (RFC 9562, section 5.7) out of a time in ms and another UUID's random bits."""
    bits = (unix_ms & (1 << 48) - 1) << 80 | (random.int & (1 << 80) - 1)
    bits = bits & ~(0xF << 76) | 0x7 << 76
    bits = bits & ~(0x3 << 62) | 0x2 << 62
    return str(UUID(int=bits))
