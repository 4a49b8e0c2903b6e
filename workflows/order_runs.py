"""What a StandingOrderWorkflow does about its terms and its due dates."""

from __future__ import annotations

from abc import abstractmethod
from datetime import datetime, timedelta
from math import ceil
from typing import Any, Final

from temporalio import workflow
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import FailureError
from temporalio.workflow import ChildWorkflowHandle, ParentClosePolicy

with workflow.unsafe.imports_passed_through():
    from activities.standing_orders import StandingOrders
    from domain import ids
    from domain.conversation import PaymentNews
    from domain.elicitation import (
        STANDING_ORDER,
        ElicitationOrder,
        ElicitationRequest,
        ElicitationState,
        ElicitationType,
    )
    from domain.errors import InsufficientFundsError, StandingOrderEndedError, StandingOrderPausedError
    from domain.factors import requires_biometric
    from domain.order_runs import DueRun, OrderCarried, OrderNow, RunState, Settling, SignedTerms, Unsigned
    from domain.order_words import STOPS
    from domain.payments import PaymentResult, PaymentState
    from domain.standing_orders import ENDED_STATES, OrderRequest, OrderState, ScreenedOrder
    from workflows import attributes, options
    from workflows.countersigning import Countersigning
    from workflows.payment import PaymentWorkflow
    from workflows.question import NotCountersignedError
    from workflows.refusal import refusal_of

_LATE: Final = "standing_order_late"
_STOPPED: Final = frozenset({StandingOrderPausedError.code, StandingOrderEndedError.code})
LOOK_AGAIN: Final = timedelta(minutes=1)
"""After a refusal, or a payment's workflow that was terminated or is not this one's to wait for."""
_ENDED_BY: Final = {
    ElicitationState.CANCELLED: OrderState.CANCELLED,
    ElicitationState.EXPIRED: OrderState.EXPIRED,
    ElicitationState.FAILED: OrderState.FAILED,
    ElicitationState.COMPLETED: OrderState.REJECTED,
}


