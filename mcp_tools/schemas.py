"""What each tool takes and gives. The JSON schemas that callers see are made from these."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field, WithJsonSchema

from domain.mandates import MOST_PAYEES

Amount = Annotated[
    Any,
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "number"}], "description": "Decimal, major units: 25.00"}),
]
"""A decimal as text or number; read exactly, never through a float."""

Name = Annotated[str, Field(max_length=140, pattern=r"^[^\x00-\x1f\x7f]*$")]
Id = Annotated[str, Field(max_length=64)]
QuestionId = Annotated[str, Field(max_length=128)]
"""The id of what it asks about, and more."""


class PaymentArgs(BaseModel):
    """A payment to a registered payee. `payment_id` is the caller's (UUIDv7); a repeat with it is harmless."""

    amount: Amount = None
    to_account: Annotated[Name, Field(description="The payee's name or id")]
    from_account: Name = "checking"
    description: Name = ""
    currency: Annotated[str, Field(max_length=3)] = "USD"
    payment_id: Id = ""


class TransferArgs(PaymentArgs):
    """Money between two of the customer's own accounts. `payment_id` as for a payment."""

    to_account: Annotated[Name, Field(description="Kind, name or id: savings, checking, credit card, loan")]
    from_account: Annotated[Name, Field(description="Checking or savings; left out: the other of the two")] = ""


class ResumeArgs(BaseModel):
    """An answer to an elicitation. `response_id` is the caller's; a repeat with it gives the first result."""

    elicitation_id: QuestionId
    user_input: dict[str, Any]
    response_id: Id = ""


class CancelArgs(BaseModel):
    """Which elicitation to withdraw."""

    elicitation_id: QuestionId


class Countersigned(BaseModel):
    """`elicitation` is the ElicitationRequest that now waits, if any; `url`: the page on which it can be answered."""

    elicitation: dict[str, Any] | None = None
    url: str | None = None


class PaymentOutcome(Countersigned):
    """`version`: that of the payment; `error_code`: why it was not paid."""

    payment_id: str
    status: str
    version: int | None = None
    error_code: str | None = None


class PaymentCancelArgs(BaseModel):
    """A payment of the customer's that still waits."""

    payment_id: Annotated[str, Field(min_length=1, max_length=128)]


class PaymentCorrectArgs(BaseModel):
    """What is to be another way; what is left out stays. `version`: the one that the customer knows, if they say.

    `correction_id` is the caller's; a repeat with it gives the first result.
    """

    payment_id: Annotated[str, Field(min_length=1, max_length=128)]
    amount: Amount = ""
    to_account: Name = ""
    from_account: Name = ""
    version: Annotated[int, Field(ge=0, le=100)] = 0
    correction_id: Id = ""


class MandateArgs(BaseModel):
    """A standing mandate: up to `budget` a `period` to these payees. `mandate_id` is the caller's (UUIDv7).

    `account`: a kind, name or id; empty: any of the customer's.
    """

    payees: Annotated[list[Name], Field(min_length=1, max_length=MOST_PAYEES, description="Names or ids")]
    budget: Amount = None
    period: Annotated[str, Field(max_length=10, description="day, week, month or year")]
    account: Name = ""
    currency: Annotated[str, Field(max_length=3)] = "USD"
    ends_on: Annotated[str, Field(max_length=10, description="The last day, ISO 8601; empty: until revoked")] = ""
    mandate_id: Id = ""


class MandateOutcome(Countersigned):
    """`error_code`: why it does not stand."""

    mandate_id: str
    status: str
    error_code: str | None = None


class NoArgs(BaseModel):
    """Nothing needs to be said."""


class MandateRef(BaseModel):
    """A mandate of the customer's."""

    mandate_id: Annotated[str, Field(min_length=1, max_length=64)]


class MandateLine(BaseModel):
    """One mandate; amounts in minor units, `budget` also as decimal text. `left_minor` of the current period."""

    mandate_id: str
    state: str
    budget_minor: int
    budget: str
    currency: str
    period: str
    payees: list[str]
    account: str
    ends_on: str
    used_minor: int
    left_minor: int


class MandatesResult(BaseModel):
    """Those that stand first."""

    mandates: list[MandateLine]


class StatusResult(BaseModel):
    """An ElicitationStatusUpdate."""

    type: str = "elicitation_status"
    elicitation_id: str
    status: str
    message: str | None = None
    error_code: str | None = None
    next_elicitation: dict[str, Any] | None = None
