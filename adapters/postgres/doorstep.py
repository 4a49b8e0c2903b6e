"""What the text door must know before it listens, in one look: whose words they are, and what they may answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.postgres.elicitations import request_of
from domain.errors import SessionNotFoundError, SessionStaleError

if TYPE_CHECKING:
    from adapters.postgres.pool import Pool
    from domain.elicitation import ElicitationRequest


@dataclass(frozen=True, slots=True)
class Waiting:
    """A question that waits on the customer, and the session that asked it."""

    session_id: str
    request: ElicitationRequest


@dataclass(frozen=True, slots=True)
class Doorstep:
    """`payees`: names to listen for; `waiting`: oldest first; `settled`: the question that this very turn answered."""

    payees: tuple[str, ...]
    waiting: tuple[Waiting, ...]
    settled: str = ""


class PgDoorstep:
    """One statement a turn: all of it is as it was at one moment."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def enter(self, session_id: str, user_id: str, sign_in_id: str, turn_id: str) -> Doorstep:
        """Note that this sign-in uses the session now, and what is found there; when it ends, so does the session.

        Raises SessionNotFoundError where it is not the user's, SessionStaleError where it has ended.
        """
        row = await self._pool.row(
            """WITH adopted AS (
                   UPDATE sessions SET last_seen_at = now(), sign_in_id = %s
                   WHERE session_id = %s AND user_id = %s AND ended_at IS NULL
                     AND (last_seen_at < now() - interval '1 second' OR sign_in_id <> %s))
               SELECT s.ended_at IS NOT NULL AS ended,
                   ARRAY(SELECT name FROM payees p WHERE p.user_id = s.user_id ORDER BY name) AS payees,
                   ARRAY(SELECT jsonb_build_array(e.session_id, e.request) FROM elicitations e
                         WHERE e.user_id = s.user_id AND e.state IN ('created', 'pending', 'processing')
                           AND e.type <> 'supervisor_approval' ORDER BY e.created_at, e.elicitation_id) AS waiting,
                   coalesce((SELECT e.elicitation_id FROM elicitations e
                             WHERE e.user_id = s.user_id AND e.response_id = %s
                               AND e.type <> 'supervisor_approval' LIMIT 1), '') AS settled
               FROM sessions s WHERE s.session_id = %s AND s.user_id = %s""",
            *(sign_in_id, session_id, user_id, sign_in_id),
            *(turn_id, session_id, user_id),
        )
        if row is None:
            raise SessionNotFoundError
        if row["ended"]:
            raise SessionStaleError
        waiting = tuple(Waiting(asker, request_of(request)) for asker, request in row["waiting"])
        return Doorstep(tuple(row["payees"]), waiting, row["settled"])
