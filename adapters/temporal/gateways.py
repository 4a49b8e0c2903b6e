"""What fronts and tools ask of the workflows, in domain terms. Every call carries its caller's id: a repeat is one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, cast
from uuid import uuid4

from temporalio.client import Client, WithStartWorkflowOperation, WorkflowExecutionStatus, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from adapters.crash_points import Step, around
from adapters.temporal.failures import as_bank_errors, until_taken
from domain import ids
from domain.approvals import ProvenDecision
from domain.conversation import ConversationStart, Join, Joined, Reply, Turn
from domain.elicitation import Closing, ElicitationOutcome, ElicitationState, ElicitationStatus, ProvenAnswer
from domain.errors import (
    AlreadyDecidedError,
    ApprovalNotFoundError,
    BankError,
    ElicitationClosedError,
    ElicitationNotFoundError,
    IdempotencyConflictError,
    PaymentClosedError,
    PaymentNotFoundError,
    SessionNotFoundError,
    StaleVersionError,
    UnavailableError,
    WithdrawnError,
    by_code,
)
from domain.handovers import HandoverNews
from domain.payments import Correction, PaymentBegun, PaymentRequest, PaymentResult, PaymentState
from workflows import options
from workflows.approval import ApprovalWorkflow
from workflows.conversation import ConversationWorkflow
from workflows.elicitation import ElicitationWorkflow
from workflows.payment import PaymentWorkflow

RPC_TIMEOUT: Final = timedelta(seconds=10)
_START_TRIES: Final = 40
_START_WAIT_S: Final = 0.05


@dataclass(frozen=True, slots=True)
class ConversationGateway:
    """Conversations, by session id."""

    client: Client
    task_queue: str

    async def open(self, start: ConversationStart) -> None:
        """Start the session's workflow unless it runs already. Raises UnavailableError."""
        with as_bank_errors(SessionNotFoundError):
            await self.client.start_workflow(
                ConversationWorkflow.run,
                start,
                id=ids.conversation_workflow_id(start.session_id),
                task_queue=self.task_queue,
                task_timeout=options.TASK_TIMEOUT,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                static_summary=f"{start.channel} conversation",
                rpc_timeout=RPC_TIMEOUT,
            )

    async def join(self, session_id: str, join: Join) -> Joined:
        """Say that a front is there. Raises SessionNotFoundError or UnavailableError."""
        handle = self._handle(session_id)
        with as_bank_errors(SessionNotFoundError):
            return await until_taken(
                lambda: handle.execute_update(ConversationWorkflow.join, join, id=join.join_id, rpc_timeout=RPC_TIMEOUT)
            )

    @around(Step.TURN)
    async def turn(self, session_id: str, turn: Turn) -> Reply:
        """Say something. Raises SessionStaleError, SupersededError, SessionNotFoundError or UnavailableError."""
        handle = self._handle(session_id)
        with as_bank_errors(SessionNotFoundError):
            return await until_taken(
                lambda: handle.execute_update(ConversationWorkflow.turn, turn, id=turn.turn_id, rpc_timeout=RPC_TIMEOUT)
            )

    async def stage(self, session_id: str) -> str:
        """Where the dialogue stands, as in Reply.state. Raises SessionNotFoundError or UnavailableError."""
        with as_bank_errors(SessionNotFoundError):
            return await self._handle(session_id).query(ConversationWorkflow.stage, rpc_timeout=RPC_TIMEOUT)

    async def leave(self, session_id: str, agent_id: str) -> None:
        """Say that the customer has left. Nothing is lost where nobody hears it."""
        with as_bank_errors(SessionNotFoundError):
            await self._handle(session_id).signal(ConversationWorkflow.leave, agent_id, rpc_timeout=RPC_TIMEOUT)

    async def handed(self, session_id: str, news: HandoverNews) -> None:
        """Tell it of its hand-over to a person. Raises SessionNotFoundError where nobody listens any more."""
        with as_bank_errors(SessionNotFoundError):
            await self._handle(session_id).signal(ConversationWorkflow.handed, news, rpc_timeout=RPC_TIMEOUT)

    def _handle(self, session_id: str) -> WorkflowHandle[ConversationWorkflow, None]:
        return self.client.get_workflow_handle_for(ConversationWorkflow.run, ids.conversation_workflow_id(session_id))


