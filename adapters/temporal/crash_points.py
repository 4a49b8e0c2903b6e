"""Crash points where Temporal itself is spoken to: in a worker of a test alone."""

from __future__ import annotations

from typing import Any

from temporalio import activity
from temporalio.worker import (
    ActivityInboundInterceptor,
    ExecuteActivityInput,
    Interceptor,
    SignalExternalWorkflowInput,
    StartChildWorkflowInput,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
    WorkflowOutboundInterceptor,
)
from temporalio.workflow import ChildWorkflowHandle

from adapters.crash_points import Step, reach


class _Activities(ActivityInboundInterceptor):
    """Between an activity's end and its report: what it did is done, and Temporal has not heard of it."""

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002, ANN401 - the library's signature
        about = (activity.info().activity_type, activity.info().workflow_id, input.args)
        reach(f"{Step.ACTIVITY}.before", about)
        result = await super().execute_activity(input)
        reach(f"{Step.ACTIVITY}.after", about)
        return result


class _Outbound(WorkflowOutboundInterceptor):
    """What one workflow has to do with another; "after": the other's server has it, and the sender's task begins."""

    async def signal_external_workflow(self, input: SignalExternalWorkflowInput) -> None:  # noqa: A002
        reach(f"{Step.SIGNAL}.before", (input.signal, input.args))
        await super().signal_external_workflow(input)
        reach(f"{Step.SIGNAL}.after", (input.signal, input.args))

    async def start_child_workflow(self, input: StartChildWorkflowInput) -> ChildWorkflowHandle[Any, Any]:  # noqa: A002
        reach(f"{Step.CHILD_START}.before", (input.id, input.args))
        handle = await super().start_child_workflow(input)
        reach(f"{Step.CHILD_START}.after", (input.id, input.args))
        return handle


class _Inbound(WorkflowInboundInterceptor):
    def init(self, outbound: WorkflowOutboundInterceptor) -> None:
        super().init(_Outbound(outbound))


class CrashPoints(Interceptor):
    """For a worker that was given a folder of crash points."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002
        """See Interceptor."""
        return _Activities(next)

    def workflow_interceptor_class(
        self,
        input: WorkflowInterceptorClassInput,  # noqa: A002, ARG002
    ) -> type[WorkflowInboundInterceptor]:
        """See Interceptor."""
        return _Inbound
