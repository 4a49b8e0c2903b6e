"""A question that waits for its answer: one workflow a question, released by a message, never by polling."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Final

from temporalio import workflow
from temporalio.common import VersioningBehavior
from temporalio.exceptions import ApplicationError, FailureError

with workflow.unsafe.imports_passed_through():
    from opentelemetry import trace

    from activities.elicitations import AnswerToCheck, ClosingOf, IgnoredMessage, Questions
    from domain.elicitation import (
        Closing,
        ElicitationOrder,
        ElicitationOutcome,
        ElicitationState,
        ElicitationStatus,
        ElicitationType,
        ProvenAnswer,
        is_final,
    )
    from domain.errors import (
        BankError,
        ElicitationClosedError,
        ElicitationExpiredError,
        StaleVersionError,
        WithdrawnError,
    )
    from workflows import options
    from workflows.refusal import failed, refusal_of


@workflow.defn(name="ElicitationWorkflow", versioning_behavior=VersioningBehavior.PINNED)
class ElicitationWorkflow:
    """Waits for a proven answer, a cancellation or the end of its time; the first of them stands."""

    _overdue = ElicitationExpiredError.code

    @workflow.init
    def __init__(self, order: ElicitationOrder) -> None:
        self._order = order
        self._state = ElicitationState.PENDING
        self._outcome: ElicitationOutcome | None = None
        self._settling = asyncio.Lock()

    @workflow.run
    async def run(self, order: ElicitationOrder) -> ElicitationOutcome:
        """Wait; settle; tell."""
        span = trace.get_tracer("countersign").start_span("elicitation_lifecycle")
        story = asyncio.create_task(self._wait(order))
        try:
            return await asyncio.shield(story)
        except asyncio.CancelledError:  # an operator cancelled the workflow, or the payment above it
            await self._close(Closing(ElicitationState.CANCELLED, WithdrawnError.code))
            return await story
        finally:
            span.end()

    async def _wait(self, order: ElicitationOrder) -> ElicitationOutcome:
        try:
            await self._until_settled(order)
        except TimeoutError:
            await self._close(Closing(ElicitationState.EXPIRED, self._overdue))
        await workflow.wait_condition(lambda: workflow.all_handlers_finished() and self._outcome is not None)
        if self._outcome is None:
            raise AssertionError
        workflow.set_current_details(f"Settled: {self._outcome.state}.")
        return self._outcome

    async def _until_settled(self, order: ElicitationOrder) -> None:
        """Raises TimeoutError once its time is over."""
        workflow.set_current_details(_waiting_words(order))
        await self._settled_within(order.timeout_s, "the answer is due")

    async def _settled_within(self, seconds: float, summary: str) -> None:
        await workflow.wait_condition(
            lambda: self._outcome is not None, timeout=timedelta(seconds=seconds), timeout_summary=summary
        )

    @workflow.update
    async def answer(self, answer: ProvenAnswer) -> ElicitationStatus:
        """Take a proven answer. Its update id is the client's response id, so a repeat gets the first status."""
        return await self._take(answer)

    async def _take(self, answer: ProvenAnswer) -> ElicitationStatus:
        async with self._settling:
            self._refuse_if_settled()
            self._state = ElicitationState.PROCESSING
            try:
                outcome = await workflow.execute_local_activity_method(
                    Questions.accept, AnswerToCheck(self._order, answer), **options.STORE
                )
            except FailureError as failure:
                self._state = ElicitationState.PENDING
                raise failed(refusal_of(failure)) from failure
            self._settle(outcome)
        return self._status()

    @answer.validator
    def _validate_answer(self, answer: ProvenAnswer) -> None:
        if not answer.proof or not answer.response_id:
            raise failed(BankError("an answer needs a proof and a response id"))
        self._refuse_if_settled()

    @workflow.update
    async def cancel(self, closing: Closing) -> ElicitationStatus:
        """Close the question from outside: withdrawn by the customer, failed by too many tries."""
        await self._close(closing)
        return self._status()

    @cancel.validator
    def _validate_cancel(self, closing: Closing) -> None:
        if not is_final(closing.state) or closing.state is ElicitationState.COMPLETED:
            raise failed(BankError("a question cannot be closed as completed"))
        self._refuse_if_settled()

    @workflow.signal
    async def submit_answer(self, answer: ProvenAnswer) -> None:
        """The `answer` update for those who cannot wait for a verdict; a bad one is audited and ignored."""
        try:
            self._validate_answer(answer)
            await self._take(answer)
        except ApplicationError as refused:
            await self._audit(answer.response_id, refused.type or BankError.code)

    @workflow.signal
    async def withdraw(self, closing: Closing) -> None:
        """The `cancel` update as a signal."""
        try:
            self._validate_cancel(closing)
        except ApplicationError as refused:
            await self._audit("withdraw", refused.type or BankError.code)
            return
        await self._close(closing)

    @workflow.query
    def status(self) -> ElicitationStatus:
        """Where the question stands."""
        return self._status()

    async def _audit(self, response_id: str, code: str) -> None:
        """A message that asked for what could not be: it is written down and changes nothing."""
        ignored = IgnoredMessage(self._order.request.elicitation_id, response_id, code)
        await workflow.execute_local_activity_method(Questions.note_ignored, ignored, **options.STORE)

    async def _close(self, closing: Closing) -> None:
        async with self._settling:
            if self._outcome is None:
                self._settle(
                    await workflow.execute_local_activity_method(
                        Questions.close, ClosingOf(self._order.request.elicitation_id, closing), **options.STORE
                    )
                )

    def _settle(self, outcome: ElicitationOutcome) -> None:
        self._state = outcome.state
        self._outcome = outcome

    def _refuse_if_settled(self) -> None:
        if self._state is ElicitationState.EXPIRED:
            raise failed(ElicitationExpiredError())
        if self._outcome is not None:
            stale = self._outcome.error_code == StaleVersionError.code
            raise failed(StaleVersionError() if stale else ElicitationClosedError())

    def _status(self) -> ElicitationStatus:
        code = self._outcome.error_code if self._outcome else ""
        return ElicitationStatus(self._order.request.elicitation_id, self._state, error_code=code)


_WAITED_FOR: Final = {
    ElicitationType.OTP: "a one-time code",
    ElicitationType.CONFIRMATION: "a yes to the read-back",
    ElicitationType.BIOMETRIC: "a passkey",
    ElicitationType.FORM: "a form",
    ElicitationType.SUPERVISOR_APPROVAL: "a decision",
}


def _waiting_words(order: ElicitationOrder) -> str:
    return f"Waiting for {_WAITED_FOR[order.request.elicitation_type]}, until {order.request.expires_at}."
