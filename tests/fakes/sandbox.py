"""Temporal's sandbox: what a workflow may not do, since it would not replay, is an error there at its first run."""

from __future__ import annotations

from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

_PASSED_THROUGH = ("domain", "activities", "workflows")


def sandbox() -> SandboxedWorkflowRunner:
    """Our own pure packages are passed through so that types stay one and starts stay fast."""
    return SandboxedWorkflowRunner(restrictions=SandboxRestrictions.default.with_passthrough_modules(*_PASSED_THROUGH))
