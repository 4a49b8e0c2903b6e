"""A payment: screened, countersigned by everyone the policy names, held, posted. Once, or not at all."""

from __future__ import annotations

from datetime import timedelta
from math import ceil

from temporalio import workflow
from temporalio.exceptions import ApplicationError, FailureError
from temporalio.workflow import ParentClosePolicy

with workflow.unsafe.imports_passed_through():
    from activities.elicitations import Questions
    from activities.payments import Payments
    from domain import ids
    from domain.conversation import PaymentNews, TakenUp
    from domain.elicitation import (
        ElicitationOrder,
        ElicitationOutcome,
        ElicitationRequest,
        ElicitationState,
        ElicitationType,
    )
    from domain.errors import IdempotencyConflictError, PaymentClosedError
    from domain.factors import requires_biometric
    from domain.payments import (
        FINAL_STATES,
        WAITING_STATES,
        PaymentBegun,
        PaymentRequest,
        PaymentResult,
        PaymentState,
        PaymentStep,
        Screened,
    )
    from workflows import attributes, options
    from workflows.at_once import at_once
    from workflows.elicitation import ElicitationWorkflow
    from workflows.payment_waits import NotCountersignedError, Waiting
    from workflows.refusal import failed, refusal_of


_ENDED_BY = {
    ElicitationState.CANCELLED: PaymentState.CANCELLED,
    ElicitationState.EXPIRED: PaymentState.EXPIRED,
    ElicitationState.FAILED: PaymentState.FAILED,
    ElicitationState.COMPLETED: PaymentState.REJECTED,
}


