"""Which other sites' pages may call, by list; nobody's cookies, and each list for its own paths."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.middleware.cors import CORSMiddleware

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.types import ASGIApp, Receive, Scope, Send

_METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
_SENT: Final = ("Authorization", "Content-Type", "Idempotency-Key", "Last-Event-ID", "X-Namespace")
_READ: Final = ("Idempotency-Replayed", "RateLimit", "RateLimit-Policy", "Retry-After")


class Cors:
    """`special` maps a path's beginning to the origins that may call there instead of `origins`."""

    def __init__(self, app: ASGIApp, origins: Sequence[str], special: Mapping[str, Sequence[str]]) -> None:
        self._usual = _allowing(app, origins)
        self._special = {prefix: _allowing(app, allowed) for prefix, allowed in special.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        path: str = scope.get("path", "")
        chosen = next((app for prefix, app in self._special.items() if path.startswith(prefix)), self._usual)
        await chosen(scope, receive, send)


def _allowing(app: ASGIApp, origins: Sequence[str]) -> ASGIApp:
    return CORSMiddleware(
        app, allow_origins=list(origins), allow_methods=_METHODS, allow_headers=_SENT, expose_headers=_READ
    )
