"""The ASGI endpoint of MCP: checks the token, keeps numbers exact, then lets the library speak.

A request of 2026-07-28 stands alone. Of the older handshake, a client that can be asked gets a session, for the
question goes out on its call's own stream; any other is served statelessly, and outlives a restart.
"""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import urlsplit

from mcp.server.auth.middleware.bearer_auth import AuthenticatedUser
from mcp.server.auth.provider import AccessToken
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings
from starlette.requests import Request

from adapters.edge.body_limit import LARGEST_BODY, replay
from adapters.edge.exact_json import loads_exact
from adapters.edge.problems import response
from domain.errors import BankError, MethodNotAllowedError
from mcp_tools.challenge import require
from mcp_tools.rounds import CALLER

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from starlette.types import Receive, Scope, Send

    from mcp_tools.guard import Caller, Guard
    from mcp_tools.protocol import Speaker

_SESSION: Final = "mcp-session-id"
_MOST_SESSIONS: Final = 1000
_EXACT: Final = ("arguments", "inputResponses")


class Endpoint:
    """`resource`: its canonical URI; the requests' Host must be that, or loopback (DNS rebinding)."""

    def __init__(self, speaker: Speaker, guard: Guard, resource: str) -> None:
        self._tools, self._guard = speaker.tools, guard
        server, security = speaker.server(), _hosts(resource)
        self._alone = StreamableHTTPSessionManager(
            server, json_response=True, stateless=True, security_settings=security, max_request_body_size=LARGEST_BODY
        )
        self._asked = StreamableHTTPSessionManager(
            server, security_settings=security, max_request_body_size=LARGEST_BODY, max_sessions=_MOST_SESSIONS
        )

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """While it may be called."""
        async with self._alone.run(), self._asked.run():
            yield

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; a bad token or body ends it as a problem."""
        request = Request(scope, receive)
        try:
            caller = await self._guard.caller(request.headers.get("authorization"))
            body, message = _exact(await request.body())
            self._check_scope(scope, caller, message)
            sessions = self._sessions(request, caller, message)
        except BankError as error:
            await response(error)(scope, receive, send)
            return
        scope[CALLER], scope["user"] = caller, _owner(caller)
        await sessions.handle_request(scope, replay(body, receive), send)

    def _check_scope(self, scope: Scope, caller: Caller, message: dict[str, Any]) -> None:
        """Before the library answers 200: a client that lacks a scope learns so from the status (RFC 6750)."""
        params = message.get("params")
        if message.get("method") == "tools/call" and isinstance(params, dict):
            entry = self._tools.get(str(cast("dict[str, Any]", params).get("name")))
            if entry is not None:
                require(scope, caller, entry.scope)

    def _sessions(self, request: Request, caller: Caller, message: dict[str, Any]) -> StreamableHTTPSessionManager:
        if _SESSION in request.headers:
            return self._asked
        if request.method == "GET":
            raise MethodNotAllowedError("there is no stream without a session")
        asks = message.get("method") == "initialize" and caller.outside and _can_be_asked(message)
        return self._asked if asks else self._alone


def _can_be_asked(message: dict[str, Any]) -> bool:
    params: Any = message.get("params")
    told = cast("dict[str, Any]", params) if isinstance(params, dict) else {}
    capabilities: Any = told.get("capabilities")
    return isinstance(capabilities, dict) and "elicitation" in capabilities


def _owner(caller: Caller) -> AuthenticatedUser:
    """Whom the library ties a session to: nobody else's token may use it."""
    principal = caller.principal
    return AuthenticatedUser(
        AccessToken(
            token="",  # nothing needs it there
            client_id=principal.client_id or "orchestrator",
            scopes=sorted(principal.scopes),
            subject=principal.user_id,
        )
    )


def _hosts(resource: str) -> TransportSecuritySettings:
    own = urlsplit(resource)
    return TransportSecuritySettings(
        enable_dns_rebinding_protection=True,
        allowed_hosts=["127.0.0.1:*", "localhost:*", own.netloc],
        allowed_origins=["http://127.0.0.1:*", "http://localhost:*", f"{own.scheme}://{own.netloc}"],
    )


def _exact(body: bytes) -> tuple[bytes, dict[str, Any]]:
    """The body with the digits of its amounts as they were written, and what it says where it is one message."""
    if not body:
        return body, {}
    exact, message = loads_exact(body), json.loads(body)
    if not isinstance(message, dict):
        return body, {}
    told = cast("dict[str, Any]", message)
    params = told.get("params")
    if not isinstance(params, dict) or not any(name in params for name in _EXACT):
        return body, told
    params |= {name: exact["params"][name] for name in _EXACT if name in params}
    return json.dumps(told).encode(), told