@dataclass(frozen=True, slots=True)
class PaymentGateway:
    """Payments, by payment id."""

    client: Client
    task_queue: str

    @around(Step.BEGIN)
    async def begin(self, request: PaymentRequest) -> PaymentBegun:
        """Start a payment and wait until it asks something or has ended. Raises the refusal of its screening."""
        start = WithStartWorkflowOperation(
            PaymentWorkflow.run,
            request,
            id=ids.payment_workflow_id(request.payment_id),
            task_queue=self.task_queue,
            task_timeout=options.TASK_TIMEOUT,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            static_summary="payment",
        )
        try:
            with as_bank_errors(PaymentNotFoundError):
                return await self.client.execute_update_with_start_workflow(
                    PaymentWorkflow.begin, request, start_workflow_operation=start, rpc_timeout=RPC_TIMEOUT
                )
        except WorkflowAlreadyStartedError:
            return await self._ended(request)
        except IdempotencyConflictError as refused:
            first = await self._first_request(request.payment_id)
            if first.wish() == request.wish():  # its history was forgotten, the ledger remembers another wish
                raise refused from None
            raise _conflict(first, request) from None

    @around(Step.CANCEL)
    async def cancel(self, payment_id: str, user_id: str, reason: str = WithdrawnError.code) -> PaymentState:
        """Withdraw a payment that still waits; the caller has checked that there is one, and that it is the user's.

        `reason`: a code that a payment can end with.

        Raises PaymentClosedError where it has ended before, or ends another way in the meantime.
        """
        del user_id
        with as_bank_errors(PaymentClosedError):
            handle, update_id = self._handle(payment_id), str(uuid4())
            state = await until_taken(
                lambda: handle.execute_update(PaymentWorkflow.cancel, reason, id=update_id, rpc_timeout=RPC_TIMEOUT)
            )
        if state is not PaymentState.CANCELLED:
            raise PaymentClosedError
        return state

    @around(Step.CORRECT)
    async def correct(self, payment_id: str, correction: Correction, correction_id: str) -> PaymentBegun:
        """Have it another way; the caller has checked whose it is. A repeat of `correction_id` gets the first result.

        Raises PaymentClosedError once money moves, StaleVersionError, TooManyCorrectionsError, or what screening does.
        """
        handle = self._handle(payment_id)
        with as_bank_errors(PaymentClosedError):
            return await until_taken(
                lambda: handle.execute_update(
                    PaymentWorkflow.correct, correction, id=correction_id, rpc_timeout=RPC_TIMEOUT
                )
            )

    async def goes_on(self, payment_id: str) -> bool:
        """Whether its workflow is running: not where it has ended, was terminated, or was never there."""
        try:
            with as_bank_errors(PaymentNotFoundError):
                found = await self._handle(payment_id).describe(rpc_timeout=RPC_TIMEOUT)
        except PaymentNotFoundError:
            return False
        return found.status is WorkflowExecutionStatus.RUNNING

    async def _ended(self, request: PaymentRequest) -> PaymentBegun:
        """The result of a payment that ended before: the same wish gets the same answer, also where it was refused."""
        with as_bank_errors(PaymentNotFoundError):
            result = await self._handle(request.payment_id).result()
        if result.request.wish() != request.wish():
            raise _conflict(result.request, request)
        if not result.screened:
            raise by_code(result.error_code)
        return PaymentBegun(request.payment_id, result.state)

    async def _first_request(self, payment_id: str) -> PaymentRequest:
        """What a payment was started with."""
        with as_bank_errors(PaymentNotFoundError):
            async for event in self._handle(payment_id).fetch_history_events(page_size=1, rpc_timeout=RPC_TIMEOUT):
                given = event.workflow_execution_started_event_attributes.input.payloads
                (request,) = await self.client.data_converter.decode(given, [PaymentRequest])
                return cast("PaymentRequest", request)
        raise PaymentNotFoundError

    def _handle(self, payment_id: str) -> WorkflowHandle[PaymentWorkflow, PaymentResult]:
        return self.client.get_workflow_handle_for(PaymentWorkflow.run, ids.payment_workflow_id(payment_id))


def _conflict(first: PaymentRequest, second: PaymentRequest) -> BankError:
    """Another wish under one id. Of somebody else's payment nothing is told, as everywhere: it is not there."""
    if first.user_id != second.user_id:
        return PaymentNotFoundError()
    return IdempotencyConflictError(digests=(first.digest(), second.digest()))


