"""Who is speaking: one factor is asked for, and what it proves counts for a while in the session that asked."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from math import ceil

from temporalio import workflow
from temporalio.common import VersioningBehavior
from temporalio.exceptions import ApplicationError, FailureError

with workflow.unsafe.imports_passed_through():
    from activities.elicitations import Questions
    from activities.verifications import Verifications
    from domain import ids
    from domain.conversation import PaymentNews, TakenUp
    from domain.elicitation import (
        IDENTITY,
        ElicitationOrder,
        ElicitationOutcome,
        ElicitationRequest,
        ElicitationState,
        ElicitationType,
    )
    from domain.errors import IdempotencyConflictError, VerificationNotFoundError, WithdrawnError
    from domain.verification import (
        ScreenedVerification,
        VerificationBegun,
        VerificationEnd,
        VerificationPlan,
        VerificationRequest,
        VerificationResult,
        VerificationState,
    )
    from workflows import attributes, options, question
    from workflows.refusal import failed, refusal_of


@workflow.defn(name="VerificationWorkflow", versioning_behavior=VersioningBehavior.PINNED)
class VerificationWorkflow:
    """One check of who is speaking. The database decides whether it counts: this asks, and waits."""

    @workflow.init
    def __init__(self, request: VerificationRequest) -> None:
        self._request = request
        self._plan: VerificationPlan | None = None
        self._state = VerificationState.PENDING
        self._question: ElicitationRequest | None = None
        self._closed: ElicitationOutcome | None = None
        self._error_code = ""
        self._sentence = ""
        self._withdrawn = False
        self._ended = False
        self._sessions = [request.session_id]

    @workflow.run
    async def run(self, request: VerificationRequest) -> VerificationResult:
        """Screen, ask, and write down what the answer proves. Whatever stops it, tell the truth."""
        story = asyncio.create_task(self._story(request))
        try:
            return await asyncio.shield(story)
        except asyncio.CancelledError:  # an operator's word counts as the customer's
            await self._withdraw()
            return await story

    async def _story(self, request: VerificationRequest) -> VerificationResult:
        try:
            screened = await workflow.execute_local_activity_method(Verifications.screen, request, **options.STORE)
            self._plan, self._state = screened.plan, screened.state
            if self._state is VerificationState.PENDING:
                self._state = await self._settle(await self._ask(screened))
        except FailureError as failure:
            refusal = refusal_of(failure)
            self._error_code, self._sentence = refusal.code, refusal.sentence
            self._state = await self._end(VerificationState.FAILED, refusal.code)
        self._question, self._ended = None, True
        for session_id in self._sessions:
            await self._tell(session_id)
        await workflow.wait_condition(workflow.all_handlers_finished)
        workflow.set_current_details(f"Ended: {self._state.lower()}. {self._error_code}".strip())
        return VerificationResult(request, self._state, self._error_code, self._plan is not None)

    async def _ask(self, screened: ScreenedVerification) -> ElicitationOutcome:
        """Open the question and wait for how it ends."""
        order = self._order(screened)
        await workflow.execute_local_activity_method(Questions.open, order, **options.DELIVER)
        child = await question.start(screened.plan, order)
        self._question = order.request
        attributes.show_identity_check(screened.plan, order)
        if self._withdrawn:  # while the question was being opened
            await self._withdraw()
        self._closed = await child
        return self._closed

    async def _settle(self, outcome: ElicitationOutcome) -> VerificationState:
        if outcome.accepted:
            return await workflow.execute_local_activity_method(
                Verifications.verify, self._request.verification_id, **options.STORE
            )
        expired = outcome.state is ElicitationState.EXPIRED
        self._error_code = outcome.error_code
        return await self._end(VerificationState.EXPIRED if expired else VerificationState.FAILED, outcome.error_code)

    async def _end(self, state: VerificationState, error_code: str) -> VerificationState:
        """Record the end, where it was recorded that it began. One that the database knows already is the truth."""
        if self._plan is None:
            return state
        end = VerificationEnd(self._request.verification_id, state, error_code)
        return await workflow.execute_local_activity_method(Verifications.end, end, **options.STORE)

    def _order(self, screened: ScreenedVerification) -> ElicitationOrder:
        plan, now, seconds = screened.plan, workflow.now(), screened.elicitation_s
        request = ElicitationRequest(
            elicitation_id=ids.verification_elicitation_id(plan.verification_id, plan.method),
            tool_call_id=plan.verification_id,
            elicitation_type=plan.method,
            payment_id=plan.verification_id,
            version=1,
            transaction_hash=plan.identity_hash,
            amount="",
            currency="",
            payee="",
            account="",
            created_at=now.isoformat(),
            expires_at=(now + timedelta(seconds=seconds)).isoformat(),
            timeout_seconds=ceil(seconds),
            trace_id=self._request.trace_id,
            requires_biometric=plan.method is ElicitationType.BIOMETRIC,
            transaction_type=IDENTITY,
            purpose=plan.purpose,
        )
        return ElicitationOrder(request, plan.user_id, plan.session_id, seconds)

    async def _tell(self, session_id: str) -> None:
        if self._plan is None:
            return
        news = PaymentNews(
            payment_id=self._request.verification_id,
            state=self._state,
            amount="",
            currency="",
            payee="",
            account="",
            closed=self._closed.elicitation_id if self._closed else "",
            closed_state=self._closed.state if self._closed else None,
            error_code=self._error_code,
            opened=self._question,
            purpose=self._request.purpose,
        )
        await question.tell(session_id, news)

    @workflow.update
    async def begin(self, request: VerificationRequest) -> VerificationBegun:
        """Started together with the workflow: returns once the question waits, or it has ended."""
        if request.wish() != self._request.wish():
            same = request.user_id == self._request.user_id  # of somebody else's nothing is told
            digests = self._request.digest(), request.digest()
            raise failed(IdempotencyConflictError(digests=digests) if same else VerificationNotFoundError())
        await workflow.wait_condition(lambda: self._question is not None or self._ended)
        if self._plan is None:
            raise ApplicationError(self._sentence, type=self._error_code, non_retryable=True)
        return VerificationBegun(self._request.verification_id, self._state, self._question)

    @workflow.signal
    async def take_up(self, taken: TakenUp) -> None:
        """Another conversation of the customer's goes on with its question: it too is told how it ends."""
        if taken.session_id in self._sessions:
            return
        self._sessions.append(taken.session_id)
        if self._ended:
            await self._tell(taken.session_id)

    async def _withdraw(self) -> None:
        self._withdrawn = True
        if self._question is not None:
            await question.close(self._question.elicitation_id, WithdrawnError.code)
