"""Sentences that nobody asked for just now leave through the outbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psycopg.types.json import Jsonb

from adapters.crash_points import Step, around

if TYPE_CHECKING:
    from adapters.postgres.pool import Pool


class PgAnnouncer:
    """Implements `activities.ports.Announcer`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    @around(Step.ANNOUNCE)
    async def say(self, session_id: str, user_id: str, key: str, body: dict[str, Any]) -> None:
        """Write an ASSISTANT_SPOKE event, once per key."""
        await self._pool.run("SELECT announce(%s, %s, %s, %s)", session_id, user_id, key, Jsonb(body))
