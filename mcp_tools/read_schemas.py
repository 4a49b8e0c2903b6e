"""What tools that read take and give. Amounts are in minor units and, beside them, decimal text; days are ISO."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from mcp_tools.schemas import Amount, Name

LONGEST_CURSOR: Final = 400
Day = Annotated[str, Field(max_length=40, description="A day, ISO 8601: 2026-05-31; empty: without end")]


class BalanceArgs(BaseModel):
    """`account`: a kind, name or id; all accounts where it is empty."""

    account: Name = ""


class TransactionsArgs(BaseModel):
    """Lines of the customer's accounts. `from` and `to` are days, both included; `least` and `most` sizes, likewise.

    `account`: a kind, name or id. Where it is empty: checking; or, once anything is filtered, every account that is
    no loan. `payee`: a name in the lines, roughly. `cursor`: the last page's `next_cursor`, all else being the same.
    """

    account: Name = ""
    payee: Annotated[Name, Field(description="Whose lines: a payee's or any other name in the statement")] = ""
    from_: Annotated[Day, Field(alias="from")] = ""
    to: Day = ""
    direction: Literal["", "in", "out"] = ""
    least: Amount = ""
    most: Amount = ""
    order: Literal["", "newest", "oldest", "largest", "smallest"] = ""
    limit: Annotated[int, Field(ge=1, le=50)] = 5
    cursor: Annotated[str, Field(max_length=LONGEST_CURSOR)] = ""


class SpendingArgs(BaseModel):
    """What was spent from `from` to `to`, both included: money that left the customer, whatever came back.

    Without `to`: until today. Without `from`: since the first day of the month of `to`. Without `account`: all but
    loans. `payee`: a name in the lines, roughly; empty: anywhere.
    """

    payee: Annotated[Name, Field(description="Where: a payee's or any other name in the statement")] = ""
    account: Name = ""
    from_: Annotated[Day, Field(alias="from")] = ""
    to: Day = ""


class ScheduledArgs(BaseModel):
    """What is due from today on, for so many days."""

    days: Annotated[int, Field(ge=0, le=366)] = 30


class AccountLine(BaseModel):
    """One account; amounts in minor units and, beside them, as decimal text."""

    account_id: str
    kind: str
    name: str
    currency: str
    balance_minor: int
    available_minor: int
    balance: str
    available: str


class BalanceResult(BaseModel):
    """The accounts asked for."""

    accounts: list[AccountLine]


class TransactionLine(BaseModel):
    """One line; negative for money out."""

    at: str
    amount_minor: int
    amount: str
    currency: str
    account: str
    counterparty: str
    description: str


class TransactionsResult(BaseModel):
    """In the order that was asked for. `next_cursor` is there while more follow. `account`: empty for several."""

    account: str
    transactions: list[TransactionLine]
    next_cursor: str | None = None


class SpendingResult(BaseModel):
    """`payee`: the name in the statement that was counted, or the one that was asked for and is not there."""

    model_config: ClassVar[ConfigDict] = ConfigDict(serialize_by_alias=True)

    from_: Annotated[str, Field(alias="from")]
    to: str
    payee: str
    account: str
    currency: str
    total_minor: int
    total: str
    count: int


class LoanLine(BaseModel):
    """One loan; `rate` in per cent a year. `next_due` is empty where no instalment is left."""

    account_id: str
    name: str
    currency: str
    outstanding_minor: int
    outstanding: str
    rate: str
    instalment_minor: int
    instalment: str
    next_due: str
    instalments_left: int


class LoansResult(BaseModel):
    """The one that is due first, first."""

    loans: list[LoanLine]


class CreditLine(BaseModel):
    """One credit card's account. `minimum` is due on `payment_due`."""

    account_id: str
    name: str
    currency: str
    limit_minor: int
    limit: str
    owed_minor: int
    owed: str
    available_minor: int
    available: str
    payment_due: str
    minimum_minor: int
    minimum: str


class CreditResult(BaseModel):
    """By account."""

    cards: list[CreditLine]


class ScheduledLine(BaseModel):
    """One payment to come, from `account`."""

    payee: str
    amount_minor: int
    amount: str
    currency: str
    due_on: str
    account: str
    kind: Literal["instalment", "bill", "standing"]


class ScheduledResult(BaseModel):
    """The earliest first."""

    payments: list[ScheduledLine]


class CardLine(BaseModel):
    """One card and its last delivery. Days that have not come are empty."""

    card_id: str
    kind: Literal["debit", "credit"]
    last4: str
    status: Literal["ordered", "produced", "shipped", "delivered", "returned"]
    ordered_on: str
    produced_on: str
    shipped_on: str
    expected_on: str
    delivered_on: str
    returned_on: str
    carrier: str
    tracking: str


class CardsArgs(BaseModel):
    """`verification_id` is the caller's (UUIDv7), for the check that may be needed first; a repeat with it is harmless.

    `begin`: have it checked who asks, where that is not known; else only say so.
    """

    verification_id: Annotated[str, Field(max_length=64)] = ""
    begin: bool = True


class CardsResult(BaseModel):
    """`cards`, or, where it is not known who asks, `status` (PENDING, FAILED, EXPIRED, UNVERIFIED) and what waits.

    `elicitation` is the ElicitationRequest to answer: then call again. PENDING becomes VERIFIED by its answer alone.
    """

    cards: list[CardLine] | None = None
    verification_id: str | None = None
    status: str | None = None
    elicitation: dict[str, Any] | None = None
