"""The whole audit: of the database, and of payments beside workflows and rail, with the auditor's own rights."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from runtime.audit import audit_ledger
from runtime.settings import Settings

if TYPE_CHECKING:
    from runtime.audit import Report
    from runtime.local.stack import Stack

PATIENCE_S = 60.0


def audited(stack: Stack, patience_s: float = PATIENCE_S) -> Report:
    """What the auditor says of these servers' bank."""
    chosen = Settings(
        environment="test",
        database_url=stack.site.database_url("countersign_audit"),
        temporal_address=stack.env["COUNTERSIGN_TEMPORAL_ADDRESS"],
        rail_url=stack.env["COUNTERSIGN_RAIL_URL"],
        rail_statement_file=stack.site.layout.keys / "rail_statement",
    )
    with ThreadPoolExecutor(1) as aside:  # whoever asks may have a loop of their own
        return aside.submit(asyncio.run, audit_ledger(chosen, patience_s)).result()


def assert_audited(stack: Stack) -> None:
    """Nothing differs. What is under way has a minute to come to rest."""
    assert audited(stack).differences == ()
