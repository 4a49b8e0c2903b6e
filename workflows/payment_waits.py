"""The waits of a payment on nobody who is on the line: supervisors, and the time in which it can be called back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from temporalio import workflow
from temporalio.workflow import ParentClosePolicy

with workflow.unsafe.imports_passed_through():
    from activities.approvals import Approvals
    from activities.payments import Payments
    from domain import ids
    from domain.elicitation import ApprovalOrder, ElicitationOutcome, ElicitationType
    from domain.payments import PaymentState, PaymentWait, Screened
    from workflows import attributes, options
    from workflows.approval import ApprovalWorkflow
    from workflows.payment_questions import Asking, CorrectedError
    from workflows.question import NotCountersignedError

if TYPE_CHECKING:
    from datetime import datetime


class Waiting(Asking):
    """What a PaymentWorkflow does between the customer's countersigns and the ledger."""

    _due: str

    async def _be_approved(self, screened: Screened, session_id: str) -> None:
        """As many supervisors as the policy wants, one after the other; the first refusal ends it."""
        for number in range(1, screened.plan.approvals + 1):
            outcome = await self._one_approval(screened, session_id, number)
            if not outcome.accepted:
                raise NotCountersignedError(outcome)

    async def _one_approval(self, screened: Screened, session_id: str, number: int) -> ElicitationOutcome:
        self._unless_withdrawn()
        kind = ElicitationType.SUPERVISOR_APPROVAL
        request = self._request_of(screened, kind, screened.approval_s, f"{kind.value}_{number}")
        order = ApprovalOrder(
            request=request,
            user_id=screened.plan.user_id,
            session_id=session_id,
            timeout_s=screened.approval_s,
            groups=screened.groups,
            escalate_s=screened.escalate_s,
            round=number,
        )
        await workflow.execute_local_activity_method(Approvals.open, order, **options.STORE)
        await self._unless_corrected()
        due = workflow.now() + timedelta(seconds=order.timeout_s)
        child = await workflow.start_child_workflow(
            ApprovalWorkflow.run,
            order,
            id=ids.elicitation_workflow_id(request.elicitation_id),
            parent_close_policy=ParentClosePolicy.REQUEST_CANCEL,
            task_timeout=options.TASK_TIMEOUT,
            search_attributes=attributes.of_approval(screened.plan, order, due),
        )
        self._state, self._asked, self._due = PaymentState.AWAITING_SUPERVISOR, request.elicitation_id, due.isoformat()
        attributes.show_waiting(screened.plan, self._state, order)
        if number == 1:
            await self._tell()
        return await self._settled(child, request.elicitation_id)

    async def _cool_off(self, screened: Screened) -> None:
        """Held, and not yet posted: until then it can be called back."""
        if not screened.plan.cooling_off_s:
            return
        due = workflow.now() + timedelta(seconds=screened.plan.cooling_off_s)
        self._state, self._due = PaymentState.COOLING_OFF, due.isoformat()
        waits = PaymentWait(screened.plan.payment_id, self._state, self._due)
        async with self._revising:  # what is noted here is noted of this version
            if self._revised is not None:
                raise CorrectedError
            await workflow.execute_local_activity_method(Payments.wait, waits, **options.STORE)
        attributes.show_cooling_off(self._state, due)
        await self._tell()
        await self._until(due)
        self._unless_withdrawn()

    async def _until(self, due: datetime) -> None:
        """Until then, or until it is called back or corrected."""
        try:
            await workflow.wait_condition(
                lambda: self._withdrawn or self._revised is not None,
                timeout=due - workflow.now(),
                timeout_summary="the payment goes out",
            )
        except TimeoutError:
            workflow.set_current_details("The time to call it back is over.")
