"""Conversations that are open, and who may still speak in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, LiteralString

from domain.errors import SessionNotFoundError

if TYPE_CHECKING:
    from adapters.postgres.pool import Pool

IDLE_S: Final = 3600.0
_FRESH: Final[LiteralString] = """SELECT session_id FROM sessions
    WHERE session_id = %s AND user_id = %s AND ended_at IS NULL
      AND last_seen_at >= now() - make_interval(secs => %s)
      AND (sign_in_id = '' OR EXISTS (SELECT FROM sign_ins s
                                      WHERE s.sign_in_id = sessions.sign_in_id AND s.ended_at IS NULL))"""

_USE: Final[tuple[LiteralString, ...]] = (
    "WITH fresh AS (",
    _FRESH,
    """), used AS (
           UPDATE sessions SET last_seen_at = now() WHERE session_id = (SELECT session_id FROM fresh)
               AND ended_at IS NULL AND last_seen_at < now() - interval '1 second')
       SELECT FROM fresh""",
)


@dataclass(frozen=True, slots=True)
class Session:
    """An open or ended session; `channel` is "voice" or "text"."""

    session_id: str
    user_id: str
    channel: str
    platform: str
    room_name: str
    ended: bool


class PgSessions:
    """Implements `activities.ports.Sessions`, and what the edges need beside it."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def open(  # noqa: PLR0913, PLR0917 - a row's columns
        self, session_id: str, user_id: str, channel: str, platform: str, room_name: str = "", sign_in_id: str = ""
    ) -> None:
        """Record a new session; a repeat changes nothing."""
        await self._pool.run(
            """INSERT INTO sessions (session_id, user_id, channel, platform, room_name, sign_in_id)
               VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (session_id) DO NOTHING""",
            session_id,
            user_id,
            channel,
            platform,
            room_name,
            sign_in_id,
        )

    async def open_text(
        self, new_id: str, user_id: str, platform: str, idle_s: float = IDLE_S, *, sign_in_id: str = ""
    ) -> str:
        """The user's open text session, or `new_id` as a new one; of two calls at once both get the same."""
        await self._pool.run(
            """UPDATE sessions SET ended_at = now() WHERE user_id = %s AND channel = 'text' AND ended_at IS NULL
               AND last_seen_at < now() - make_interval(secs => %s)""",
            user_id,
            idle_s,
        )
        await self._pool.run(
            """INSERT INTO sessions (session_id, user_id, channel, platform, sign_in_id)
               VALUES (%s, %s, 'text', %s, %s)
               ON CONFLICT (user_id) WHERE channel = 'text' AND ended_at IS NULL
               DO UPDATE SET sign_in_id = excluded.sign_in_id""",
            new_id,
            user_id,
            platform,
            sign_in_id,
        )
        return await self.find_text(user_id) or new_id

    async def find_text(self, user_id: str) -> str | None:
        """The user's open text session."""
        row = await self._pool.row(
            "SELECT session_id FROM sessions WHERE user_id = %s AND channel = 'text' AND ended_at IS NULL", user_id
        )
        return None if row is None else str(row["session_id"])

    async def get(self, session_id: str) -> Session:
        """Raises SessionNotFoundError."""
        row = await self._pool.row(
            """SELECT session_id, user_id, channel, platform, room_name, ended_at IS NOT NULL AS ended
               FROM sessions WHERE session_id = %s""",
            session_id,
        )
        if row is None:
            raise SessionNotFoundError
        return Session(**row)

    async def seen(self, session_id: str) -> None:
        """Note that the client has been told everything up to now."""
        await self._pool.run(
            "UPDATE sessions SET last_seen_at = now() WHERE session_id = %s AND ended_at IS NULL", session_id
        )

    async def end(self, session_id: str) -> None:
        """Mark a session as ended."""
        await self._pool.run(
            "UPDATE sessions SET ended_at = now() WHERE session_id = %s AND ended_at IS NULL", session_id
        )

    async def abandoned(self, most: int = 20) -> list[Session]:
        """Calls whose sign-in is over, as far as nobody has hung them up."""
        rows = await self._pool.rows(
            """SELECT session_id, s.user_id, channel, platform, room_name, false AS ended
               FROM sessions s JOIN sign_ins i USING (sign_in_id)
               WHERE s.channel = 'voice' AND s.ended_at IS NULL AND (i.ended_at IS NOT NULL OR i.ends_at <= now())
               ORDER BY session_id LIMIT %s""",
            most,
        )
        return [Session(**row) for row in rows]

    async def is_fresh(self, session_id: str, user_id: str, idle_s: float = IDLE_S) -> bool:
        """Whether this user's session is open, was used within `idle_s` seconds, and its sign-in is not over."""
        row = await self._pool.row(_FRESH, session_id, user_id, idle_s)
        return row is not None

    async def use(self, session_id: str, user_id: str, idle_s: float = IDLE_S) -> bool:
        """As `is_fresh`, and where it is, notes that the session was used; at most one write a second."""
        row = await self._pool.row(" ".join(_USE), session_id, user_id, idle_s)
        return row is not None
