"""What the rail says by itself, passed on to the workflows that it concerns."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from adapters.temporal.failures import as_bank_errors
from domain import ids
from domain.errors import PaymentNotFoundError
from domain.rail import RailReturn, payment_of
from workflows import options
from workflows.payment import PaymentWorkflow
from workflows.rail_return import RailReturnWorkflow

_RPC_TIMEOUT: Final = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class RailGateway:
    """By the rail's key. Both may be repeated. Raise UnavailableError."""

    client: Client
    task_queue: str

    async def answered(self, key: str) -> None:
        """Have the payment look up what is noted; one that has ended needs no telling."""
        payment = self.client.get_workflow_handle_for(PaymentWorkflow.run, ids.payment_workflow_id(payment_of(key)))
        with suppress(PaymentNotFoundError), as_bank_errors(PaymentNotFoundError):
            await payment.signal(PaymentWorkflow.rail_answered, key, rpc_timeout=_RPC_TIMEOUT)

    async def returned(self, key: str) -> None:
        """Have it given back; a return is given back once."""
        with suppress(WorkflowAlreadyStartedError), as_bank_errors(PaymentNotFoundError):
            await self.client.start_workflow(
                RailReturnWorkflow.run,
                RailReturn(key),
                id=ids.rail_return_workflow_id(key),
                task_queue=self.task_queue,
                task_timeout=options.TASK_TIMEOUT,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
                static_summary="returned payment",
                rpc_timeout=_RPC_TIMEOUT,
            )
