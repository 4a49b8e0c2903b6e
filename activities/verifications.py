"""A verification's steps: screening, counting, ending. Each can be repeated and is done once."""

from __future__ import annotations

from dataclasses import dataclass

from temporalio import activity

from activities.ports import Directory, VerificationStore
from activities.refusals import refusals
from domain import factors
from domain.verification import (
    IdentityCheck,
    ScreenedVerification,
    VerificationEnd,
    VerificationPlan,
    VerificationRequest,
    VerificationState,
    identity_hash,
)


@dataclass(frozen=True, slots=True)
class Verifications:
    """Activities over the directory and the verifications at rest. `stands_s`: how long one counts, in seconds."""

    directory: Directory
    store: VerificationStore
    elicitation_s: float
    stands_s: float

    @activity.defn(name="screen_verification")
    async def screen(self, request: VerificationRequest) -> ScreenedVerification:
        """Record it, with the factor that the platform asks for. Fails with the code of the first rule it breaks."""
        with refusals():
            known = await self.store.find(request)
            plan = known or await self.store.open(await self._plan(request))
            state = await self.store.state_of(request.verification_id)
        _note("verification screened", request.verification_id, state=state)
        return ScreenedVerification(plan, state, self.elicitation_s)

    @activity.defn(name="verify_identity")
    async def verify(self, verification_id: str) -> VerificationState:
        """From now on it counts, unless it has ended before."""
        with refusals():
            state = await self.store.verify(verification_id, self.stands_s)
        _note("identity verified", verification_id, state=state)
        return state

    @activity.defn(name="end_verification")
    async def end(self, end: VerificationEnd) -> VerificationState:
        """Record how it ended; the first end stays."""
        with refusals():
            state = await self.store.end(end)
        _note("verification ended", end.verification_id, state=state, code=end.error_code)
        return state

    async def _plan(self, request: VerificationRequest) -> VerificationPlan:
        customer = await self.directory.customer(request.user_id)
        platform = await self.directory.platform_of(request.user_id, request.session_id)
        has_passkey = platform == "mobile" and await self.directory.has_passkey(request.user_id)
        return VerificationPlan(
            verification_id=request.verification_id,
            user_id=request.user_id,
            tenant_id=customer.tenant_id,
            customer_ref=customer.customer_ref,
            session_id=request.session_id,
            purpose=request.purpose,
            method=factors.identity_factor(platform, has_passkey=has_passkey),
            identity_hash=identity_hash(IdentityCheck(request.user_id, request.session_id, request.purpose)),
        )


def _note(what: str, verification_id: str, **fields: str) -> None:
    activity.logger.info(what, extra={"verification_id": verification_id, **fields})
