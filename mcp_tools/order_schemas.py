"""What the tool `standing_orders` takes and gives."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from mcp_tools.schemas import Amount, Countersigned, Id, Name


class StandingOrdersArgs(BaseModel):
    """What to do: create, list, change, pause, resume or cancel.

    `order_id` is the caller's (UUIDv7) for a new one; a repeat with it, or of a change with `request_id`, is harmless.
    Of a change, what is left out stays.
    """

    action: Literal["create", "list", "change", "pause", "resume", "cancel"]
    order_id: Id = ""
    payee: Annotated[Name, Field(description="The payee's name or id")] = ""
    amount: Amount = ""
    account: Name = ""
    currency: Annotated[str, Field(max_length=3)] = "USD"
    date: Annotated[str, Field(max_length=10, description="The day, or the one a rule counts from; ISO 8601")] = ""
    every: Annotated[str, Field(max_length=200, description="RRULE, RFC 5545: FREQ=MONTHLY;BYMONTHDAY=1")] = ""
    ends_on: Annotated[str, Field(max_length=10, description="The last day, ISO 8601; empty: until cancelled")] = ""
    request_id: Id = ""


class StandingOrderLine(BaseModel):
    """One standing order; minor units, `amount` also as decimal text. `schedule`: when it pays, in words."""

    order_id: str
    state: str
    amount_minor: int
    amount: str
    currency: str
    payee: str
    account: str
    schedule: str
    every: str
    first_on: str
    ends_on: str
    version: int
    next_on: str
    last_on: str
    last_state: str
    runs: int
    error_code: str


class StandingOrdersResult(Countersigned):
    """Those that stand first. `elicitation`: the question that waits about new or changed terms, if any."""

    standing_orders: list[StandingOrderLine] | None = None
    order_id: str | None = None
    status: str | None = None
    error_code: str | None = None
