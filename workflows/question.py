"""What whoever asks a customer does alike: start a question, close it, tell the conversations that follow."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from temporalio import workflow
from temporalio.exceptions import FailureError
from temporalio.workflow import ChildWorkflowHandle, ParentClosePolicy

with workflow.unsafe.imports_passed_through():
    from domain import ids
    from domain.conversation import PaymentNews
    from domain.elicitation import Closing, ElicitationOrder, ElicitationOutcome, ElicitationState
    from domain.errors import WithdrawnError
    from workflows import attributes, options
    from workflows.elicitation import ElicitationWorkflow
    from workflows.refusal import refusal_of

if TYPE_CHECKING:
    from workflows.attributes import Owned


class NotCountersignedError(Exception):
    """A countersign that was not given."""

    def __init__(self, outcome: ElicitationOutcome) -> None:
        """`outcome`: how its question ended."""
        super().__init__(outcome.state)
        self.outcome = outcome


def withdrawn(code: str = WithdrawnError.code) -> NotCountersignedError:
    """It was taken back while nothing was asked."""
    return NotCountersignedError(ElicitationOutcome("", ElicitationState.CANCELLED, error_code=code))


async def start(plan: Owned, order: ElicitationOrder) -> ChildWorkflowHandle[Any, ElicitationOutcome]:
    """Start the workflow that waits for the answer to a question that is open at rest."""
    due = workflow.now() + timedelta(seconds=order.timeout_s)
    return await workflow.start_child_workflow(
        ElicitationWorkflow.run,
        order,
        id=ids.elicitation_workflow_id(order.request.elicitation_id),
        parent_close_policy=ParentClosePolicy.REQUEST_CANCEL,
        task_timeout=options.TASK_TIMEOUT,
        search_attributes=attributes.of_elicitation(plan, order, due),
    )


async def close(elicitation_id: str, code: str) -> None:
    """Close a question, unless it was settled first."""
    question = workflow.get_external_workflow_handle(ids.elicitation_workflow_id(elicitation_id))
    try:
        await question.signal("withdraw", Closing(ElicitationState.CANCELLED, code))
    except FailureError as failure:
        workflow.logger.info("the question was settled first", extra={"code": refusal_of(failure).code})


async def tell(session_id: str, news: PaymentNews) -> None:
    """Tell one conversation, if it is still there."""
    conversation = workflow.get_external_workflow_handle(ids.conversation_workflow_id(session_id))
    try:
        await conversation.signal("payment_news", news)
    except FailureError:
        workflow.logger.info("the conversation has ended; the events tell the story")
