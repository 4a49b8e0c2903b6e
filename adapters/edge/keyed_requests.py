"""The Idempotency-Key header on whatever changes something, route by route the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.datastructures import Headers
from starlette.responses import Response

from adapters.edge.body_limit import replay
from adapters.edge.idempotency import HEADER, REPLAYED, Keyed, canonical, key_in
from adapters.edge.problems import response
from adapters.postgres.idempotency import Result
from domain.errors import BankError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from adapters.edge.idempotency import Idempotency

CHANGES: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class KeyedRequests:
    """Stands inside BodyLimit. `caller_of` names who asks; an unknown caller's key is not looked at.

    So nothing is kept of a login. `idempotency_of` is asked once a request, when all is open.
    """

    def __init__(
        self,
        app: ASGIApp,
        edge: str,
        idempotency_of: Callable[[Scope], Idempotency],
        caller_of: Callable[[Scope], Awaitable[str]],
    ) -> None:
        self._app = app
        self._edge = edge
        self._idempotency_of = idempotency_of
        self._caller_of = caller_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        sent = Headers(scope=scope).getlist(HEADER) if _changes(scope) else []
        user_id = await self._caller_of(scope) if sent else ""
        if not user_id:
            await self._app(scope, receive, send)
            return
        answer = await self._answer(scope, receive, user_id, sent)
        await answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, user_id: str, sent: list[str]) -> ASGIApp:
        body = await _body(receive)
        answered: list[Message] = []

        async def hold_back(message: Message) -> None:
            answered.append(message)

        async def execute() -> Result:
            await self._app(scope, replay(body, receive), hold_back)
            return _result(answered)

        try:
            keyed = Keyed(self._edge, user_id, key_in(sent), _content(scope, body))
            result, _ = await self._idempotency_of(scope).once(keyed, execute)
        except BankError as error:
            return response(error)
        if answered:
            return _Answer(answered)
        return Response(result.body, result.status, {REPLAYED: "true"}, result.media_type or None)


class _Answer:
    """An answer that was held back until it was kept, sent as it was."""

    def __init__(self, messages: list[Message]) -> None:
        self._messages = messages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del scope, receive
        for message in self._messages:
            await send(message)


def _changes(scope: Scope) -> bool:
    return scope["type"] == "http" and scope["method"] in CHANGES


def _content(scope: Scope, body: bytes) -> bytes:
    target = scope["path"].encode() + b"?" + scope.get("query_string", b"")
    return b"\n".join((scope["method"].encode(), target, canonical(body)))


async def _body(receive: Receive) -> bytes:
    body, more = bytearray(), True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            break
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return bytes(body)


def _result(answered: list[Message]) -> Result:
    head = answered[0]
    headers = Headers(raw=head["headers"])
    body = b"".join(message.get("body", b"") for message in answered[1:])
    return Result(int(head["status"]), headers.get("content-type", ""), body)
