"""What the tool `alerts` takes and gives."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from domain.alerts import AlertKind
from mcp_tools.schemas import Amount, Countersigned, Id, Name


class AlertsArgs(BaseModel):
    """What to do: create, list, change, pause, resume, delete, or quiet for quiet hours.

    `alert_id` is the caller's (UUIDv7) for a new one; a repeat with it, or of a change with `request_id`, is harmless.
    What is left out of a new alert and needed is asked for by a form; `change` may say it as well.
    """

    action: Literal["create", "list", "change", "pause", "resume", "delete", "quiet"]
    alert_id: Id = ""
    kind: Annotated[str, Field(max_length=20, description=", ".join(AlertKind))] = ""
    amount: Amount = ""
    account: Name = ""
    payee: Annotated[Name, Field(description="Whom a due payment is to, or money comes from")] = ""
    about: Annotated[Name, Field(description="What to remind the customer of")] = ""
    date: Annotated[str, Field(max_length=10, description="ISO 8601")] = ""
    time: Annotated[str, Field(max_length=5, description="HH:MM, the customer's own time")] = ""
    every: Annotated[str, Field(max_length=200, description="RRULE, RFC 5545: FREQ=MONTHLY;BYMONTHDAY=1")] = ""
    days_before: Annotated[int | str, Field(description="0 to 60, of a payment that is due")] = ""
    quiet_from: Annotated[str, Field(max_length=5, description="HH:MM; empty, and quiet_to too: none")] = ""
    quiet_to: Annotated[str, Field(max_length=5, description="HH:MM")] = ""
    request_id: Id = ""


class AlertLine(BaseModel):
    """One alert. `words` says what it watches for, after "I'll tell you"; `missing` is what a draft lacks."""

    alert_id: str
    state: str
    kind: str
    words: str
    amount_minor: int
    amount: str
    currency: str
    account: str
    payee: str
    about: str
    date: str
    time: str
    every: str
    days_before: int
    zone: str
    version: int
    missing: list[str]
    created_at: str
    fired: int
    last_fired_at: str


class AlertsResult(Countersigned):
    """The alerts asked for, oldest first; `elicitation` is the form that waits for what is missing, if any."""

    alerts: list[AlertLine]
    alert_id: str | None = None
    status: str | None = None
    quiet: dict[str, Any] | None = None
