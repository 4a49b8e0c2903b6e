"""Whatever the database tells of, everybody who reads events knows."""

from __future__ import annotations

import re
from pathlib import Path

from domain.events import EventKind

SQL = Path(__file__).parents[2] / "ops/migrations/sql"
TOLD = re.compile(r"(?:INSERT INTO outbox \([^)]*\)\s*(?:VALUES \(|SELECT )|emit_\w+\(\w+, )'([a-z_]+\.[a-z_]+)'")


def test_every_kind_of_event_that_is_written_is_known() -> None:
    written = {kind for file in SQL.glob("*.sql") for kind in TOLD.findall(file.read_text())}
    assert {"payment.completed", "payment.reversed", "alert.fired", "handover.opened"} <= written
    assert written <= set(EventKind)
