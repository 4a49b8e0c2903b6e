"""What a client is told that may not call: where to get a token, and what it must allow (RFC 6750, RFC 9728)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from fastapi import APIRouter
from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse

from adapters.tokens import SCOPES
from domain.errors import ForbiddenError

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from mcp_tools.guard import Caller

_LACKS: Final = "countersign.lacks"
_FIRST: Final = "read"
"""What a client is told to ask for first; more when a call needs it, so that nobody allows more than they use."""


def require(scope: Scope, caller: Caller, wanted: str) -> None:
    """Raises ForbiddenError, and has the answer's challenge say which scope the token lacks."""
    if wanted not in caller.principal.scopes:
        scope[_LACKS] = wanted
        raise ForbiddenError(f"this token lacks the scope {wanted}")


def metadata_url(resource: str) -> str:
    """Where the metadata of this resource stand (RFC 9728, section 3.1)."""
    parts = urlsplit(resource)
    return f"{parts.scheme}://{parts.netloc}/.well-known/oauth-protected-resource{parts.path}"


def metadata(resource: str, issuer: str) -> APIRouter:
    """The resource's own description, at its path and at the root; any site's script may read it."""
    router = APIRouter()
    body: dict[str, Any] = {
        "resource": resource,
        "authorization_servers": [issuer],
        "scopes_supported": list(SCOPES),
        "bearer_methods_supported": ["header"],
        "resource_name": "Countersign",
    }

    @router.get("/.well-known/oauth-protected-resource/mcp")
    @router.get("/.well-known/oauth-protected-resource")
    async def described() -> JSONResponse:
        return JSONResponse(body, headers={"Access-Control-Allow-Origin": "*"})

    return router


class Challenges:
    """Adds to every 401, and to a 403 for want of a scope, where a token that would do is to be had."""

    def __init__(self, app: ASGIApp, resource: str) -> None:
        self._app = app
        self._metadata = f'resource_metadata="{metadata_url(resource)}"'

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""

        async def challenged(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in {401, 403}:
                self._challenge(scope, MutableHeaders(scope=message), int(message["status"]))
            await send(message)

        await self._app(scope, receive, challenged)

    def _challenge(self, scope: Scope, headers: MutableHeaders, status: int) -> None:
        if status == 401:
            before = headers.get("WWW-Authenticate", "Bearer")
            joined = ", " if before != "Bearer" else " "
            headers["WWW-Authenticate"] = f'{before}{joined}{self._metadata}, scope="{_FIRST}"'
        elif lacks := scope.get(_LACKS):
            about = f'error="insufficient_scope", scope="{lacks}"'
            headers["WWW-Authenticate"] = f"Bearer {about}, {self._metadata}"
