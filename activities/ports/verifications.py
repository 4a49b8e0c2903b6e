"""Checks of who is speaking, at rest."""

from __future__ import annotations

from typing import Protocol

from domain.verification import VerificationEnd, VerificationPlan, VerificationRequest, VerificationState


class VerificationStore(Protocol):
    """Every call writes its audit line in the same transaction, and is done once per id."""

    async def find(self, request: VerificationRequest) -> VerificationPlan | None:
        """The plan recorded for this id, if any. Other content: IdempotencyConflictError."""
        ...

    async def open(self, plan: VerificationPlan) -> VerificationPlan:
        """Record it, or return what was recorded first.

        Raises VerificationOpenError where the session's customer is being asked already, VerificationLockedError,
        TooManyVerificationsError, or SessionNotFoundError where the session is not the user's.
        """
        ...

    async def state_of(self, verification_id: str) -> VerificationState:
        """Where it stands. Raises VerificationNotFoundError."""
        ...

    async def verify(self, verification_id: str, stands_s: float) -> VerificationState:
        """It counts for so many seconds from now on. An end that came first stays. Raises VerificationUnprovenError."""
        ...

    async def end(self, end: VerificationEnd) -> VerificationState:
        """End it, unless it has ended; the state it is in afterwards."""
        ...
