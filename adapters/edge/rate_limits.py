"""Who may ask how often, before anything is looked at but the token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from starlette.datastructures import MutableHeaders

from adapters.edge.addresses import household
from adapters.edge.limiter import headers_of, refusal_of
from adapters.edge.problems import response

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from adapters.edge.limiter import Limiter

_SERVER_FAULT: Final = 500


@dataclass(frozen=True, slots=True)
class Limit:
    """Which windows a request counts against. `subject` tells callers apart; `name` is told to them.

    With `refund_below` an answer with a lower status is not counted; an answer with 500 or more never is.
    """

    name: str
    subject: str
    rates: str
    refund_below: int = 0


class RateLimits:
    """Asks `rule` which limit a request comes under; None is no limit."""

    def __init__(self, app: ASGIApp, limiter: Limiter, rule: Callable[[Scope], Awaitable[Limit | None]]) -> None:
        self._app = app
        self._limiter = limiter
        self._rule = rule

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection, or answer with a 429 problem."""
        limit = await self._rule(scope) if scope["type"] == "http" else None
        member = uuid4().hex
        verdict = await self._limiter.hit(limit.subject, limit.rates, member) if limit else None
        if limit is None or verdict is None:
            await self._app(scope, receive, send)
            return
        told = headers_of(verdict, limit.name)
        if not verdict.allowed:
            await response(refusal_of(verdict), headers=told)(scope, receive, send)
            return
        answered = _Answered(send, told)
        try:
            await self._app(scope, receive, answered)
        finally:
            if answered.status >= _SERVER_FAULT or answered.status < limit.refund_below:
                await self._limiter.forget(limit.subject, limit.rates, member)


class _Answered:
    """Passes an answer on with more headers, and remembers its status; 500 until there is one."""

    def __init__(self, send: Send, told: dict[str, str]) -> None:
        self._send = send
        self._told = told
        self.status = _SERVER_FAULT

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = int(message["status"])
            MutableHeaders(scope=message).update(self._told)
        await self._send(message)


def address_of(scope: Scope) -> str:
    """Who is at the other end."""
    client: Any = scope.get("client")
    return household(str(client[0]) if client else "")
