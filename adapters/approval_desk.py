"""Where supervisors decide: it checks who decides what, then vouches for it to the waiting workflow with a proof."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Protocol

from activities.ports import ProofClaims
from domain import policy
from domain.approvals import (
    METHOD,
    Approval,
    ApprovalState,
    ProvenDecision,
    Said,
    Supervisor,
    authority,
    claimable,
    may_see,
)
from domain.elicitation import ElicitationState, ElicitationStatus
from domain.errors import (
    AlreadyDecidedError,
    ApprovalNotFoundError,
    BankError,
    DelegationInvalidError,
    InvalidRequestError,
    NotASupervisorError,
    UnavailableError,
)
from domain.ids import is_safe_id

if TYPE_CHECKING:
    from adapters.answer_desk import ProofMint
    from adapters.postgres.approval_list import Page, PgApprovalList, Wanted
    from adapters.postgres.approvals import PgApprovals
    from domain.policy import Policies

LONGEST_DELEGATION: Final = timedelta(days=90)


class ApprovalDoor(Protocol):
    """The waiting workflow, as the desk reaches it."""

    async def decide(self, approval_id: str, decision: ProvenDecision) -> ElicitationStatus:
        """Deliver a proof and a note; the first valid one wins."""
        ...


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class ApprovalDesk:
    """The supervisors' desk. Whoever is no supervisor now, whatever a token says: NotASupervisorError."""

    store: PgApprovals
    rows: PgApprovalList
    proofs: ProofMint
    door: ApprovalDoor
    policies: Policies
    claim_s: float
    clock: Callable[[], datetime] = _utc_now

    async def tenant_of(self, user_id: str) -> str:
        """The supervisor's tenant."""
        return (await self.store.supervisor(user_id)).tenant_id

    async def page(self, wanted: Wanted) -> Page:
        """A page of the list."""
        return await self.rows.page(wanted)

    async def get(self, approval_id: str, user_id: str) -> Approval:
        """One of the supervisor's tenant. Raises ApprovalNotFoundError for any other, as if it were not there."""
        return (await self._both(approval_id, user_id))[0]

    async def decide(self, approval_id: str, user_id: str, said: Said, response_id: str) -> ElicitationStatus:
        """Take a decision; the same again by its `response_id` gets the same result.

        Raises NotASupervisorError, ApprovalNotFoundError and what `domain.approvals.authority` raises; each is audited.
        """
        if not is_safe_id(response_id):
            raise InvalidRequestError("response_id must be 1 to 128 letters, digits, - or _")
        try:
            approval, supervisor = await self._both(approval_id, user_id)
            if approval.was_decided(user_id, response_id, approve=said.approve):
                await self.deliver_again(approval)
                return ElicitationStatus(approval_id, ElicitationState.COMPLETED)
            authority(approval, supervisor, self._groups(approval), said, self.clock())
            return await self._decided(approval, supervisor, said, response_id)
        except UnavailableError:
            raise
        except BankError as error:
            await self.refused(approval_id, user_id, error, {"version": said.version, "response_id": response_id})
            raise

    async def _decided(
        self, approval: Approval, supervisor: Supervisor, said: Said, response_id: str
    ) -> ElicitationStatus:
        try:
            return await self._hand_in(approval, supervisor.user_id, said, response_id)
        except AlreadyDecidedError:  # or corrected, or closed: its row says which
            now = await self.store.get(approval.approval_id)
            authority(now, supervisor, self._groups(now), said, self.clock())
            raise

    async def deliver_again(self, approval: Approval) -> None:
        """It was taken and stored, but its servers died before anybody was told; the workflow may not know yet."""
        said = Said(approval.state is ApprovalState.APPROVED, approval.version, approval.note)
        try:
            await self._hand_in(approval, approval.decided_by, said, approval.response_id)
        except AlreadyDecidedError:
            await self.store.mark_delivered(approval)

    async def claim(self, approval_id: str, user_id: str) -> Approval:
        """Keep it to oneself for a while. Raises ApprovalClaimedError where another supervisor has it.

        And what `domain.approvals.claimable` raises.
        """
        approval, supervisor = await self._both(approval_id, user_id)
        claimable(approval, supervisor, self._groups(approval))
        await self.store.claim(approval_id, user_id, self.claim_s)
        return await self.store.get(approval_id)

    async def release(self, approval_id: str, user_id: str) -> Approval:
        """Leave it to the others again."""
        await self._both(approval_id, user_id)
        await self.store.release(approval_id, user_id)
        return await self.store.get(approval_id)

    async def delegate(self, lender: str, username_or_id: str, until: datetime) -> int:
        """Lend one's group and limit until then. Raises DelegationInvalidError."""
        own = await self.store.supervisor(lender)
        try:
            other = await self.store.supervisor(await self.store.user_id_of(username_or_id))
        except NotASupervisorError as error:
            raise DelegationInvalidError from error
        now = self.clock()
        if other.user_id == lender or other.tenant_id != own.tenant_id:
            raise DelegationInvalidError
        if not now < until <= now + LONGEST_DELEGATION:
            raise DelegationInvalidError
        return await self.store.delegate(lender, other.user_id, until)

    async def delegations_of(self, user_id: str) -> list[dict[str, Any]]:
        """What one has lent or borrowed, and still lasts."""
        await self.store.supervisor(user_id)
        return await self.store.delegations_of(user_id)

    async def end_delegation(self, delegation_id: int, lender: str) -> None:
        """Take it back at once."""
        await self.store.supervisor(lender)
        await self.store.end_delegation(delegation_id, lender)

    async def concerns(self, approval_id: str, user_id: str) -> bool:
        """Whether an event about it is for this user, by the rights that they have now."""
        try:
            approval, supervisor = await self._both(approval_id, user_id)
        except (NotASupervisorError, ApprovalNotFoundError):
            return False
        return may_see(approval, supervisor, self._groups(approval))

    async def refused(self, approval_id: str, user_id: str, error: BankError, detail: dict[str, str | int]) -> None:
        """Write down who tried what."""
        subject = approval_id if is_safe_id(approval_id) else "unreadable"
        await self.store.note_refused(subject, user_id, error.code, {"channel": "api"} | detail)

    async def _both(self, approval_id: str, user_id: str) -> tuple[Approval, Supervisor]:
        supervisor = await self.store.supervisor(user_id)
        if not is_safe_id(approval_id):
            raise ApprovalNotFoundError
        approval = await self.store.get(approval_id)
        if approval.tenant_id != supervisor.tenant_id:
            raise ApprovalNotFoundError
        return approval, supervisor

    def _groups(self, approval: Approval) -> tuple[str, ...]:
        return policy.groups_from(self.policies.of(approval.tenant_id), approval.group)

    async def _hand_in(self, approval: Approval, user_id: str, said: Said, response_id: str) -> ElicitationStatus:
        proof = self.proofs.mint(
            ProofClaims(
                elicitation_id=approval.approval_id,
                user_id=user_id,
                version=approval.version,
                transaction_hash=approval.transaction_hash,
                method=METHOD,
                accepted=said.approve,
                response_id=response_id,
            )
        )
        status = await self.door.decide(approval.approval_id, ProvenDecision(proof, response_id, said.note))
        await self.store.mark_delivered(await self.store.get(approval.approval_id))
        return status
