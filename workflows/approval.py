"""A supervisor's countersign: a question whose answer is a decision, and which goes to the next group in time."""

from __future__ import annotations

from temporalio import workflow
from temporalio.common import VersioningBehavior
from temporalio.exceptions import ApplicationError, FailureError

with workflow.unsafe.imports_passed_through():
    from activities.approvals import Approvals, DecisionToCheck, Escalation, IgnoredDecision
    from domain.approvals import ProvenDecision
    from domain.elicitation import (
        ApprovalOrder,
        ElicitationOrder,
        ElicitationOutcome,
        ElicitationState,
        ElicitationStatus,
    )
    from domain.errors import (
        AlreadyDecidedError,
        ApprovalClosedError,
        ApprovalExpiredError,
        BankError,
        StaleVersionError,
    )
    from workflows import attributes, options
    from workflows.elicitation import ElicitationWorkflow
    from workflows.refusal import failed, refusal_of


@workflow.defn(name="ApprovalWorkflow", versioning_behavior=VersioningBehavior.PINNED)
class ApprovalWorkflow(ElicitationWorkflow):
    """Waits for a proven decision, a cancellation or the end of its time; the first of them stands."""

    _overdue = ApprovalExpiredError.code

    @workflow.init
    def __init__(self, order: ApprovalOrder) -> None:
        super().__init__(order)
        self._approval = order

    @workflow.run
    async def run(self, order: ApprovalOrder) -> ElicitationOutcome:  # pyright: ignore[reportIncompatibleMethodOverride] - started with its own order only
        """Wait; pass it up where nobody decides; settle."""
        return await super().run(order)

    async def _until_settled(self, order: ElicitationOrder) -> None:
        """As long as the order says, from group to group."""
        left = order.timeout_s
        for place, group in enumerate(self._approval.groups):
            last = place + 1 == len(self._approval.groups)
            patience = left if last else min(self._approval.escalate_s, left)
            workflow.set_current_details(f"Waiting for a decision of {group}, until {order.request.expires_at}.")
            try:
                await self._settled_within(patience, f"a decision of {group} is due")
            except TimeoutError:
                left -= patience
                if last or left <= 0:
                    raise
                await self._escalate(self._approval.groups[place + 1])
            else:
                return

    async def _escalate(self, group: str) -> None:
        if self._outcome is None:
            escalation = Escalation(self._approval.request.elicitation_id, group)
            await workflow.execute_local_activity_method(Approvals.escalate, escalation, **options.STORE)
            attributes.show_group(group)

    @workflow.update
    async def decide(self, decision: ProvenDecision) -> ElicitationStatus:
        """Take a proven decision. Its update id is the client's response id, so a repeat gets the first status."""
        return await self._decide(decision)

    @decide.validator
    def _validate_decision(self, decision: ProvenDecision) -> None:
        if not decision.proof or not decision.response_id:
            raise failed(BankError("a decision needs a proof and a response id"))
        self._refuse_if_decided()

    @workflow.signal
    async def submit_decision(self, decision: ProvenDecision) -> None:
        """The `decide` update for those who cannot wait for a verdict; a bad one is audited and ignored."""
        try:
            self._validate_decision(decision)
            await self._decide(decision)
        except ApplicationError as refused:
            ignored = IgnoredDecision(self._approval.request.elicitation_id, decision, refused.type or BankError.code)
            await workflow.execute_local_activity_method(Approvals.note_ignored, ignored, **options.STORE)

    async def _decide(self, decision: ProvenDecision) -> ElicitationStatus:
        async with self._settling:
            self._refuse_if_decided()
            try:
                outcome = await workflow.execute_local_activity_method(
                    Approvals.accept, DecisionToCheck(self._approval, decision), **options.STORE
                )
            except FailureError as failure:
                raise failed(refusal_of(failure)) from failure
            self._settle(outcome)
        return self._status()

    def _refuse_if_decided(self) -> None:
        if self._outcome is not None:
            if self._outcome.error_code == StaleVersionError.code:
                raise failed(StaleVersionError())
            decided = self._outcome.state is ElicitationState.COMPLETED
            raise failed(AlreadyDecidedError() if decided else ApprovalClosedError())
