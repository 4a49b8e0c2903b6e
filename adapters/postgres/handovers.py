"""Cases for people, at rest. Each change is one SQL function (0015_handovers.sql)."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, LiteralString

from psycopg.types.json import Jsonb

from domain.errors import HandoverNotFoundError, UnauthenticatedError, by_code
from domain.handovers import Handover, HandoverState

if TYPE_CHECKING:
    from adapters.postgres.pool import Pool, Row
    from domain.handovers import HandoverOrder, Outcome, ToolRefused

_MOST = 200


class PgHandovers:
    """Implements `activities.handovers.HandoverStore`, and what the api needs beside it."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def open(self, order: HandoverOrder) -> str:
        """The id of the session's open case. Raises UnauthenticatedError where there is no such customer."""
        row = await self._pool.row("SELECT open_handover(%s) AS id", Jsonb(asdict(order)))
        if row is None or row["id"] is None:
            raise UnauthenticatedError
        return str(row["id"])

    async def note_refused(self, refused: ToolRefused) -> None:
        """A line in the audit."""
        await self._pool.run(
            "SELECT note_tool_refused(%s, %s, %s, %s)",
            *(refused.session_id, refused.user_id, refused.tool, refused.state),
        )

    async def of(self, tenant_id: str, state: HandoverState) -> list[Handover]:
        """A tenant's cases, longest waiting first."""
        rows = await self._pool.rows(
            "SELECT * FROM handovers WHERE tenant_id = %s AND state = %s ORDER BY created_at, case_id LIMIT %s",
            *(tenant_id, state.value, _MOST),
        )
        return [_handover(row) for row in rows]

    async def get(self, case_id: str, tenant_id: str) -> Handover:
        """Raises HandoverNotFoundError, also where it is another tenant's."""
        row = await self._pool.row("SELECT * FROM handovers WHERE case_id = %s AND tenant_id = %s", case_id, tenant_id)
        if row is None:
            raise HandoverNotFoundError
        return _handover(row)

    async def claim(self, case_id: str, person: str, *, live: bool) -> None:
        """Raises OwnCaseError, HandoverClaimedError, HandoverClosedError, HandoverNotFoundError."""
        await self._call("SELECT claim_handover(%s, %s, %s) AS code", case_id, person, live)

    async def close(self, case_id: str, person: str, outcome: Outcome, note: str) -> None:
        """Raises what `claim` does, and HandoverNotClaimedError."""
        await self._call("SELECT close_handover(%s, %s, %s, %s) AS code", case_id, person, outcome.value, note)

    async def _call(self, statement: LiteralString, *values: object) -> None:
        row = await self._pool.row(statement, *values)
        if row is None or row["code"] != "ok":
            raise by_code(str(row["code"])) if row else HandoverNotFoundError()


def _handover(row: Row) -> Handover:
    fields: Row = dict(row)
    fields |= {name: row[name].isoformat() if row[name] else "" for name in ("created_at", "claimed_at", "closed_at")}
    fields["state"] = HandoverState(row["state"])
    return Handover(**fields)
