"""Verifications' workflows, by verification id."""

from __future__ import annotations

from dataclasses import dataclass

from temporalio.client import Client, WithStartWorkflowOperation
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from adapters.temporal.failures import as_bank_errors
from adapters.temporal.gateways import RPC_TIMEOUT
from domain import ids
from domain.errors import IdempotencyConflictError, VerificationNotFoundError, by_code
from domain.verification import VerificationBegun, VerificationRequest
from workflows import options
from workflows.verification import VerificationWorkflow


@dataclass(frozen=True, slots=True)
class VerificationGateway:
    """Begins them."""

    client: Client
    task_queue: str

    async def begin(self, request: VerificationRequest) -> VerificationBegun:
        """Start one and wait until it asks or has ended. Raises the refusal of its screening.

        Other content under its id: IdempotencyConflictError; of another user's VerificationNotFoundError.
        """
        start = WithStartWorkflowOperation(
            VerificationWorkflow.run,
            request,
            id=ids.verification_workflow_id(request.verification_id),
            task_queue=self.task_queue,
            task_timeout=options.TASK_TIMEOUT,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            static_summary="identity check",
        )
        try:
            with as_bank_errors(VerificationNotFoundError):
                return await self.client.execute_update_with_start_workflow(
                    VerificationWorkflow.begin, request, start_workflow_operation=start, rpc_timeout=RPC_TIMEOUT
                )
        except WorkflowAlreadyStartedError:
            return await self._ended(request)

    async def _ended(self, request: VerificationRequest) -> VerificationBegun:
        """The same wish gets the same answer, also where it was refused."""
        workflow_id = ids.verification_workflow_id(request.verification_id)
        with as_bank_errors(VerificationNotFoundError):
            result = await self.client.get_workflow_handle_for(VerificationWorkflow.run, workflow_id).result()
        if result.request.user_id != request.user_id:
            raise VerificationNotFoundError
        if result.request.wish() != request.wish():
            raise IdempotencyConflictError(digests=(result.request.digest(), request.digest()))
        if not result.screened:
            raise by_code(result.error_code)
        return VerificationBegun(request.verification_id, result.state)
