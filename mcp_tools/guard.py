"""Who may call which tool: a fresh service token for this audience, with the tool's scope."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from starlette.datastructures import Headers

from adapters.edge.bearer import token_of
from adapters.edge.rate_limits import Limit, address_of
from adapters.tokens import GrantTokens, Principal, ServiceTokenVerifier, is_grant_token
from domain.errors import ForbiddenError, SessionStaleError, SignInEndedError, UnauthenticatedError

if TYPE_CHECKING:
    from starlette.types import Scope


class FreshSessions(Protocol):
    """Whether a session is open."""

    async def use(self, session_id: str, user_id: str) -> bool:
        """True while the user's session is open and not idle for too long; then it is noted that it was used."""
        ...


class OpenGrants(Protocol):
    """Whether what a person allowed an MCP client still holds."""

    async def is_open(self, sign_in_id: str, user_id: str) -> bool:
        """True until the person signs out of it, or it runs out."""
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

    @property
    def outside(self) -> bool:
        """Whether an MCP client calls that is not the bank's own."""
        return bool(self.principal.client_id)

    @property
    def session_id(self) -> str:
        """The conversation, or the session that an MCP client's grant is."""
        return self.principal.session_id or f"mcp-{self.principal.sign_in_id}"

    def require(self, scope: str) -> None:
        """Raises ForbiddenError without this scope."""
        if scope not in self.principal.scopes:
            raise ForbiddenError(f"this token lacks the scope {scope}")


class Guard:
    """Checks the bearer token of every call: the orchestrator's, or one that a person's own MCP client was given."""

    def __init__(
        self, verifier: ServiceTokenVerifier, sessions: FreshSessions, tokens: GrantTokens, grants: OpenGrants
    ) -> None:
        self._verifier, self._sessions = verifier, sessions
        self._tokens, self._grants = tokens, grants

    async def caller(self, authorization: str | None) -> Caller:
        """Raises UnauthenticatedError or one of its kinds, or SessionStaleError."""
        token = token_of(authorization)
        principal = self._verified(token)
        if principal.client_id:
            if not await self._grants.is_open(principal.sign_in_id, principal.user_id):
                raise SignInEndedError
            return Caller(principal, token)
        if not await self._sessions.use(principal.session_id, principal.user_id):
            raise SessionStaleError
        return Caller(principal, token)

    def limit_of(self, rates: str) -> Callable[[Scope], Awaitable[Limit | None]]:
        """Strangers are counted by address. Bearers of a good token are not, only their tool calls, by customer."""

        async def rule(scope: Scope) -> Limit | None:
            if scope["path"] == "/health" or scope["path"].startswith("/.well-known/"):
                return None
            try:
                self._verified(token_of(Headers(scope=scope).get("authorization")))
            except UnauthenticatedError:
                return Limit("anonymous", f"anonymous:{address_of(scope)}", rates)
            return None

        return rule

    def _verified(self, token: str) -> Principal:
        return self._tokens.verify(token) if is_grant_token(token) else self._verifier.verify(token)
