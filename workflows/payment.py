"""A payment: screened, countersigned by everyone the policy names, held, posted. Once, or not at all."""

from __future__ import annotations

import asyncio

from temporalio import workflow
from temporalio.common import VersioningBehavior
from temporalio.exceptions import FailureError

with workflow.unsafe.imports_passed_through():
    from activities.payments import Payments
    from domain.conversation import PaymentNews, TakenUp
    from domain.elicitation import (
        ElicitationOutcome,
        ElicitationRequest,
    )
    from domain.errors import (
        BankError,
        IdempotencyConflictError,
        PayeeRemovedError,
        PaymentClosedError,
        PaymentUnsettledError,
        StaleVersionError,
        WithdrawnError,
    )
    from domain.payments import (
        ENDED_BY,
        FINAL_STATES,
        WAITING_STATES,
        Correction,
        PaymentBegun,
        PaymentRequest,
        PaymentResult,
        PaymentState,
        PaymentStep,
        Revision,
        Screened,
    )
    from workflows import attributes, options, question
    from workflows.payment_questions import CorrectedError
    from workflows.payment_rail import Railing
    from workflows.question import NotCountersignedError
    from workflows.refusal import failed, refusal_of


@workflow.defn(name="PaymentWorkflow", versioning_behavior=VersioningBehavior.PINNED)
class PaymentWorkflow(Railing):
    """One payment, from the wish to the ledger."""

    @workflow.init
    def __init__(self, request: PaymentRequest) -> None:
        self._request = request
        self._screened: Screened | None = None
        self._state = PaymentState.CREATED
        self._question: ElicitationRequest | None = None
        self._closed: ElicitationOutcome | None = None
        self._error_code = ""
        self._refused: BankError | None = None
        self._asked = ""
        self._due = ""
        self._told_end = False
        self._told_version = 1
        self._sessions = [request.session_id] if request.session_id else []
        self._withdrawn = False
        self._withdrawn_for = WithdrawnError.code
        self._ending = False
        self._wanted = request
        self._revising = asyncio.Lock()
        self._revised: Screened | None = None

    @workflow.run
    async def run(self, request: PaymentRequest) -> PaymentResult:
        """Screen; have it countersigned; hold; post. Whatever stops it, release and tell the truth."""
        story = asyncio.create_task(self._story(request))
        try:
            return await asyncio.shield(story)
        except asyncio.CancelledError:  # an operator's word counts as the customer's, and is as late as theirs
            self._withdrawn = True
            return await story

    async def _story(self, request: PaymentRequest) -> PaymentResult:
        try:
            await self._screen(request)
            while not self._ending and self._state not in FINAL_STATES:
                await self._one_version()
        except FailureError as failure:
            await self._fail(failure)
        await self._tell()
        await self._give_back()
        await workflow.wait_condition(workflow.all_handlers_finished)
        return PaymentResult(request, self._state, self._error_code, self._screened is not None)

    async def _screen(self, request: PaymentRequest) -> None:
        self._state = PaymentState.SCREENING
        screened = await workflow.execute_local_activity_method(Payments.screen, request, **options.STORE)
        self._screened = screened
        if screened.state in FINAL_STATES:
            self._state = screened.state

    async def _one_version(self) -> None:
        """Carry out the version that is wanted now; return too where the customer corrects it in the meantime."""
        screened, self._revised = self._revised or self._screened, None
        if screened is None:
            raise AssertionError
        self._screened = screened
        try:
            await self._carry_out(screened)
        except CorrectedError:
            self._begin_anew()
        except NotCountersignedError as refused:
            if await self._remembered(refused.outcome.error_code):
                return
            self._ending = True
            await self._end(ENDED_BY[refused.outcome.state], refused.outcome.error_code)
        except FailureError as failure:
            await self._unless_corrected_fail(failure)

    def _begin_anew(self) -> None:
        """Nothing that was said of the last version counts for the next."""
        self._state, self._question, self._closed, self._asked = PaymentState.SCREENING, None, None, ""

    async def _unless_corrected_fail(self, failure: FailureError) -> None:
        """A step of a version that was replaced meanwhile fails for that alone."""
        try:
            await self._unless_corrected()
        except CorrectedError:
            self._begin_anew()
        else:
            if not await self._remembered(refusal_of(failure).code):
                await self._fail(failure)

    async def _remembered(self, code: str) -> bool:
        """Whether the version is stale for one that the database has and this workflow forgot, with its worker."""
        if code != StaleVersionError.code or self._screened is None:
            return False
        last = await workflow.execute_local_activity_method(Payments.screen, self._request, **options.STORE)
        if last.plan.version <= self._screened.plan.version:
            return False
        self._wanted, self._revised = last.plan.wish(self._wanted), last
        self._begin_anew()
        return True

    async def _fail(self, failure: FailureError) -> None:
        self._ending = True
        self._refused = refusal_of(failure)
        await self._end(PaymentState.FAILED, self._refused.code)

    async def _carry_out(self, screened: Screened) -> None:
        step = PaymentStep(self._request.payment_id, version=screened.plan.version)
        first, others = screened.plan.countersigns[:1], screened.plan.countersigns[1:]
        for countersign in first:
            await self._countersign(screened, countersign)
        await workflow.execute_local_activity_method(Payments.hold, step, **options.MONEY)
        for countersign in others:
            await self._countersign(screened, countersign)
        await self._be_approved(screened, self._request.session_id)
        await self._cool_off(screened)
        await self._unless_corrected()
        self._unless_withdrawn()
        self._state = PaymentState.EXECUTING  # from here on it is too late
        await self._pay_out(screened.plan.kind, step)
        self._state = PaymentState.COMPLETED

    async def _end(self, state: PaymentState, error_code: str) -> None:
        """Release what was held. If the ledger says that it was posted after all, or sent out, that is the truth."""
        self._error_code, self._question, self._asked = error_code, None, ""
        if self._screened is not None:
            step = PaymentStep(self._request.payment_id, state, error_code)
            try:
                await workflow.execute_local_activity_method(Payments.end, step, **options.MONEY)
            except FailureError as failure:
                match refusal_of(failure).code:
                    case PaymentClosedError.code:
                        state, self._error_code = PaymentState.COMPLETED, ""
                    case PaymentUnsettledError.code:
                        state, self._error_code = await self._heed_rail()
                    case _:
                        raise
        self._state = state

    async def _tell(self) -> None:
        """Tell the conversations that follow it, if any: what was settled, what waits now, how it ended."""
        if self._state in FINAL_STATES:
            attributes.show_state(self._state, f"Ended: {self._state.lower()}. {self._error_code}".strip())
        for session_id in self._sessions:
            await self._tell_one(session_id)
        self._told_version = self._screened.plan.version if self._screened else 1
        self._told_end = self._state in FINAL_STATES

    async def _tell_one(self, session_id: str) -> None:
        last = self._last()
        if last is None:
            return
        plan, closed = last.plan, self._closed
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
            corrected=plan.version > self._told_version,
            kind=plan.kind,
        )
        await question.tell(session_id, news)

    @workflow.update
    async def begin(self, request: PaymentRequest) -> PaymentBegun:
        """Started together with the workflow: returns once a question waits or the payment has ended."""
        if request.wish() != self._request.wish():
            raise failed(IdempotencyConflictError(digests=(self._request.digest(), request.digest())))
        await workflow.wait_condition(self._waits)
        if self._screened is None and self._refused is not None:
            raise failed(self._refused)
        return self._begun()

    @workflow.update
    async def cancel(self, reason: str) -> PaymentState:
        """Withdraw the payment while it still waits; returns the state that it ended in.

        `reason`: the code that it ends with; of any but `payee_removed` it is the customer's own withdrawal.
        """
        if reason == PayeeRemovedError.code and not self._withdrawn:
            self._withdrawn_for = reason
        self._withdrawn = True
        await workflow.wait_condition(lambda: self._state in FINAL_STATES)
        return self._state

    @cancel.validator
    def _validate_cancel(self, reason: str) -> None:
        del reason
        self._refuse_if_too_late()

    @workflow.update
    async def correct(self, correction: Correction) -> PaymentBegun:
        """Have it another way: a new version, for which nothing that was said about the last one counts.

        Returns the question that is asked about the new version. What breaks a rule is refused and changes nothing.
        """
        await workflow.wait_condition(self._waits)
        async with self._revising:
            screened = self._correctable(correction)
            revision = Revision(self._request, self._wanted, correction, screened.plan)
            try:
                revised = await workflow.execute_local_activity_method(Payments.revise, revision, **options.STORE)
            except FailureError as failure:
                raise failed(refusal_of(failure)) from failure
            self._wanted, self._revised = revised.plan.wish(self._wanted), revised
        await workflow.wait_condition(lambda: self._state in FINAL_STATES or (self._waits() and self._revised is None))
        return self._begun()

    @correct.validator
    def _validate_correct(self, correction: Correction) -> None:
        del correction
        if self._withdrawn:
            raise failed(PaymentClosedError())
        self._refuse_if_too_late()

    def _correctable(self, correction: Correction) -> Screened:
        """The version that is corrected. Raises what the update is refused with."""
        self._validate_correct(correction)
        screened = self._revised or self._screened
        if screened is None:
            raise failed(PaymentClosedError())
        if correction.version not in {0, screened.plan.version}:
            raise failed(StaleVersionError())
        return screened

    def _waits(self) -> bool:
        return self._question is not None or self._state in FINAL_STATES | WAITING_STATES

    @workflow.signal
    def request_cancel(self, reason: str) -> None:
        """The `cancel` update as a signal; ignored once there is nothing left to cancel."""
        del reason
        self._withdrawn = True

    @workflow.signal
    async def take_up(self, taken: TakenUp) -> None:
        """Another conversation of the customer's goes on with this payment: it too is told from now on."""
        if taken.session_id in self._sessions:
            return
        self._sessions.append(taken.session_id)
        asks_another = self._question is not None and self._question.elicitation_id != taken.elicitation_id
        if self._told_end or asks_another:
            await self._tell_one(taken.session_id)

    def _last(self) -> Screened | None:
        """The version that is asked about; once it has ended, the one that was wanted last."""
        return (self._revised if self._state in FINAL_STATES else None) or self._screened

    def _begun(self) -> PaymentBegun:
        last = self._last()
        version = last.plan.version if last else 1
        return PaymentBegun(self._request.payment_id, self._state, self._question, version)

    @workflow.query
    def begun(self) -> PaymentBegun:
        """Where the payment stands."""
        return self._begun()
