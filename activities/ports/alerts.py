"""Alerts at rest, and the calendar that sets some of them off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from domain.alerts import AlertRequest, AlertState, AlertTerms, Choices, Due, Examined, Firing, Occurrence, Owner


class AlertStore(Protocol):
    """Alerts, and what they have said. Each change writes its event and audit in the same transaction."""

    async def open(self, request: AlertRequest) -> Owner:
        """Record a draft; a repeat changes nothing. Raises IdempotencyConflictError, TooManyAlertsError."""
        ...

    async def save(self, alert_id: str, version: int, state: AlertState, examined: Examined) -> None:
        """Keep how it stands; a repeat of a version changes nothing. Raises AlertClosedError once it is deleted."""
        ...

    async def fire(self, firing: Firing, deliver_at: datetime) -> bool:
        """Keep what is to be said, once for its key; False where it was known, or the alert is not active."""
        ...

    async def choices(self, user_id: str) -> Choices:
        """How the customer wants to be told."""
        ...

    async def dues(self, user_id: str, since: date) -> list[Due]:
        """The payments that the bank knows to come, from that day on, the next first."""
        ...


class Calendar(Protocol):
    """When dates and rules come round, in the customer's own time."""

    def next_of(self, terms: AlertTerms, after: datetime, dues: Sequence[Due]) -> Occurrence | None:
        """The first one after that moment; None where there is none. Raises AlertRuleError.

        `dues`: what comes due, the next first, where the terms name no date.
        """
        ...
