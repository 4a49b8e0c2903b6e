"""A standing mandate: screened, countersigned, then active until it is revoked or its last day is over."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from math import ceil

from temporalio import workflow
from temporalio.common import VersioningBehavior
from temporalio.exceptions import ApplicationError, FailureError

with workflow.unsafe.imports_passed_through():
    from activities.mandates import Mandates
    from domain import ids
    from domain.conversation import PaymentNews
    from domain.elicitation import (
        MANDATE,
        ElicitationOrder,
        ElicitationOutcome,
        ElicitationRequest,
        ElicitationState,
        ElicitationType,
    )
    from domain.errors import IdempotencyConflictError
    from domain.factors import requires_biometric
    from domain.mandates import (
        ENDED_STATES,
        MandateBegun,
        MandateCarried,
        MandateEnd,
        MandatePlan,
        MandateRequest,
        MandateResult,
        MandateState,
        ScreenedMandate,
        over_at,
    )
    from workflows import options
    from workflows.countersigning import Countersigning
    from workflows.question import NotCountersignedError
    from workflows.refusal import failed, refusal_of


_ENDED_BY = {
    ElicitationState.CANCELLED: MandateState.CANCELLED,
    ElicitationState.EXPIRED: MandateState.EXPIRED,
    ElicitationState.FAILED: MandateState.FAILED,
    ElicitationState.COMPLETED: MandateState.REJECTED,
}


@workflow.defn(name="MandateWorkflow", versioning_behavior=VersioningBehavior.AUTO_UPGRADE)
class MandateWorkflow(Countersigning):
    """One mandate, from the wish to its end. The database decides what it covers: this only waits."""

    @workflow.init
    def __init__(self, request: MandateRequest) -> None:
        carried = request.carried
        self._request = replace(request, carried=None)
        self._screened = carried.screened if carried else None
        self._state = MandateState.ACTIVE if carried else MandateState.AWAITING_CUSTOMER
        self._question: ElicitationRequest | None = None
        self._closed: ElicitationOutcome | None = None
        self._error_code = ""
        self._sentence = ""
        self._withdrawn = False
        self._told_end = carried is not None
        began_in = [request.session_id] if request.session_id else []
        self._sessions = list(carried.sessions) if carried else began_in

    @workflow.run
    async def run(self, request: MandateRequest) -> MandateResult:
        """Screen; have it countersigned; let it stand until it is over. Whatever stops it, tell the truth."""
        del request
        story = asyncio.create_task(self._story(self._request))
        try:
            return await asyncio.shield(story)
        except asyncio.CancelledError:  # an operator's word counts as the customer's
            await self._withdraw()
            return await story

    async def _story(self, request: MandateRequest) -> MandateResult:
        try:
            screened = self._screened or await self._screen(request)
            if self._state is MandateState.AWAITING_CUSTOMER:
                await self._become_active(screened)
            if self._state is MandateState.ACTIVE:
                await self._stand(screened.plan)
        except NotCountersignedError as refused:
            await self._end(_ENDED_BY[refused.outcome.state], refused.outcome.error_code)
        except FailureError as failure:
            refusal = refusal_of(failure)
            self._sentence = refusal.sentence
            await self._end(MandateState.FAILED, refusal.code)
        await self._tell()
        await workflow.wait_condition(workflow.all_handlers_finished)
        workflow.set_current_details(f"Ended: {self._state.lower()}. {self._error_code}".strip())
        return MandateResult(request, self._state, self._error_code, self._screened is not None)

    async def _screen(self, request: MandateRequest) -> ScreenedMandate:
        screened = self._screened = await workflow.execute_local_activity_method(
            Mandates.screen, request, **options.STORE
        )
        self._state = screened.state
        return screened

    async def _become_active(self, screened: ScreenedMandate) -> None:
        for kind in screened.plan.countersigns:
            await self._countersign(screened.plan, self._order(screened, kind))
        await workflow.execute_local_activity_method(Mandates.activate, self._request.mandate_id, **options.STORE)
        self._state = MandateState.ACTIVE
        await self._tell()
        self._sessions.clear()  # what becomes of it later, its events tell

    async def _stand(self, plan: MandatePlan) -> None:
        """Until it is revoked, for which nobody waits on this workflow, or over."""
        over = over_at(plan.terms.ends_on)
        workflow.set_current_details(f"Active until {f'{over:%Y-%m-%d} UTC' if over else 'it is revoked'}.")
        patience = max(over - workflow.now(), timedelta(milliseconds=1)) if over else None
        try:
            await workflow.wait_condition(
                lambda: self._withdrawn or self._may_begin_anew(), timeout=patience, timeout_summary="the last day"
            )
        except TimeoutError:
            await self._end(MandateState.EXPIRED, "")
            return
        if not self._withdrawn and self._screened is not None:
            carried = MandateCarried(self._screened, tuple(self._sessions))
            workflow.continue_as_new(replace(self._request, carried=carried))
        await self._end(MandateState.REVOKED, "")

    def _may_begin_anew(self) -> bool:
        info, most = workflow.info(), self._screened.events_max if self._screened else 0
        long = info.is_continue_as_new_suggested() or info.get_current_history_length() > most > 0
        return long and workflow.all_handlers_finished()

    def _order(self, screened: ScreenedMandate, kind: ElicitationType) -> ElicitationOrder:
        plan, now, seconds = screened.plan, workflow.now(), screened.elicitation_s
        request = ElicitationRequest(
            elicitation_id=ids.mandate_elicitation_id(plan.mandate_id, kind, plan.terms.version),
            tool_call_id=self._request.tool_call_id or plan.mandate_id,
            elicitation_type=kind,
            payment_id=plan.mandate_id,
            version=plan.terms.version,
            transaction_hash=plan.mandate_hash,
            amount=plan.budget,
            currency=plan.terms.currency,
            payee=plan.payee_names(),
            account=plan.account_name,
            created_at=now.isoformat(),
            expires_at=(now + timedelta(seconds=seconds)).isoformat(),
            timeout_seconds=ceil(seconds),
            trace_id=self._request.trace_id,
            requires_biometric=requires_biometric(plan.countersigns),
            transaction_type=MANDATE,
            period=plan.terms.period,
            ends_on=plan.terms.ends_on,
        )
        return ElicitationOrder(request, plan.user_id, self._request.session_id, seconds)

    async def _end(self, state: MandateState, error_code: str) -> None:
        """Record the end. One that the database knows already is the truth."""
        self._question, self._error_code = None, error_code
        if self._screened is not None:
            end = MandateEnd(self._request.mandate_id, state, error_code)
            state = await workflow.execute_local_activity_method(Mandates.end, end, **options.STORE)
        self._state = state

    def _news(self) -> PaymentNews | None:
        if self._screened is None:
            return None
        plan, closed = self._screened.plan, self._closed
        return PaymentNews(
            payment_id=plan.mandate_id,
            state=self._state,
            amount=plan.budget,
            currency=plan.terms.currency,
            payee=plan.payee_names(),
            account=plan.account_name,
            closed=closed.elicitation_id if closed else "",
            closed_state=closed.state if closed else None,
            error_code=self._error_code,
            opened=self._question,
            period=plan.terms.period,
            ends_on=plan.terms.ends_on,
        )

    @workflow.update
    async def begin(self, request: MandateRequest) -> MandateBegun:
        """Started together with the workflow: returns once a question waits, or the mandate stands or has ended."""
        if request.wish() != self._request.wish():
            raise failed(IdempotencyConflictError(digests=(self._request.digest(), request.digest())))
        await workflow.wait_condition(lambda: self._question is not None or self._is_settled())
        if self._screened is None and self._error_code:
            raise ApplicationError(self._sentence, type=self._error_code, non_retryable=True)
        return MandateBegun(self._request.mandate_id, self._state, self._question)

    def _is_settled(self) -> bool:
        return self._state is MandateState.ACTIVE or self._state in ENDED_STATES

    @workflow.signal
    async def revoked(self, reason: str) -> None:
        """The database has revoked it: stop waiting. `reason` is for history."""
        del reason
        await self._withdraw()

    @workflow.query
    def begun(self) -> MandateBegun:
        """Where the mandate stands."""
        return MandateBegun(self._request.mandate_id, self._state, self._question)
