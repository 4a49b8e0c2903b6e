"""Checks of who is speaking at rest, in memory. What one shows counts in its own session, for as long as it is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from domain.elicitation import ElicitationState
from domain.errors import IdempotencyConflictError, VerificationOpenError, VerificationUnprovenError
from domain.verification import VerificationState

if TYPE_CHECKING:
    from domain.verification import VerificationEnd, VerificationPlan, VerificationRequest
    from tests.fakes.house import HouseElicitations


@dataclass
class HouseVerifications:
    """Remembers plans and states; the first end stays."""

    elicitations: HouseElicitations
    plans: dict[str, VerificationPlan] = field(default_factory=dict[str, "VerificationPlan"])
    states: dict[str, VerificationState] = field(default_factory=dict[str, VerificationState])
    codes: dict[str, str] = field(default_factory=dict[str, str])
    over: bool = False

    async def find(self, request: VerificationRequest) -> VerificationPlan | None:
        plan = self.plans.get(request.verification_id)
        if plan is not None and plan.session_id != request.session_id:
            raise IdempotencyConflictError
        return plan

    async def open(self, plan: VerificationPlan) -> VerificationPlan:
        if await self.open_of(plan.user_id, plan.session_id, plan.purpose):
            raise VerificationOpenError
        self.states.setdefault(plan.verification_id, VerificationState.PENDING)
        return self.plans.setdefault(plan.verification_id, plan)

    async def state_of(self, verification_id: str) -> VerificationState:
        return self.states[verification_id]

    async def verify(self, verification_id: str, stands_s: float) -> VerificationState:
        assert stands_s > 0
        plan = self.plans[verification_id]
        row = self.elicitations.rows[f"verification-{verification_id}-{plan.method}-1"]
        if row.state is not ElicitationState.COMPLETED or row.request.transaction_hash != plan.identity_hash:
            raise VerificationUnprovenError
        return self._end(verification_id, VerificationState.VERIFIED, "")

    async def end(self, end: VerificationEnd) -> VerificationState:
        return self._end(end.verification_id, end.state, end.error_code)

    async def is_verified(self, user_id: str, session_id: str, purpose: str) -> bool:
        return not self.over and any(
            (plan.user_id, plan.session_id, plan.purpose) == (user_id, session_id, purpose)
            and self.states[verification_id] is VerificationState.VERIFIED
            for verification_id, plan in self.plans.items()
        )

    async def open_of(self, user_id: str, session_id: str, purpose: str) -> str:
        waiting = (
            verification_id
            for verification_id, plan in self.plans.items()
            if (plan.user_id, plan.session_id, plan.purpose) == (user_id, session_id, purpose)
            and self.states[verification_id] is VerificationState.PENDING
        )
        return next(waiting, "")

    def _end(self, verification_id: str, state: VerificationState, code: str) -> VerificationState:
        if self.states[verification_id] is VerificationState.PENDING:
            self.states[verification_id], self.codes[verification_id] = state, code
        return self.states[verification_id]
