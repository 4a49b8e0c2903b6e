"""Who may call which tool: a fresh service token for this audience, with the tool's scope."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from starlette.datastructures import Headers

from adapters.edge.bearer import token_of
from adapters.edge.rate_limits import Limit, address_of
from adapters.tokens import Principal, ServiceTokenVerifier
from domain.errors import ForbiddenError, SessionStaleError, UnauthenticatedError

if TYPE_CHECKING:
    from starlette.types import Scope


class FreshSessions(Protocol):
    """Whether a session is open."""

    async def is_fresh(self, session_id: str, user_id: str) -> bool:
        """True while the user's session is open and not idle for too long."""
        ...

    async def touch(self, session_id: str) -> None:
        """Note that it was used."""
        ...


@dataclass(frozen=True, slots=True)
class Caller:
    """A checked caller. `token` is its own, to be handed on, never logged."""

    principal: Principal
    token: str

    @property
    def user_id(self) -> str:
        """On whose behalf."""
        return self.principal.user_id

    def require(self, scope: str) -> None:
        """Raises ForbiddenError without this scope."""
        if scope not in self.principal.scopes:
            raise ForbiddenError(f"this token lacks the scope {scope}")


class Guard:
    """Checks the bearer token of every call."""

    def __init__(self, verifier: ServiceTokenVerifier, sessions: FreshSessions) -> None:
        self._verifier = verifier
        self._sessions = sessions

    async def caller(self, authorization: str | None) -> Caller:
        """Raises UnauthenticatedError or one of its kinds, or SessionStaleError."""
        token = token_of(authorization)
        principal = self._verifier.verify(token)
        if not await self._sessions.is_fresh(principal.session_id, principal.user_id):
            raise SessionStaleError
        await self._sessions.touch(principal.session_id)
        return Caller(principal, token)

    def limit_of(self, rates: str) -> Callable[[Scope], Awaitable[Limit | None]]:
        """Strangers are counted by address. The orchestrator's tokens are not, only its tool calls, by customer."""

        async def rule(scope: Scope) -> Limit | None:
            if scope["path"] == "/health":
                return None
            try:
                self._verifier.verify(token_of(Headers(scope=scope).get("authorization")))
            except UnauthenticatedError:
                return Limit("anonymous", f"anonymous:{address_of(scope)}", rates)
            return None

        return rule
