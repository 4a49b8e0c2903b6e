"""Errors as RFC 9457 problem details: stable code, spoken sentence, trace id, and nothing of what was sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, cast
from uuid import uuid4

import psycopg
import psycopg_pool
import redis.exceptions
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from opentelemetry import trace
from starlette.exceptions import HTTPException
from temporalio.service import RPCError

from adapters.edge.headers import HEADERS
from domain.errors import (
    BankError,
    BodyTooLargeError,
    FormInvalidError,
    IdempotencyConflictError,
    InvalidRequestError,
    MethodNotAllowedError,
    NotJsonError,
    RateLimitedError,
    RouteNotFoundError,
    UnauthenticatedError,
    UnavailableError,
    UnsupportedMediaTypeError,
)

if TYPE_CHECKING:
    from fastapi import FastAPI, Request

MEDIA_TYPE: Final = "application/problem+json"
_BY_STATUS: Final[dict[int, type[BankError]]] = {
    400: NotJsonError,
    404: RouteNotFoundError,
    405: MethodNotAllowedError,
    413: BodyTooLargeError,
    415: UnsupportedMediaTypeError,
    422: InvalidRequestError,
}
DOWN: Final = (
    psycopg.OperationalError,
    psycopg_pool.PoolTimeout,
    psycopg_pool.PoolClosed,
    redis.exceptions.ConnectionError,
    redis.exceptions.TimeoutError,
    RPCError,
    ConnectionError,
    TimeoutError,
)


def trace_id() -> str:
    """The current trace's id in hex; one of its own where nothing is traced."""
    current = trace.get_current_span().get_span_context()
    return f"{current.trace_id:032x}" if current.is_valid else uuid4().hex


def as_bank_error(error: Exception) -> BankError:
    """What a failure means to a caller: itself, a server that is down, or an error of ours."""
    if isinstance(error, BankError):
        return error
    if isinstance(error, UnicodeEncodeError):  # half a character, which JSON can write and UTF-8 cannot
        return InvalidRequestError("text must be well-formed Unicode")
    if isinstance(error, DOWN):
        return UnavailableError(f"a server behind this one did not answer ({type(error).__name__})")
    return BankError(f"unexpected {type(error).__name__}")


def problem(error: BankError, errors: Sequence[dict[str, str]] = ()) -> dict[str, Any]:
    """The body. `errors` names fields and rules, never values."""
    body: dict[str, Any] = {
        "type": f"urn:countersign:problem:{error.code}",
        "title": error.code.replace("_", " ").capitalize(),
        "status": error.status,
        "detail": error.detail,
        "code": error.code,
        "sentence": error.sentence,
        "trace_id": trace_id(),
    }
    return body | more_of(error) | ({"errors": list(errors)} if errors else {})


def more_of(error: BankError) -> dict[str, Any]:
    """What only some errors have: when to come again; by which digests two requests of one id differ."""
    more: dict[str, Any] = {"retry_after_s": error.retry_after_s} if error.retry_after_s > 0 else {}
    if isinstance(error, IdempotencyConflictError) and all(error.digests):
        more["digests"] = dict(zip(("recorded", "sent"), error.digests, strict=True))
    return more


def response(
    error: BankError, errors: Sequence[dict[str, str]] = (), headers: dict[str, str] | None = None
) -> JSONResponse:
    """The whole answer, with the challenge that a 401 owes (RFC 6750)."""
    headers = HEADERS | (headers or {})  # a 500 is answered outside of all middleware
    if error.retry_after_s > 0:
        headers["Retry-After"] = str(error.retry_after_s)
    if isinstance(error, UnauthenticatedError) or error.status == UnauthenticatedError.status:
        headers["WWW-Authenticate"] = _challenge(error)
    if isinstance(error, RateLimitedError):
        headers["Retry-After"] = str(error.retry_after_s)
    return JSONResponse(problem(error, errors), error.status, headers, MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Let every failure of this application leave as a problem."""
    for kind in (BankError, *DOWN, UnicodeEncodeError, Exception):
        app.add_exception_handler(kind, _any)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)


def _challenge(error: BankError) -> str:
    if error.code == UnauthenticatedError.code:
        return 'Bearer realm="countersign"'
    return f'Bearer realm="countersign", error="invalid_token", error_description="{error.code}"'


async def _any(_: Request, error: Exception) -> JSONResponse:
    known = as_bank_error(error)
    fields = known.fields if isinstance(known, FormInvalidError) else {}
    return response(known, [{"field": name, "rule": rule} for name, rule in fields.items()])


async def _http(_: Request, error: Exception) -> JSONResponse:
    failure = cast("HTTPException", error)
    kind = _BY_STATUS.get(failure.status_code)
    known = kind() if kind else BankError(f"HTTP status {failure.status_code}")
    allowed = {name: value for name, value in (failure.headers or {}).items() if name.lower() == "allow"}
    return response(known, headers=allowed)


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    found = cast("Sequence[dict[str, Any]]", cast("RequestValidationError", error).errors())
    if any(entry["type"] == "json_invalid" for entry in found):
        return response(NotJsonError("the body is not JSON"))
    errors = [{"field": ".".join(map(str, entry["loc"])), "rule": str(entry["type"])} for entry in found]
    return response(InvalidRequestError("the request does not fit its schema"), errors)
