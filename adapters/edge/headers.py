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
_CDN: Final = "https://cdn.jsdelivr.net"
_DOCS_POLICY: Final = (
    f"default-src 'none'; connect-src 'self'; script-src {_CDN} 'unsafe-inline'; style-src {_CDN} 'unsafe-inline'; "
    "img-src data: https://fastapi.tiangolo.com; worker-src blob:; frame-ancestors 'none'"
)
_DOCS: Final = frozenset({"/docs", "/redoc"})


class SecurityHeaders:
    """Adds HEADERS where a route has not set its own. The documentation's pages may load their script and style."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if scope["path"] in _DOCS:
                    headers.setdefault("Content-Security-Policy", _DOCS_POLICY)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, guarded)