@workflow.defn(name="PaymentWorkflow")
class PaymentWorkflow(Waiting):
    """One payment, from the wish to the ledger."""

    @workflow.init
    def __init__(self, request: PaymentRequest) -> None:
        self._request = request
        self._screened: Screened | None = None
        self._state = PaymentState.CREATED
        self._question: ElicitationRequest | None = None
        self._closed: ElicitationOutcome | None = None
        self._error_code = ""
        self._sentence = ""
        self._asked = ""
        self._due = ""
        self._withdrawing = False
        self._told_end = False
        self._sessions = [request.session_id] if request.session_id else []
        self._withdrawn = False

    @workflow.run
    async def run(self, request: PaymentRequest) -> PaymentResult:
        """Screen; have it countersigned; hold; post. Whatever stops it, release and tell the truth."""
        try:
            screened = await self._screen(request)
            if screened.state not in FINAL_STATES:
                await self._carry_out(screened)
        except NotCountersignedError as refused:
            await self._end(_ENDED_BY[refused.outcome.state], refused.outcome.error_code)
        except FailureError as failure:
            refusal = refusal_of(failure)
            self._sentence = refusal.sentence
            await self._end(PaymentState.FAILED, refusal.code)
        await self._tell()
        await workflow.wait_condition(workflow.all_handlers_finished)
        return PaymentResult(request, self._state, self._error_code)

    async def _screen(self, request: PaymentRequest) -> Screened:
        self._state = PaymentState.SCREENING
        screened = await workflow.execute_local_activity_method(Payments.screen, request, **options.STORE)
        self._screened = screened
        if screened.state in FINAL_STATES:
            self._state = screened.state
        return screened

    async def _carry_out(self, screened: Screened) -> None:
        step = PaymentStep(self._request.payment_id)
        first, others = screened.plan.countersigns[:1], screened.plan.countersigns[1:]
        for countersign in first:
            await self._countersign(screened, countersign)
        await workflow.execute_local_activity_method(Payments.hold, step, **options.MONEY)
        for countersign in others:
            await self._countersign(screened, countersign)
        await self._be_approved(screened, self._request.session_id)
        await self._cool_off(screened)
        self._state = PaymentState.EXECUTING
        workflow.set_current_details("Countersigned. Posting to the ledger.")
        await at_once(Payments.post, step, options.MONEY_AT_ONCE, options.MONEY, "post to the ledger")
        self._state = PaymentState.COMPLETED

    async def _countersign(self, screened: Screened, kind: ElicitationType) -> None:
        """Open the question, wait for its workflow, and let only a yes through."""
        order = self._order(screened, kind)
        await workflow.execute_local_activity_method(Questions.open, order, **options.DELIVER)
        child = await workflow.start_child_workflow(
            ElicitationWorkflow.run,
            order,
            id=ids.elicitation_workflow_id(order.request.elicitation_id),
            parent_close_policy=ParentClosePolicy.REQUEST_CANCEL,
            task_timeout=options.TASK_TIMEOUT,
            search_attributes=attributes.of_elicitation(
                screened.plan, order, workflow.now() + timedelta(seconds=order.timeout_s)
            ),
        )
        self._state, self._question = PaymentState.AWAITING_CUSTOMER, order.request
        self._asked = order.request.elicitation_id
        attributes.show_waiting(screened.plan, self._state, order)
        if self._closed is not None:
            await self._tell()
        outcome = await child
        self._question, self._closed, self._asked = None, outcome, ""
        if not outcome.accepted:
            raise NotCountersignedError(outcome)

    def _order(self, screened: Screened, kind: ElicitationType) -> ElicitationOrder:
        request = self._request_of(screened, kind, screened.elicitation_s, kind)
        return ElicitationOrder(request, screened.plan.user_id, self._request.session_id, screened.elicitation_s)

    def _request_of(self, screened: Screened, kind: ElicitationType, seconds: float, name: str) -> ElicitationRequest:
        plan, now = screened.plan, workflow.now()
        return ElicitationRequest(
            elicitation_id=ids.elicitation_id(plan.payment_id, name, plan.version),
            tool_call_id=self._request.tool_call_id or plan.payment_id,
            elicitation_type=kind,
            payment_id=plan.payment_id,
            version=plan.version,
            transaction_hash=plan.transaction_hash,
            amount=plan.amount,
            currency=plan.currency,
            payee=plan.payee_name,
            account=plan.payer_account_name,
            created_at=now.isoformat(),
            expires_at=(now + timedelta(seconds=seconds)).isoformat(),
            timeout_seconds=ceil(seconds),
            trace_id=self._request.trace_id,
            requires_biometric=requires_biometric(plan.countersigns),
        )

    async def _end(self, state: PaymentState, error_code: str) -> None:
        """Release what was held. If the ledger says that it was posted after all, that is the truth."""
        self._error_code, self._question, self._asked = error_code, None, ""
        if self._screened is not None:
            step = PaymentStep(self._request.payment_id, state, error_code)
            try:
                await workflow.execute_local_activity_method(Payments.end, step, **options.MONEY)
            except FailureError as failure:
                if refusal_of(failure).code != PaymentClosedError.code:
                    raise
                state, self._error_code = PaymentState.COMPLETED, ""
        self._state = state

    async def _tell(self) -> None:
        """Tell the conversations that follow it, if any: what was settled, what waits now, how it ended."""
        if self._state in FINAL_STATES:
            attributes.show_state(self._state, f"Ended: {self._state.lower()}. {self._error_code}".strip())
        for session_id in self._sessions:
            await self._tell_one(session_id)
        self._told_end = self._state in FINAL_STATES

    async def _tell_one(self, session_id: str) -> None:
        if self._screened is None:
            return
        plan, closed = self._screened.plan, self._closed
        news = PaymentNews(
            payment_id=plan.payment_id,
            state=self._state,
            amount=plan.amount,
            currency=plan.currency,
            payee=plan.payee_name,
            account=plan.payer_account_name,
            closed=closed.elicitation_id if closed else "",
            closed_state=closed.state if closed else None,
            error_code=self._error_code,
            opened=self._question,
            due=self._due if self._state in WAITING_STATES else "",
        )
        conversation = workflow.get_external_workflow_handle(ids.conversation_workflow_id(session_id))
        try:
            await conversation.signal("payment_news", news)
        except FailureError:
            workflow.logger.info("the conversation has ended; the payment's events tell its story")

    @workflow.update
    async def begin(self, request: PaymentRequest) -> PaymentBegun:
        """Started together with the workflow: returns once a question waits or the payment has ended."""
        if request.wish() != self._request.wish():
            raise failed(IdempotencyConflictError())
        await workflow.wait_condition(
            lambda: self._question is not None or self._state in FINAL_STATES | WAITING_STATES
        )
        if self._screened is None and self._error_code:
            raise ApplicationError(self._sentence, type=self._error_code, non_retryable=True)
        return PaymentBegun(self._request.payment_id, self._state, self._question)

    @workflow.update
    async def cancel(self, reason: str) -> PaymentState:
        """Withdraw the payment while it still waits; returns the state that it ended in. `reason` is for history."""
        del reason
        await self._withdraw()
        await workflow.wait_condition(lambda: self._state in FINAL_STATES)
        return self._state

    @cancel.validator
    def _validate_cancel(self, reason: str) -> None:
        del reason
        if not self._can_be_withdrawn():
            raise failed(PaymentClosedError())

    @workflow.signal
    async def request_cancel(self, reason: str) -> None:
        """The `cancel` update as a signal; ignored once there is nothing left to cancel."""
        del reason
        if self._can_be_withdrawn():
            await self._withdraw()

    @workflow.signal
    async def take_up(self, taken: TakenUp) -> None:
        """Another conversation of the customer's goes on with this payment: it too is told from now on."""
        if taken.session_id in self._sessions:
            return
        self._sessions.append(taken.session_id)
        asks_another = self._question is not None and self._question.elicitation_id != taken.elicitation_id
        if self._told_end or asks_another:
            await self._tell_one(taken.session_id)

    @workflow.query
    def begun(self) -> PaymentBegun:
        """Where the payment stands."""
        return PaymentBegun(self._request.payment_id, self._state, self._question)
