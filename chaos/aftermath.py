"""What is looked at once it is quiet: the auditor's findings, and what Temporal still runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from adapters.temporal.client import connect_to_read
from runtime.audit import audit_ledger
from runtime.settings import Settings

if TYPE_CHECKING:
    from runtime.local.stack import Stack

_AUDITED_S: Final = 60.0
_RUNNING: Final = (
    "ExecutionStatus = 'Running' AND WorkflowType IN ('PaymentWorkflow', 'ElicitationWorkflow', 'ApprovalWorkflow')"
)


async def running(stack: Stack) -> list[str]:
    """The ids of payments, questions and approvals that go on; none may once every payment has ended."""
    client = await connect_to_read(stack.env["COUNTERSIGN_TEMPORAL_ADDRESS"], "default")
    return [each.id async for each in client.list_workflows(_RUNNING)]


async def audited(stack: Stack) -> list[str]:
    """What the auditor says differs, as `countersign audit ledger` would."""
    chosen = Settings(
        database_url=stack.site.database_url("countersign_audit"),
        temporal_address=stack.env["COUNTERSIGN_TEMPORAL_ADDRESS"],
        rail_url=stack.env["COUNTERSIGN_RAIL_URL"],
        rail_statement_file=stack.site.layout.keys / "rail_statement",
    )
    report = await audit_ledger(chosen, _AUDITED_S)
    return [f"{each.check} {each.row}: {each.found}" for each in report.differences]
