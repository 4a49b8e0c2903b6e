"""What every answer carries: nothing of it may be kept, framed, guessed at, or told to other sites."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.datastructures import MutableHeaders

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
TLS_HEADERS: Final = {"Strict-Transport-Security": "max-age=63072000; includeSubDomains"}
"""Only over TLS (RFC 6797, section 7.2)."""


class SecurityHeaders:
    """Adds HEADERS where a route has not set its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in (HEADERS | (TLS_HEADERS if scope["scheme"] == "https" else {})).items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, guarded)
