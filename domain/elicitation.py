"""Elicitations: a question that a workflow waits on, and the state machine it lives by.

The JSON forms are those of the product's first specification, field for field; `to_json` writes them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from domain.forms import FormField, Value
from domain.schemas import schema_of

MANDATE: Final = "mandate"
"""The `transaction_type` of a standing mandate's questions."""

STANDING_ORDER: Final = "standing_order"
"""That of a standing order's questions; `payment_id` is then the order's."""

ALERT: Final = "alert"
"""That of the form that asks for what an alert lacks; `payment_id` is then the alert's."""

TRANSFER: Final = "transfer"
"""That of a payment to another account of the customer's."""

IDENTITY: Final = "identity_check"
"""And of the questions that only show who is speaking; their `payment_id` is the verification's."""


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


@dataclass(frozen=True, slots=True)
class ElicitationRequest:
    """What the customer is asked. `amount` is decimal text; times are ISO 8601 in UTC; `version` is the payment's.

    `requires_biometric`: the plan behind it asks for a passkey on mobile; `fields` are those of a form. Of a standing
    mandate (`transaction_type` is `mandate`) `payment_id` is the mandate's id, and `amount` may be paid each `period`
    until `ends_on`, which may be empty. Of a standing order (`standing_order`) it is the order's id, and `amount` is
    paid as `schedule` says, in words. Of an identity check (`identity_check`) nothing is paid; `purpose` is what the
    customer asked about.
    """

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
    requires_biometric: bool = False
    fields: tuple[FormField, ...] = ()
    transaction_type: str = "payment"
    period: str = ""
    ends_on: str = ""
    purpose: str = ""
    schedule: str = ""

    @property
    def identity(self) -> bool:
        """Whether it only shows who is speaking."""
        return self.transaction_type == IDENTITY

    @property
    def standing(self) -> bool:
        """Whether a mandate is to be countersigned, not one payment."""
        return self.transaction_type == MANDATE

    @property
    def own(self) -> bool:
        """Whether it moves money to another account of the customer's."""
        return self.transaction_type == TRANSFER

    @property
    def ordered(self) -> bool:
        """Whether a standing order's terms are to be countersigned."""
        return self.transaction_type == STANDING_ORDER

    def to_json(self) -> dict[str, Any]:
        """The first specification's ElicitationRequest. What holds for long stands in `amount`, for all to see."""
        return {
            "type": "elicitation",
            "elicitation_id": self.elicitation_id,
            "tool_call_id": self.tool_call_id,
            "elicitation_type": self.elicitation_type.value,
            "schema": schema_of(self.elicitation_type, self.timeout_seconds, self.fields),
            "context": self._context(),
            "metadata": {
                "trace_id": self.trace_id,
                "created_at": self.created_at,
                "expires_at": self.expires_at,
                "platform_requirements": {
                    "mobile": {"requires_biometric": self.asks_for_biometric()},
                    "web": {"requires_biometric": False},
                },
            },
        }

    def _context(self) -> dict[str, str]:
        if self.identity:
            return {"purpose": self.purpose, "transaction_type": self.transaction_type}
        if self.transaction_type == ALERT:
            return {"transaction_type": self.transaction_type}
        return {
            "amount": f"{self.amount} {self.currency}{self._span()}",
            "payee": self.payee,
            "account": self.account,
            "transaction_type": self.transaction_type,
        }

    def asks_for_biometric(self) -> bool:
        """Whether a mobile client is asked for a passkey, by this question or by another of the same plan."""
        return self.requires_biometric or self.elicitation_type is ElicitationType.BIOMETRIC

    def _span(self) -> str:
        if self.schedule:
            return f" {self.schedule}"
        return f" a {self.period}{f' until {self.ends_on}' if self.ends_on else ''}" if self.period else ""

    @staticmethod
    def from_json(body: dict[str, Any], payment_id: str) -> ElicitationRequest:
        """Read back what `to_json` wrote; version and hash are the bank's own and stay out of it."""
        context, metadata, schema = body["context"], body["metadata"], body["schema"]
        kind = ElicitationType(body["elicitation_type"])
        mobile = metadata.get("platform_requirements", {}).get("mobile", {})
        form: list[dict[str, Any]] = schema["fields"] if kind is ElicitationType.FORM else []
        amount, _, rest = str(context.get("amount", "")).partition(" ")
        currency, _, span = rest.partition(" ")
        ordered = context.get("transaction_type") == STANDING_ORDER
        period, _, ends_on = ("" if ordered else span.removeprefix("a ")).partition(" until ")
        return ElicitationRequest(
            elicitation_id=str(body["elicitation_id"]),
            tool_call_id=str(body["tool_call_id"]),
            elicitation_type=kind,
            payment_id=payment_id,
            version=0,
            transaction_hash="",
            amount=amount,
            currency=currency,
            payee=str(context.get("payee", "")),
            account=str(context.get("account", "")),
            created_at=str(metadata["created_at"]),
            expires_at=str(metadata["expires_at"]),
            timeout_seconds=int(schema["ui_hints"]["timeout_seconds"]),
            trace_id=str(metadata["trace_id"]),
            requires_biometric=bool(mobile.get("requires_biometric", False)),
            fields=tuple(FormField.from_json(each) for each in form),
            transaction_type=str(context.get("transaction_type", "payment")),
            period=period,
            ends_on=ends_on,
            purpose=str(context.get("purpose", "")),
            schedule=span if ordered else "",
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
    """A client's answer: `data` holds what the type's schema names; a repeat is known by the client's `response_id`."""

    elicitation_id: str
    data: dict[str, Any] = field(default_factory=dict[str, Any])
    response_id: str = ""


@dataclass(frozen=True, slots=True)
class ElicitationOrder:
    """Argument of ElicitationWorkflow.run: a question, already open at rest, that waits `timeout_s` seconds."""

    request: ElicitationRequest
    user_id: str
    session_id: str
    timeout_s: float


@dataclass(frozen=True, slots=True)
class ApprovalOrder(ElicitationOrder):
    """Argument of ApprovalWorkflow.run. `groups`, the lowest first, each have `escalate_s` seconds before the next."""

    groups: tuple[str, ...] = ()
    escalate_s: float = 0
    round: int = 1


@dataclass(frozen=True, slots=True)
class ElicitationOutcome:
    """How an elicitation ended. `accepted` is False for an explicit no; `filled` is what a form holds."""

    elicitation_id: str
    state: ElicitationState
    accepted: bool = False
    error_code: str = ""
    filled: dict[str, Value] = field(default_factory=dict[str, Value])


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
