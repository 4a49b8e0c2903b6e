"""The first specification's `schema` of each elicitation type: fields, and how a client shows them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from domain.forms import FormField, Option

OTP_DIGITS: Final = 6
OTP_TRIES: Final = 5
"""Tries in all for one elicitation; a resend does not reset them."""
NOTE_LONGEST: Final = 500

_CODE: Final = FormField(
    name="otp_code",
    type="otp",
    label="One-time code",
    placeholder="123456",
    help_text="The six digits that we sent you",
    required=True,
    pattern=f"^[0-9]{{{OTP_DIGITS}}}$",
    min_length=OTP_DIGITS,
    max_length=OTP_DIGITS,
    mask_input=True,
)
_CONFIRMED: Final = FormField(name="confirmed", type="boolean", label="Is this right?", required=True)
_ASSERTION: Final = FormField(
    name="assertion",
    type="string",
    label="Passkey",
    help_text="Your device asks for your fingerprint, face or PIN",
    required=True,
    mask_input=True,
)
DECISION_FIELDS: Final = (
    FormField(
        name="decision",
        type="select",
        label="Decision",
        required=True,
        options=(Option("approve", "Approve"), Option("refuse", "Refuse")),
    ),
    FormField(
        name="note",
        type="string",
        label="Note",
        help_text="Needed where you refuse",
        max_length=NOTE_LONGEST,
    ),
)
"""What a supervisor fills in."""

_Fields = tuple[FormField, ...]


def _schema(fields: _Fields, component: str, timeout_seconds: int, retry_count: int = 0) -> dict[str, Any]:
    hints: dict[str, Any] = {"component": component, "timeout_seconds": timeout_seconds}
    if retry_count:
        hints["retry_count"] = retry_count
    return {"fields": [each.to_json() for each in fields], "ui_hints": hints}


_SCHEMAS: Final[dict[str, Callable[[int, _Fields], dict[str, Any]]]] = {
    "otp": lambda timeout, _: _schema((_CODE,), "otp_input", timeout, OTP_TRIES),
    "confirmation": lambda timeout, _: _schema((_CONFIRMED,), "confirmation_dialog", timeout),
    "biometric": lambda timeout, _: _schema((_ASSERTION,), "biometric_prompt", timeout),
    "form": lambda timeout, fields: _schema(fields, "form", timeout),
    "supervisor_approval": lambda timeout, _: _schema(DECISION_FIELDS, "form", timeout),
}


def schema_of(kind: str, timeout_seconds: int, fields: _Fields = ()) -> dict[str, Any]:
    """The schema of one type; `fields` are a form's own."""
    return _SCHEMAS[kind](timeout_seconds, fields)
