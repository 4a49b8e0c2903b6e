"""Standing mandates' workflows, by mandate id."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from temporalio.client import Client, WithStartWorkflowOperation, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from adapters.temporal.failures import as_bank_errors
from adapters.temporal.gateways import RPC_TIMEOUT
from domain import ids
from domain.errors import IdempotencyConflictError, MandateNotFoundError, by_code
from domain.mandates import MandateBegun, MandateRequest, MandateResult
from workflows import options
from workflows.mandate import MandateWorkflow

_NOTICE: Final = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class MandateGateway:
    """Begins mandates, and tells them that they were revoked."""

    client: Client
    task_queue: str

    async def begin(self, request: MandateRequest) -> MandateBegun:
        """Start one and wait until it asks something, stands or has ended. Raises the refusal of its screening.

        Other content under its id: IdempotencyConflictError.
        """
        start = WithStartWorkflowOperation(
            MandateWorkflow.run,
            request,
            id=ids.mandate_workflow_id(request.mandate_id),
            task_queue=self.task_queue,
            task_timeout=options.TASK_TIMEOUT,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            static_summary="standing mandate",
        )
        try:
            with as_bank_errors(MandateNotFoundError):
                return await self.client.execute_update_with_start_workflow(
                    MandateWorkflow.begin, request, start_workflow_operation=start, rpc_timeout=RPC_TIMEOUT
                )
        except WorkflowAlreadyStartedError:
            return await self._ended(request)

    async def revoked(self, mandate_id: str) -> None:
        """Tell its workflow, which need not wait any longer. Raises MandateNotFoundError where none runs."""
        with as_bank_errors(MandateNotFoundError):
            await self._handle(mandate_id).signal(MandateWorkflow.revoked, "revoked", rpc_timeout=_NOTICE)

    async def _ended(self, request: MandateRequest) -> MandateBegun:
        """The same wish gets the same answer, also where it was refused."""
        with as_bank_errors(MandateNotFoundError):
            result = await self._handle(request.mandate_id).result()
        if result.request.wish() != request.wish():
            raise IdempotencyConflictError(digests=(result.request.digest(), request.digest()))
        if not result.screened:
            raise by_code(result.error_code)
        return MandateBegun(request.mandate_id, result.state)

    def _handle(self, mandate_id: str) -> WorkflowHandle[MandateWorkflow, MandateResult]:
        return self.client.get_workflow_handle_for(MandateWorkflow.run, ids.mandate_workflow_id(mandate_id))