@dataclass(frozen=True, slots=True)
class ApprovalGateway:
    """Supervisors' approvals, by id. Who may decide has been checked by the caller, and is checked again behind."""

    client: Client

    @around(Step.DECIDE)
    async def decide(self, approval_id: str, decision: ProvenDecision) -> ElicitationStatus:
        """Hand in a decision. A repeated response id gets the first status. Raises the refusal.

        It can be listed, and decided by a quick program, a moment before its workflow has started.
        """
        for _ in range(_START_TRIES):
            with suppress(ApprovalNotFoundError), as_bank_errors(ApprovalNotFoundError, AlreadyDecidedError):
                return await self._decide(approval_id, decision)
            await asyncio.sleep(_START_WAIT_S)
        raise UnavailableError

    async def _decide(self, approval_id: str, decision: ProvenDecision) -> ElicitationStatus:
        handle = self._handle(approval_id)
        return await until_taken(
            lambda: handle.execute_update(
                ApprovalWorkflow.decide, decision, id=decision.response_id, rpc_timeout=RPC_TIMEOUT
            )
        )

    def _handle(self, approval_id: str) -> WorkflowHandle[ApprovalWorkflow, ElicitationOutcome]:
        return self.client.get_workflow_handle_for(ApprovalWorkflow.run, ids.elicitation_workflow_id(approval_id))


@dataclass(frozen=True, slots=True)
class ElicitationGateway:
    """Elicitations, by id. Who may answer or cancel has been checked by the caller."""

    client: Client

    @around(Step.ANSWER)
    async def answer(self, elicitation_id: str, proof: str, response_id: str) -> ElicitationStatus:
        """Hand in a proof. A repeated response id gets the first status. Raises the refusal."""
        answer = ProvenAnswer(proof, response_id)
        return await _once_started(lambda: self._answer(elicitation_id, answer), UnavailableError)

    async def _answer(self, elicitation_id: str, answer: ProvenAnswer) -> ElicitationStatus:
        handle = self._handle(elicitation_id)
        return await until_taken(
            lambda: handle.execute_update(
                ElicitationWorkflow.answer, answer, id=answer.response_id, rpc_timeout=RPC_TIMEOUT
            )
        )

    @around(Step.CANCEL)
    async def cancel(self, elicitation_id: str, user_id: str) -> ElicitationStatus:
        """Withdraw the question, and with it the payment that waits on it.

        Raises ElicitationClosedError, or StaleVersionError where a correction closed it: the payment goes on.
        """
        del user_id
        status = await self._close(elicitation_id, Closing(ElicitationState.CANCELLED, WithdrawnError.code))
        if status.error_code == StaleVersionError.code:
            raise StaleVersionError
        if status.status is not ElicitationState.CANCELLED:  # something else settled it in the meantime
            raise ElicitationClosedError
        return status

    async def fail(self, elicitation_id: str, error_code: str) -> ElicitationStatus:
        """Close the question for a reason of the bank's, such as too many tries.

        Raises ElicitationClosedError where it was settled first, UnavailableError where nobody waits for it yet.
        """
        return await self._close(elicitation_id, Closing(ElicitationState.FAILED, error_code), UnavailableError)

    async def _close(
        self, elicitation_id: str, closing: Closing, nowhere: type[BankError] = ElicitationClosedError
    ) -> ElicitationStatus:
        handle, update_id = self._handle(elicitation_id), str(uuid4())
        return await _once_started(
            lambda: until_taken(
                lambda: handle.execute_update(
                    ElicitationWorkflow.cancel, closing, id=update_id, rpc_timeout=RPC_TIMEOUT
                )
            ),
            nowhere,
        )

    def _handle(self, elicitation_id: str) -> WorkflowHandle[ElicitationWorkflow, ElicitationOutcome]:
        return self.client.get_workflow_handle_for(ElicitationWorkflow.run, ids.elicitation_workflow_id(elicitation_id))


async def _once_started(ask: Callable[[], Awaitable[ElicitationStatus]], nowhere: type[BankError]) -> ElicitationStatus:
    """What a question's workflow says. Raises ElicitationClosedError where it has ended, `nowhere` where none is.

    A code can be delivered, and typed in by a quick program, a moment before its workflow has started.
    """
    for _ in range(_START_TRIES):
        with suppress(ElicitationNotFoundError), as_bank_errors(ElicitationNotFoundError, ElicitationClosedError):
            return await ask()
        await asyncio.sleep(_START_WAIT_S)
    raise nowhere
