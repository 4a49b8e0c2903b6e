"""Standing orders' workflows, by order id."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from temporalio.client import Client, WithStartWorkflowOperation, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from adapters.temporal.failures import as_bank_errors, until_taken
from adapters.temporal.gateways import RPC_TIMEOUT
from domain import ids
from domain.errors import StandingOrderClosedError, StandingOrderNotFoundError
from domain.order_runs import OrderStart
from domain.standing_orders import OrderBegun, OrderRequest, OrderState
from workflows import options
from workflows.standing_order import StandingOrderWorkflow

_NOTICE: Final = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class StandingOrderGateway:
    """Begins and changes standing orders, and tells them what was done. Whose they are was checked by the caller."""

    client: Client
    task_queue: str

    async def begin(self, request: OrderRequest) -> OrderBegun:
        """Start one and wait until it asks something, stands or has ended. Raises the refusal of its screening.

        Other content under its id: IdempotencyConflictError. StandingOrderClosedError where it has ended before.
        """
        begun = OrderStart(request)
        start = WithStartWorkflowOperation(
            StandingOrderWorkflow.run,
            begun,
            id=ids.standing_order_workflow_id(request.order_id),
            task_queue=self.task_queue,
            task_timeout=options.TASK_TIMEOUT,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
            static_summary="standing order",
        )
        try:
            with as_bank_errors(StandingOrderNotFoundError):
                return await self.client.execute_update_with_start_workflow(
                    StandingOrderWorkflow.begin, begun, start_workflow_operation=start, rpc_timeout=RPC_TIMEOUT
                )
        except WorkflowAlreadyStartedError as error:
            raise StandingOrderClosedError from error

    async def change(self, request: OrderRequest) -> OrderBegun:
        """Ask for other terms. A repeat of `change_id` gets the first result. Raises the refusal of their screening."""
        handle = self._handle(request.order_id)
        with as_bank_errors(StandingOrderNotFoundError, StandingOrderClosedError):
            return await until_taken(
                lambda: handle.execute_update(
                    StandingOrderWorkflow.change, request, id=request.change_id, rpc_timeout=RPC_TIMEOUT
                )
            )

    async def stepped(self, order_id: str) -> None:
        """Tell its workflow that something was done to it. Raises StandingOrderNotFoundError where none runs."""
        with as_bank_errors(StandingOrderNotFoundError):
            await self._handle(order_id).signal(StandingOrderWorkflow.stepped, "stepped", rpc_timeout=_NOTICE)

    def _handle(self, order_id: str) -> WorkflowHandle[StandingOrderWorkflow, OrderState]:
        return self.client.get_workflow_handle_for(StandingOrderWorkflow.run, ids.standing_order_workflow_id(order_id))
