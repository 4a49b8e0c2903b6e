"""What comes in a body is JSON as RFC 8259 has it, of text that can be kept; anything else is refused here."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NoReturn, cast

from starlette.datastructures import Headers

from adapters.edge.body_limit import replay
from adapters.edge.problems import response
from domain.errors import BankError, InvalidRequestError, NotJsonError, UnsupportedMediaTypeError

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

_JSON: Final = "application/json"


class StrictJson:
    """Stands inside BodyLimit, which has read the body already. A request without one is not looked at.

    `forms`: the paths below which bodies are not JSON but what an HTML form sends; their routes read it.
    """

    def __init__(self, app: ASGIApp, forms: tuple[str, ...] = ()) -> None:
        self._app, self._forms = app, forms

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection, or answer with a 400, 415 or 422 problem."""
        if scope["type"] != "http" or str(scope["path"]).startswith(self._forms):
            await self._app(scope, receive, send)
            return
        message = await receive()
        body: bytes = message.get("body", b"")
        try:
            if body:
                _check(Headers(scope=scope).get("content-type", ""), body)
        except BankError as error:
            await response(error)(scope, receive, send)
            return
        await self._app(scope, replay(body, receive), send)


def _check(content_type: str, body: bytes) -> None:
    if content_type.partition(";")[0].strip().lower() != _JSON:
        raise UnsupportedMediaTypeError("the body must be application/json")
    try:
        value: object = json.loads(body.decode(), parse_constant=_none)
    except (ValueError, RecursionError) as error:
        raise NotJsonError("the body is not JSON") from error
    if not all(map(_can_be_kept, _texts(value))):
        raise InvalidRequestError("text must be well-formed Unicode, without NUL")


def _none(constant: str) -> NoReturn:
    raise ValueError(constant)  # NaN and Infinity are Python's, not JSON's


def _texts(value: object) -> list[str]:
    """Every key and every text, however deep: not by recursion, which a sender could exhaust."""
    found: list[str] = []
    left: list[Any] = [value]
    while left:
        each = left.pop()
        if isinstance(each, str):
            found.append(each)
        elif isinstance(each, dict):
            found += cast("dict[str, Any]", each)
            left += cast("dict[str, Any]", each).values()
        elif isinstance(each, list):
            left += cast("list[Any]", each)
    return found


def _can_be_kept(text: str) -> bool:
    """No half characters, which JSON can write and UTF-8 cannot; no NUL, which Postgres does not keep."""
    return "\0" not in text and not any("\ud800" <= each <= "\udfff" for each in text)
