"""A trace for each elicitation, linked to the turn that asked it and to every message that it got.

A question may wait for longer than any turn lasts, so its span is no part of the turn's trace.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from opentelemetry import context as contexts
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.trace import Span, SpanProcessor
from temporalio import workflow
from temporalio.plugin import SimplePlugin
from temporalio.worker import (
    ExecuteWorkflowInput,
    HandleUpdateInput,
    Interceptor,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
)

if TYPE_CHECKING:
    from opentelemetry.trace import SpanContext

_WORKFLOW: Final = "ElicitationWorkflow"
_KEY: Final = contexts.create_key("countersign-elicitation")


@dataclass
class _Asked:
    """By which span an elicitation was asked for, and the elicitation's own, once it has begun."""

    workflow_id: str
    by: SpanContext
    span: Span | None = None


class ElicitationLinks(SpanProcessor):
    """Links the first span of an elicitation's trace."""

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        """Called by the tracer."""
        asked = contexts.get_value(_KEY, parent_context)
        if isinstance(asked, _Asked) and asked.span is None:
            asked.span = span
            span.set_attribute("temporalWorkflowID", asked.workflow_id)
            span.add_link(asked.by)


class _Inbound(WorkflowInboundInterceptor):
    _asked: _Asked | None = None

    async def execute_workflow(self, input: ExecuteWorkflowInput) -> Any:  # noqa: A002, ANN401 - the library's signature
        info = workflow.info()
        if info.workflow_type == _WORKFLOW:
            self._asked = _Asked(info.workflow_id, trace.get_current_span().get_span_context())
            # never detached: the context is this workflow's own, and is gone with it
            contexts.attach(contexts.set_value(_KEY, self._asked, Context()))
        return await super().execute_workflow(input)

    async def handle_update_handler(self, input: HandleUpdateInput) -> Any:  # noqa: A002, ANN401
        if self._asked is not None and self._asked.span is not None:
            self._asked.span.add_link(trace.get_current_span().get_span_context())
        return await super().handle_update_handler(input)


class _Traces(Interceptor):
    def workflow_interceptor_class(
        self,
        input: WorkflowInterceptorClassInput,  # noqa: A002, ARG002
    ) -> type[WorkflowInboundInterceptor]:
        return _Inbound


def elicitation_traces() -> SimplePlugin:
    """Stands behind OpenTelemetryPlugin in a client's list of plug-ins."""
    return SimplePlugin("countersign.ElicitationTraces", interceptors=[_Traces()])
