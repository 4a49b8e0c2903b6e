"""What Temporal still runs: when every payment has ended, none of its workflows may be left."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from adapters.temporal.client import connect

if TYPE_CHECKING:
    from runtime.local.stack import Stack

_RUNNING: Final = (
    "ExecutionStatus = 'Running' AND WorkflowType IN ('PaymentWorkflow', 'ElicitationWorkflow', 'ApprovalWorkflow')"
)


async def running(stack: Stack) -> list[str]:
    """The ids of payments, questions and approvals that go on."""
    env = stack.env
    keys = Path(env["COUNTERSIGN_PAYLOAD_KEYS_FILE"])
    client = await connect(env["COUNTERSIGN_TEMPORAL_ADDRESS"], "default", keys)
    return [each.id async for each in client.list_workflows(_RUNNING)]
