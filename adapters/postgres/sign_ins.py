"""Who is signed in where: sign-ins, each the family of its refresh tokens. Conversations are in `sessions.py`."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from psycopg.types.json import Jsonb
from uuid_utils import uuid7

from domain.errors import SignInEndedError, SignInNotFoundError, by_code

if TYPE_CHECKING:
    from adapters.postgres.pool import Pool
    from adapters.tokens import Principal

LONGEST_AGENT: Final = 120


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in with the refresh token to hand out, which is kept nowhere."""

    sign_in_id: str
    user_id: str
    ends_at: datetime
    refresh_token: str = field(repr=False)


class PgSignIns:
    """`lives_s`, `idle_s`: after how many seconds, in all or unused, a sign-in is over; `grace_s`: for a lost reply."""

    def __init__(self, pool: Pool, *, lives_s: float, idle_s: float, grace_s: float) -> None:
        self._pool = pool
        self._lives_s, self._idle_s, self._grace_s = lives_s, idle_s, grace_s

    async def begin(self, user_id: str, method: str, agent: str, address: str) -> Begun:
        """New. `method`: password, alone or with +totp or +recovery, or passkey; `agent`: the client's name."""
        sign_in_id, refresh = str(uuid7()), secrets.token_urlsafe(32)
        row = await self._pool.row(
            "SELECT begin_sign_in(%s, %s, %s, %s, %s, %s, %s) AS ends_at",
            sign_in_id,
            user_id,
            method,
            trimmed(agent),
            address,
            self._lives_s,
            _digest(refresh),
        )
        return Begun(sign_in_id, user_id, (row or {})["ends_at"], refresh)

    async def rotate(self, refresh: str, request_id: str = "") -> Begun:
        """The next refresh token for this one. Raises RefreshInvalidError, RefreshReusedError or SignInEndedError."""
        following = secrets.token_urlsafe(32)
        row = await self._pool.row(
            "SELECT * FROM rotate_refresh(%s, %s, %s, %s, %s)",
            _digest(refresh),
            _digest(following),
            _digest(request_id) if request_id else None,
            self._grace_s,
            self._idle_s,
        )
        if row is None or row["code"] != "ok":
            raise by_code("" if row is None else str(row["code"]))
        return Begun(row["id"], row["of_user"], row["over"], following)

    async def require(self, who: Principal, *, by_hand: bool = True) -> None:
        """Raises SignInEndedError where the sign-in is over, or its user's role is not the token's any more.

        What is not done `by_hand` does not keep it from falling idle.
        """
        row = await self._pool.row(
            """SELECT s.last_used_at < now() - interval '1 minute' AS unnoted
               FROM sign_ins s JOIN users u USING (user_id)
               WHERE s.sign_in_id = %s AND s.user_id = %s AND u.role = %s AND s.ended_at IS NULL AND s.ends_at > now()
                 AND s.last_used_at >= now() - make_interval(secs => %s)""",
            who.sign_in_id,
            who.user_id,
            who.role,
            self._idle_s,
        )
        if row is None:
            raise SignInEndedError
        if by_hand and row["unnoted"]:
            await self._pool.run(
                "UPDATE sign_ins SET last_used_at = now() WHERE sign_in_id = %s AND ended_at IS NULL", who.sign_in_id
            )

    async def age_s(self, sign_in_id: str) -> float:
        """Seconds since somebody signed in; endless where nobody did. Refreshing makes it no younger."""
        row = await self._pool.row(
            "SELECT extract(epoch FROM now() - created_at)::float AS s FROM sign_ins WHERE sign_in_id = %s",
            sign_in_id,
        )
        return float("inf") if row is None else float(row["s"])

    async def open_of(self, user_id: str, first: str = "") -> list[dict[str, Any]]:
        """Where the user is signed in: `first`, then the newest; at most 200."""
        return await self._pool.rows(
            """SELECT sign_in_id, method, agent, created_at, last_used_at,
                      least(ends_at, last_used_at + make_interval(secs => %s)) AS ends_at
               FROM sign_ins WHERE user_id = %s AND ended_at IS NULL AND ends_at > now()
                 AND last_used_at >= now() - make_interval(secs => %s)
               ORDER BY sign_in_id = %s DESC, created_at DESC, sign_in_id LIMIT 200""",
            self._idle_s,
            user_id,
            self._idle_s,
            first,
        )

    async def end(self, user_id: str, sign_in_id: str, why: str = "signed_out") -> None:
        """At once. Raises SignInNotFoundError where there is none of the user's that is still open."""
        if not await self._end(user_id, sign_in_id, why):
            raise SignInNotFoundError

    async def end_all(self, user_id: str, why: str = "signed_out") -> int:
        """How many there were."""
        return await self._end(user_id, None, why)

    async def note(self, who: str, what: str, about: str, **detail: str) -> None:
        """An audit row for what leads to no sign-in: sign_in.refused, sign_in.throttled or totp.refused."""
        await self._pool.row("SELECT note_identity(%s, %s, %s, %s)", who, what, about, Jsonb(detail))

    async def _end(self, user_id: str, sign_in_id: str | None, why: str) -> int:
        row = await self._pool.row("SELECT end_sign_ins(%s, %s, %s) AS ended", user_id, sign_in_id, why)
        return int((row or {})["ended"])


def trimmed(agent: str) -> str:
    """What a client calls itself, as one short printable line."""
    return " ".join("".join(c if c.isprintable() else " " for c in agent).split())[:LONGEST_AGENT]


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
