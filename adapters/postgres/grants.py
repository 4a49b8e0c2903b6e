"""What persons have allowed MCP clients of theirs: single-use codes, and the grants that these give."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from uuid_utils import uuid7

from adapters.postgres.sign_ins import Begun, trimmed

if TYPE_CHECKING:
    from adapters.postgres.pool import Pool

CODE_S: Final = 60.0
"""A code is good for a minute, once (RFC 6749, section 4.1.2: at most ten)."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """What somebody said yes to on the page."""

    user_id: str
    client_id: str
    client_name: str
    redirect_uri: str
    challenge: str
    scopes: tuple[str, ...]


class PgGrants:
    """As the api. `lives_s`: after how many seconds a grant is over, however busy."""

    def __init__(self, pool: Pool, *, lives_s: float) -> None:
        self._pool = pool
        self._lives_s = lives_s

    async def issue(self, allowed: Allowed) -> str:
        """A new code; only its digest is kept."""
        code = secrets.token_urlsafe(32)
        await self._pool.row(
            "SELECT issue_code(%s, %s, %s, %s, %s, %s, %s, %s)",
            _digest(code),
            allowed.user_id,
            _digest(allowed.client_id),
            trimmed(allowed.client_name),
            allowed.redirect_uri,
            allowed.challenge,
            list(allowed.scopes),
            CODE_S,
        )
        return code

    async def redeem(
        self, code: str, client_id: str, redirect_uri: str, challenge: str
    ) -> tuple[Begun, tuple[str, ...]] | None:
        """The grant, as a sign-in, and its scopes; None where the code is not this client's, not fresh, or not new."""
        sign_in_id, refresh = str(uuid7()), secrets.token_urlsafe(32)
        row = await self._pool.row(
            "SELECT * FROM redeem_code(%s, %s, %s, %s, %s, %s, %s)",
            _digest(code),
            _digest(client_id),
            redirect_uri,
            challenge,
            sign_in_id,
            self._lives_s,
            _digest(refresh),
        )
        if row is None or row["of_user"] is None:
            return None
        return Begun(sign_in_id, row["of_user"], row["over"], refresh), tuple(row["allowed"])

    async def scopes_of(self, refresh: str, client_id: str) -> tuple[str, ...]:
        """What the grant of this refresh token allows this client; nothing where it is of none, or another's."""
        row = await self._pool.row("SELECT * FROM grant_of(%s)", _digest(refresh))
        if row is None or row["client"] is None or bytes(row["client"]) != _digest(client_id):
            return ()
        return tuple(row["scopes"])

    async def is_grant(self, refresh: str) -> bool:
        """Whether this refresh token is an MCP client's: it gives nothing but tokens for the tools."""
        row = await self._pool.row("SELECT client IS NOT NULL AS yes FROM grant_of(%s)", _digest(refresh))
        return row is not None and bool(row["yes"])


class PgOpenGrants:
    """As mcp_tools. `idle_s`: a grant that nobody refreshed for so long is over."""

    def __init__(self, pool: Pool, idle_s: float) -> None:
        self._pool = pool
        self._idle_s = idle_s

    async def is_open(self, sign_in_id: str, user_id: str) -> bool:
        """Whether the person has not signed out of it, and it has not run out."""
        row = await self._pool.row(
            """SELECT FROM sign_ins WHERE sign_in_id = %s AND user_id = %s AND method = 'mcp' AND ended_at IS NULL
               AND ends_at > now() AND last_used_at >= now() - make_interval(secs => %s)""",
            sign_in_id,
            user_id,
            self._idle_s,
        )
        return row is not None


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
