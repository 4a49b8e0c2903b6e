"""Alerts at rest, and the calendar that sets some of them off."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from domain.alerts import AlertRequest, AlertState, AlertTerms, Choices, Examined, Firing, Occurrence, Owner


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

    async def dues(self, user_id: str) -> dict[str, str]:
        """The next due date, ISO 8601, of each payee, casefolded, of whom the bank knows one."""
        ...


class Calendar(Protocol):
    """When dates and rules come round, in the customer's own time."""

    def next_of(self, terms: AlertTerms, after: datetime, known_due: str) -> Occurrence | None:
        """The first one after that moment; None where there is none. Raises AlertRuleError.

        `known_due`: the payment's next due date where the terms name no date, ISO 8601 or empty.
        """
        ...
