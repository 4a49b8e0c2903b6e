"""Checks of who is speaking, at rest. Each change is one SQL function (0013_verifications.sql)."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from psycopg.types.json import Jsonb

from domain.elicitation import ElicitationType
from domain.errors import IdempotencyConflictError, VerificationNotFoundError, by_code
from domain.verification import MOST_BEGUN, MOST_FAILED, VerificationPlan, VerificationState

if TYPE_CHECKING:
    from adapters.postgres.pool import Pool, Row
    from domain.verification import VerificationEnd, VerificationRequest


class PgVerifications:
    """Implements `activities.ports.VerificationStore`, and what the tools need beside it."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def find(self, request: VerificationRequest) -> VerificationPlan | None:
        """The plan recorded under this id. Raises IdempotencyConflictError, for another's VerificationNotFoundError."""
        row = await self._pool.row("SELECT * FROM verifications WHERE verification_id = %s", request.verification_id)
        if row is None:
            return None
        if row["user_id"] != request.user_id:
            raise VerificationNotFoundError
        if (row["session_id"], row["purpose"]) != (request.session_id, request.purpose):
            raise IdempotencyConflictError
        return _plan(row)

    async def open(self, plan: VerificationPlan) -> VerificationPlan:
        """Record it, or return what was recorded first.

        Raises VerificationOpenError, VerificationLockedError, TooManyVerificationsError, SessionNotFoundError.
        """
        opened = await self._pool.row(
            "SELECT open_verification(%s, %s, %s) AS code", Jsonb(asdict(plan)), MOST_FAILED, MOST_BEGUN
        )
        _check(opened)
        row = await self._pool.row("SELECT * FROM verifications WHERE verification_id = %s", plan.verification_id)
        return plan if row is None else _plan(row)

    async def state_of(self, verification_id: str) -> VerificationState:
        """Raises VerificationNotFoundError."""
        row = await self._pool.row("SELECT state FROM verifications WHERE verification_id = %s", verification_id)
        if row is None:
            raise VerificationNotFoundError
        return VerificationState(row["state"])

    async def verify(self, verification_id: str, stands_s: float) -> VerificationState:
        """The state it is in afterwards. Raises VerificationUnprovenError, VerificationNotFoundError."""
        row = await self._pool.row("SELECT code, now_state FROM verify_identity(%s, %s)", verification_id, stands_s)
        return VerificationState(_check(row)["now_state"])

    async def end(self, end: VerificationEnd) -> VerificationState:
        """The state it is in afterwards: the first end stays. Raises VerificationNotFoundError."""
        row = await self._pool.row(
            "SELECT end_verification(%s, %s, %s) AS state", end.verification_id, end.state.value, end.error_code
        )
        if row is None or row["state"] is None:
            raise VerificationNotFoundError
        return VerificationState(row["state"])

    async def is_verified(self, user_id: str, session_id: str, purpose: str) -> bool:
        """Whether what this session's sign-in has shown counts now."""
        row = await self._pool.row("SELECT is_verified(%s, %s, %s) AS yes", user_id, session_id, purpose)
        return row is not None and bool(row["yes"])

    async def open_of(self, user_id: str, session_id: str, purpose: str) -> str:
        """The id of the one that this session's customer is being asked for; empty where none is."""
        row = await self._pool.row("SELECT open_verification_of(%s, %s, %s) AS id", user_id, session_id, purpose)
        return "" if row is None else str(row["id"] or "")


def _check(row: Row | None) -> Row:
    if row is None or row["code"] != "ok":
        raise by_code("" if row is None else str(row["code"]))
    return row


def _plan(row: Row) -> VerificationPlan:
    return VerificationPlan(
        verification_id=row["verification_id"],
        user_id=row["user_id"],
        tenant_id=row["tenant_id"],
        customer_ref=row["customer_ref"],
        session_id=row["session_id"],
        purpose=row["purpose"],
        method=ElicitationType(row["method"]),
        identity_hash=row["identity_hash"],
    )
