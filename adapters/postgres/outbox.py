"""The outbox: what has happened, in the order of its publication."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from adapters.crash_points import Step, around
from domain.events import Event, EventKind

if TYPE_CHECKING:
    from adapters.postgres.pool import Pool, Row

BATCH: Final = 500


class PgOutbox:
    """`sequence` is the relay's; `after` is for everyone who must not miss an event."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    @property
    def url(self) -> str:
        """Where the database is, for a connection of one's own."""
        return self._pool.url

    @around(Step.NUMBER)
    async def sequence(self) -> list[Event]:
        """Number up to BATCH committed events that have no seq yet; returns them in order."""
        return [_event(row) for row in await self._pool.rows("SELECT * FROM sequence_outbox(%s)", BATCH)]

    async def last_seq(self) -> int:
        """The newest seq given, 0 before the first."""
        row = await self._pool.row("SELECT coalesce(max(seq), 0) AS seq FROM outbox")
        return 0 if row is None else int(row["seq"])

    async def after(
        self,
        seq: int,
        *,
        user_id: str | None = None,
        session_id: str | None = None,
        limit: int = BATCH,
        approvals: bool = False,
    ) -> list[Event]:
        """Published events with a greater seq, in order; of this user, of this session, where given.

        `approvals`: those of all approvals and hand-overs as well.
        """
        rows = await self._pool.rows(
            """SELECT * FROM outbox WHERE seq > %s AND
                   (%s::text IS NULL OR user_id = %s OR (%s AND (kind LIKE 'approval.%%' OR kind LIKE 'handover.%%')))
               AND (%s::text IS NULL OR session_id = %s) ORDER BY seq LIMIT %s""",
            seq,
            user_id,
            user_id,
            approvals,
            session_id,
            session_id,
            limit,
        )
        return [_event(row) for row in rows]

    async def unseen(self, session_id: str, limit: int = 5) -> list[Event]:
        """The newest unasked sentences of a session that were said after its client last listened, oldest first."""
        rows = await self._pool.rows(
            """SELECT o.* FROM outbox o JOIN sessions s ON s.session_id = o.session_id
               WHERE o.session_id = %s AND o.kind = %s AND o.seq IS NOT NULL AND o.created_at > s.last_seen_at
               ORDER BY o.seq DESC LIMIT %s""",
            session_id,
            EventKind.ASSISTANT_SPOKE.value,
            limit,
        )
        return [_event(row) for row in reversed(rows)]


def _event(row: Row) -> Event:
    return Event(
        seq=row["seq"],
        kind=EventKind(row["kind"]),
        user_id=row["user_id"],
        session_id=row["session_id"],
        subject_id=row["subject_id"],
        at=row["created_at"].isoformat(),
        body=row["body"],
    )
