"""Alerts' workflows, by alert id."""

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
from domain.alert_runs import AlertStart
from domain.alerts import AlertNews, AlertNow, AlertRequest, AlertWish, LedgerEvent
from domain.errors import AlertClosedError, AlertNotFoundError, SessionNotFoundError
from workflows import options
from workflows.alert import AlertWorkflow

_NOTICE: Final = timedelta(seconds=5)
_STEPS: Final = {"pause": AlertWorkflow.pause, "resume": AlertWorkflow.resume, "delete": AlertWorkflow.delete}


@dataclass(frozen=True, slots=True)
class AlertGateway:
    """Begins and changes alerts, and tells them what happened. Whose they are has been checked by the caller."""

    client: Client
    task_queue: str

    async def begin(self, request: AlertRequest) -> AlertNow:
        """Start one and wait until it asks something or is active. Raises the refusal of what was said.

        Other content under its id: IdempotencyConflictError. AlertClosedError where it has ended before.
        """
        begun = AlertStart(request)
        start = WithStartWorkflowOperation(
            AlertWorkflow.run,
            begun,
            id=ids.alert_workflow_id(request.alert_id),
            task_queue=self.task_queue,
            task_timeout=options.TASK_TIMEOUT,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
            static_summary="alert",
        )
        try:
            with as_bank_errors(AlertNotFoundError):
                return await self.client.execute_update_with_start_workflow(
                    AlertWorkflow.begin, begun, start_workflow_operation=start, rpc_timeout=RPC_TIMEOUT
                )
        except WorkflowAlreadyStartedError as error:
            raise AlertClosedError from error

    async def change(self, alert_id: str, wish: AlertWish, change_id: str) -> AlertNow:
        """A repeat of `change_id` gets the first result. Raises the refusal, AlertClosedError, AlertNotFoundError."""
        with as_bank_errors(AlertNotFoundError, AlertClosedError):
            return await until_taken(
                lambda: self._handle(alert_id).execute_update(
                    AlertWorkflow.change, wish, id=change_id, rpc_timeout=RPC_TIMEOUT
                )
            )

    async def step(self, alert_id: str, name: str, change_id: str) -> AlertNow:
        """`pause`, `resume` or `delete`. Raises AlertStateError, AlertClosedError, AlertNotFoundError."""
        with as_bank_errors(AlertNotFoundError, AlertClosedError):
            return await until_taken(
                lambda: self._handle(alert_id).execute_update(_STEPS[name], id=change_id, rpc_timeout=RPC_TIMEOUT)
            )

    async def posted(self, alert_id: str, event: LedgerEvent) -> None:
        """Tell it of an event of the ledger. Raises AlertNotFoundError where it has ended, UnavailableError."""
        with as_bank_errors(AlertNotFoundError):
            await self._handle(alert_id).signal(AlertWorkflow.posted, event, rpc_timeout=_NOTICE)

    async def speak(self, session_id: str, news: AlertNews) -> None:
        """Have it said in a conversation. Raises SessionNotFoundError where that is over, UnavailableError."""
        conversation = self.client.get_workflow_handle(ids.conversation_workflow_id(session_id))
        with as_bank_errors(SessionNotFoundError):
            await conversation.signal("alert_news", news, rpc_timeout=_NOTICE)

    def _handle(self, alert_id: str) -> WorkflowHandle[AlertWorkflow, None]:
        return self.client.get_workflow_handle_for(AlertWorkflow.run, ids.alert_workflow_id(alert_id))
