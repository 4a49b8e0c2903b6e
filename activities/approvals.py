"""Asking supervisors, taking a proven decision, passing it up. What counts is looked up again here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from temporalio import activity

from activities.ports import ApprovalStore, ProofClaims, ProofVerifier, Settlement
from activities.refusals import refusals
from domain import policy
from domain.approvals import METHOD, Approval, ApprovalState, ProvenDecision, Said, authority
from domain.elicitation import ApprovalOrder, ElicitationOutcome, ElicitationState
from domain.errors import ApprovalRefusedError, InvalidRequestError, ProofInvalidError, StaleVersionError
from domain.policy import Policies
from domain.schemas import NOTE_LONGEST


@dataclass(frozen=True, slots=True)
class DecisionToCheck:
    """One decision and the question that it must fit."""

    order: ApprovalOrder
    decision: ProvenDecision


@dataclass(frozen=True, slots=True)
class Escalation:
    """One approval and the group that it goes to."""

    approval_id: str
    group: str


@dataclass(frozen=True, slots=True)
class IgnoredDecision:
    """A signal that was refused, by the code of the refusal."""

    approval_id: str
    decision: ProvenDecision
    code: str


@dataclass(frozen=True, slots=True)
class Approvals:
    """Activities over the approvals at rest."""

    store: ApprovalStore
    proofs: ProofVerifier
    policies: Policies

    @activity.defn(name="open_approval")
    async def open(self, order: ApprovalOrder) -> None:
        """Put it on the supervisors' list."""
        with refusals():
            await self.store.open(order)
        _note("approval opened", order.request.elicitation_id)

    @activity.defn(name="accept_decision")
    async def accept(self, check: DecisionToCheck) -> ElicitationOutcome:
        """Verify the proof, and that the supervisor may still decide this; then settle it, once."""
        request, given = check.order.request, check.decision
        with refusals():
            approval = await self.store.get(request.elicitation_id)
            try:
                claims = self.proofs.verify(given.proof)
            except ProofInvalidError:
                return _settled_by(approval, given.response_id)
            _require_fit(claims, check)
            if not approval.was_decided(claims.user_id, claims.response_id, approve=claims.accepted):
                lender = await self._authority(approval, claims, given.note)
                settlement = Settlement(
                    approval.approval_id, claims.user_id, lender, claims.accepted, given.note.strip(), given.response_id
                )
                await self.store.settle(settlement)
        _note("approval decided", request.elicitation_id, state="approved" if claims.accepted else "refused")
        return _outcome(approval.approval_id, approve=claims.accepted)

    @activity.defn(name="escalate_approval")
    async def escalate(self, escalation: Escalation) -> None:
        """Hand it to the next group."""
        with refusals():
            await self.store.escalate(escalation.approval_id, escalation.group)
        _note("approval escalated", escalation.approval_id)

    @activity.defn(name="note_ignored_decision")
    async def note_ignored(self, ignored: IgnoredDecision) -> None:
        """Write a refused message to the audit trail, under the name that its proof vouches for."""
        with refusals():
            try:
                actor = self.proofs.verify(ignored.decision.proof).user_id
            except ProofInvalidError:
                actor = "unknown"
            detail = {"response_id": ignored.decision.response_id, "channel": "signal"}
            await self.store.note_refused(ignored.approval_id, actor, ignored.code, detail)
        _note("decision ignored", ignored.approval_id, code=ignored.code)

    async def _authority(self, approval: Approval, claims: ProofClaims, note: str) -> str:
        supervisor = await self.store.supervisor(claims.user_id)
        if supervisor.tenant_id != approval.tenant_id:
            raise ProofInvalidError
        groups = policy.groups_from(self.policies.of(approval.tenant_id), approval.group)
        said = Said(claims.accepted, claims.version, note)
        return authority(approval, supervisor, groups, said, datetime.now(UTC))


def _require_fit(claims: ProofClaims, check: DecisionToCheck) -> None:
    request, given = check.order.request, check.decision
    if (claims.elicitation_id, claims.method, claims.response_id) != (
        request.elicitation_id,
        METHOD,
        given.response_id,
    ):
        raise ProofInvalidError
    if (claims.version, claims.transaction_hash) != (request.version, request.transaction_hash):
        raise StaleVersionError
    if len(given.note) > NOTE_LONGEST:
        raise InvalidRequestError(f"a note has at most {NOTE_LONGEST} characters")


def _settled_by(approval: Approval, response_id: str) -> ElicitationOutcome:
    """What this decision has settled before: where its worker died then, the proof may have expired meanwhile."""
    decided = approval.state in {ApprovalState.APPROVED, ApprovalState.REFUSED}
    if not decided or approval.response_id != response_id:
        raise ProofInvalidError
    return _outcome(approval.approval_id, approve=approval.state is ApprovalState.APPROVED)


def _outcome(approval_id: str, *, approve: bool) -> ElicitationOutcome:
    code = "" if approve else ApprovalRefusedError.code
    return ElicitationOutcome(approval_id, ElicitationState.COMPLETED, approve, code)


def _note(what: str, approval_id: str, **fields: str) -> None:
    activity.logger.info(what, extra={"elicitation_id": approval_id, **fields})