class Running(Countersigning):
    """Terms are countersigned, and due dates are paid: one after the other, each once."""

    _request: OrderRequest
    _carried: OrderCarried | None
    _terms: ScreenedOrder | None
    _state: OrderState
    _outcome: OrderState
    _error_code: str
    _wanted: OrderRequest | None
    _stirred: bool
    _tried_on: str
    _tried: int
    _retry_at: str

    @abstractmethod
    async def _change(self) -> None: ...

    # ---- terms

    async def _agree(self, request: OrderRequest, screened: ScreenedOrder) -> None:
        """Have these terms countersigned. Where they are not, those before them hold, or nothing does."""
        self._terms, self._outcome, self._error_code = screened, OrderState.AWAITING_CUSTOMER, ""
        order_id, version = screened.plan.order_id, screened.plan.terms.version
        try:
            for kind in screened.plan.countersigns:
                await self._countersign(screened.plan, self._order(request, screened, kind))
            signed = SignedTerms(order_id, version)
            await workflow.execute_local_activity_method(StandingOrders.sign, signed, **options.STORE)
            self._outcome = self._state = OrderState.ACTIVE
        except NotCountersignedError as refused:
            await self._drop(version, _ENDED_BY[refused.outcome.state], refused.outcome.error_code)
        except FailureError as failure:
            await self._drop(version, OrderState.FAILED, refusal_of(failure).code)
        await self._tell()
        self._sessions.clear()  # what becomes of it later, its notices tell

    async def _drop(self, version: int, outcome: OrderState, error_code: str) -> None:
        self._outcome, self._error_code, self._question = outcome, error_code, None
        unsigned = Unsigned(self._request.order_id, version, outcome, error_code)
        self._state = await workflow.execute_local_activity_method(StandingOrders.drop, unsigned, **options.STORE)

    def _order(self, request: OrderRequest, screened: ScreenedOrder, kind: ElicitationType) -> ElicitationOrder:
        plan, now, seconds = screened.plan, workflow.now(), screened.elicitation_s
        asked = ElicitationRequest(
            elicitation_id=ids.standing_order_elicitation_id(plan.order_id, kind, plan.terms.version),
            tool_call_id=request.tool_call_id or plan.order_id,
            elicitation_type=kind,
            payment_id=plan.order_id,
            version=plan.terms.version,
            transaction_hash=plan.terms_hash,
            amount=plan.amount,
            currency=plan.terms.currency,
            payee=plan.terms.payee_name,
            account=plan.account_name,
            created_at=now.isoformat(),
            expires_at=(now + timedelta(seconds=seconds)).isoformat(),
            timeout_seconds=ceil(seconds),
            trace_id=request.trace_id,
            requires_biometric=requires_biometric(plan.countersigns),
            transaction_type=STANDING_ORDER,
            schedule=plan.schedule,
        )
        return ElicitationOrder(asked, plan.user_id, request.session_id, seconds)

    def _news(self) -> PaymentNews | None:
        if self._terms is None:
            return None
        plan, closed = self._terms.plan, self._closed
        return PaymentNews(
            payment_id=plan.order_id,
            state=self._outcome,
            amount=plan.amount,
            currency=plan.terms.currency,
            payee=plan.terms.payee_name,
            account=plan.account_name,
            closed=closed.elicitation_id if closed else "",
            closed_state=closed.state if closed else None,
            error_code=self._error_code,
            opened=self._question,
            corrected=self._question is None and plan.terms.version > 1,
            schedule=plan.schedule,
        )

    # ---- due dates

    async def _look(self) -> OrderNow:
        now = await workflow.execute_local_activity_method(StandingOrders.look, self._request.order_id, **options.STORE)
        self._state = now.state
        return now

    async def _heed(self) -> None:
        """Something was done to it: an order that has ended asks no more."""
        now = await self._look()
        self._stirred = True
        if now.state in ENDED_STATES:
            await self._withdraw()

    def _at(self, due: DueRun) -> datetime:
        """When it is paid; what was tried today already, when it is tried next."""
        again = self._retry_at if due.due_on == self._tried_on else ""
        return max(datetime.fromisoformat(due.at), datetime.fromisoformat(again or due.at))

    async def _fall_due(self, now: OrderNow, due: DueRun) -> None:
        if due.late:
            await self._settle(due, RunState.SKIPPED, _LATE)
            return
        paid = (due.ended, due.error_code) if due.ended else await self._paid(due)
        if paid is None:
            return
        state, code = paid
        if state is PaymentState.COMPLETED:
            await self._settle(due, RunState.PAID, "")
        elif due.ended is None and code in _STOPPED:
            self._stirred = True  # it is looked at again, and then known to be paused
        elif due.ended is None and code == InsufficientFundsError.code and self._may_try_again(now, due):
            self._retry_at = (workflow.now() + timedelta(seconds=now.retry_s)).isoformat()
        else:
            await self._settle(due, RunState.SKIPPED, code or state.lower())

    def _may_try_again(self, now: OrderNow, due: DueRun) -> bool:
        """Some times, all on one day: tomorrow nobody expects it any more."""
        self._tried = self._tried + 1 if due.due_on == self._tried_on else 1
        self._tried_on = due.due_on
        again = workflow.now() + timedelta(seconds=now.retry_s)
        return self._tried < now.tries and again < datetime.fromisoformat(now.day_ends)

    async def _paid(self, due: DueRun) -> tuple[PaymentState, str] | None:
        """How the due date's one payment ended; None where that can't be told yet."""
        try:
            child = await workflow.start_child_workflow(
                PaymentWorkflow.run,
                due.payment,
                id=ids.payment_workflow_id(due.payment.payment_id),
                # what was refused left nothing behind; what was begun goes on by its own id
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
                parent_close_policy=ParentClosePolicy.ABANDON,
                task_timeout=options.TASK_TIMEOUT,
                static_summary="standing order",
            )
            result = await self._result_of(child)
        except FailureError:
            self._tried_on, self._retry_at = due.due_on, (workflow.now() + LOOK_AGAIN).isoformat()
            return None
        return result.state, result.error_code

    async def _result_of(self, child: ChildWorkflowHandle[Any, PaymentResult]) -> PaymentResult:
        """What waits for hours can be stopped in them, and the order be changed meanwhile."""
        told = False
        while not child.done():
            await workflow.wait_condition(lambda: child.done() or self._stirred or self._wanted is not None)
            self._stirred = False
            if self._wanted is not None:
                await self._change()
            if self._state is not OrderState.ACTIVE and not told and not child.done():
                told = True
                await child.signal(PaymentWorkflow.request_cancel, "the standing order was stopped")
        return await child

    async def _settle(self, due: DueRun, state: RunState, code: str) -> None:
        stops = code if state is RunState.SKIPPED and code in STOPS else ""
        settled = Settling(self._request.order_id, due.due_on, state, code, stops)
        await workflow.execute_local_activity_method(StandingOrders.settle, settled, **options.STORE)

    def _show(self, until: datetime | None) -> None:
        """For those who look at the workflow: no names."""
        if self._carried is not None:
            attributes.show_order(self._carried, self._state, until)
