"""Elicitations: a question that a workflow waits on, and the state machine it lives by.

The JSON forms are those of the product's first specification, field for field; `to_json` writes them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final


class ElicitationType(StrEnum):
    """How a person countersigns."""

    OTP = "otp"
    CONFIRMATION = "confirmation"
    BIOMETRIC = "biometric"
    FORM = "form"
    SUPERVISOR_APPROVAL = "supervisor_approval"


class ElicitationState(StrEnum):
    """Where an elicitation stands."""

    CREATED = "created"
    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    EXPIRED = "expired"
    FAILED = "failed"
    CANCELLED = "cancelled"


_S = ElicitationState
TRANSITIONS: Final[dict[ElicitationState, frozenset[ElicitationState]]] = {
    _S.CREATED: frozenset({_S.PENDING, _S.CANCELLED, _S.EXPIRED, _S.FAILED}),
    _S.PENDING: frozenset({_S.PROCESSING, _S.EXPIRED, _S.CANCELLED, _S.FAILED}),
    _S.PROCESSING: frozenset({_S.PENDING, _S.COMPLETED, _S.FAILED, _S.EXPIRED, _S.CANCELLED}),
    _S.COMPLETED: frozenset(),
    _S.EXPIRED: frozenset(),
    _S.FAILED: frozenset(),
    _S.CANCELLED: frozenset(),
}


def is_final(state: ElicitationState) -> bool:
    """Whether nothing can follow."""
    return not TRANSITIONS[state]


def may_become(state: ElicitationState, after: ElicitationState) -> bool:
    """Whether the state machine allows this step."""
    return after in TRANSITIONS[state]


OTP_DIGITS: Final = 6
OTP_TRIES: Final = 5
"""Tries in all for one elicitation; a resend does not reset them."""


@dataclass(frozen=True, slots=True)
class ElicitationRequest:
    """What the customer is asked. `amount` is decimal text; times are ISO 8601 in UTC; `version` is the payment's."""

    elicitation_id: str
    tool_call_id: str
    elicitation_type: ElicitationType
    payment_id: str
    version: int
    transaction_hash: str
    amount: str
    currency: str
    payee: str
    account: str
    created_at: str
    expires_at: str
    timeout_seconds: int
    trace_id: str = ""

    def to_json(self) -> dict[str, Any]:
        """The first specification's ElicitationRequest."""
        return {
            "type": "elicitation",
            "elicitation_id": self.elicitation_id,
            "tool_call_id": self.tool_call_id,
            "elicitation_type": self.elicitation_type.value,
            "schema": _SCHEMAS[self.elicitation_type](self.timeout_seconds),
            "context": {
                "amount": f"{self.amount} {self.currency}",
                "payee": self.payee,
                "account": self.account,
                "transaction_type": "payment",
            },
            "metadata": {
                "trace_id": self.trace_id,
                "created_at": self.created_at,
                "expires_at": self.expires_at,
                "platform_requirements": {
                    "mobile": {"requires_biometric": False},
                    "web": {"requires_biometric": False},
                },
            },
        }

    @staticmethod
    def from_json(body: dict[str, Any], payment_id: str) -> ElicitationRequest:
        """Read back what `to_json` wrote; version and hash are the bank's own and stay out of it."""
        context, metadata = body["context"], body["metadata"]
        amount, _, currency = str(context["amount"]).partition(" ")
        return ElicitationRequest(
            elicitation_id=str(body["elicitation_id"]),
            tool_call_id=str(body["tool_call_id"]),
            elicitation_type=ElicitationType(body["elicitation_type"]),
            payment_id=payment_id,
            version=0,
            transaction_hash="",
            amount=amount,
            currency=currency,
            payee=str(context["payee"]),
            account=str(context["account"]),
            created_at=str(metadata["created_at"]),
            expires_at=str(metadata["expires_at"]),
            timeout_seconds=int(body["schema"]["ui_hints"]["timeout_seconds"]),
            trace_id=str(metadata["trace_id"]),
        )


@dataclass(frozen=True, slots=True)
class ElicitationStatus:
    """What became of a question; `message` is fit to be shown or spoken."""

    elicitation_id: str
    status: ElicitationState
    message: str = ""
    error_code: str = ""
    next_elicitation: ElicitationRequest | None = None

    def to_json(self) -> dict[str, Any]:
        """The first specification's ElicitationStatusUpdate; optional fields only where they hold something."""
        status = _S.PENDING if self.status is _S.CREATED else self.status
        body: dict[str, Any] = {
            "type": "elicitation_status",
            "elicitation_id": self.elicitation_id,
            "status": status.value,
        }
        if self.message:
            body["message"] = self.message
        if self.error_code:
            body["error_code"] = self.error_code
        if self.next_elicitation is not None:
            body["next_elicitation"] = self.next_elicitation.to_json()
        return body


@dataclass(frozen=True, slots=True)
class ElicitationResponse:
    """A client's answer: `data` holds `otp_code` or `confirmed`; a repeat is known by the client's `response_id`."""

    elicitation_id: str
    data: dict[str, Any] = field(default_factory=dict[str, Any])
    response_id: str = ""


def _otp_schema(timeout_seconds: int) -> dict[str, Any]:
    return {
        "fields": [
            {
                "name": "otp_code",
                "type": "otp",
                "label": "One-time code",
                "placeholder": "123456",
                "help_text": "The six digits that we sent you",
                "validation": {
                    "required": True,
                    "pattern": f"^[0-9]{{{OTP_DIGITS}}}$",
                    "min_length": OTP_DIGITS,
                    "max_length": OTP_DIGITS,
                },
                "mask_input": True,
            }
        ],
        "ui_hints": {"component": "otp_input", "timeout_seconds": timeout_seconds, "retry_count": OTP_TRIES},
    }


def _confirmation_schema(timeout_seconds: int) -> dict[str, Any]:
    return {
        "fields": [
            {
                "name": "confirmed",
                "type": "boolean",
                "label": "Is this right?",
                "validation": {"required": True},
            }
        ],
        "ui_hints": {"component": "confirmation_dialog", "timeout_seconds": timeout_seconds},
    }


_SCHEMAS: Final = {ElicitationType.OTP: _otp_schema, ElicitationType.CONFIRMATION: _confirmation_schema}


@dataclass(frozen=True, slots=True)
class ElicitationOrder:
    """Argument of ElicitationWorkflow.run: a question, already open at rest, that waits `timeout_s` seconds."""

    request: ElicitationRequest
    user_id: str
    session_id: str
    timeout_s: float


@dataclass(frozen=True, slots=True)
class ElicitationOutcome:
    """How an elicitation ended. `accepted` is False for an explicit no."""

    elicitation_id: str
    state: ElicitationState
    accepted: bool = False
    error_code: str = ""


@dataclass(frozen=True, slots=True)
class ProvenAnswer:
    """Argument of the `answer` update: a proof, never the factor itself. `response_id` is the client's."""

    proof: str
    response_id: str


@dataclass(frozen=True, slots=True)
class Closing:
    """Why an elicitation is closed from outside: the state it ends in and a stable code."""

    state: ElicitationState
    error_code: str = ""
