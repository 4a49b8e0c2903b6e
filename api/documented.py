"""The OpenAPI description, made whole: who may call, how every refusal looks, and which ones to expect."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from fastapi.openapi.utils import get_openapi

from adapters.edge.keyed_requests import CHANGES
from adapters.edge.problems import MEDIA_TYPE
from domain.errors import (
    BankError,
    BodyTooLargeError,
    ForbiddenError,
    IdempotencyInProgressError,
    IdempotencyKeyInvalidError,
    IdempotencyKeyReusedError,
    InvalidRequestError,
    NotJsonError,
    RateLimitedError,
    SessionStaleError,
    SignInEndedError,
    TokenAudienceError,
    TokenExpiredError,
    TokenInvalidError,
    UnauthenticatedError,
    UnavailableError,
    UnsupportedMediaTypeError,
    every_error,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fastapi import FastAPI

_REF: Final = "#/components/schemas/Problem"
_SIGNED_IN: Final = (
    *(UnauthenticatedError, TokenInvalidError, TokenExpiredError, TokenAudienceError),
    *(SignInEndedError, SessionStaleError, ForbiddenError),
)
_READ: Final = (NotJsonError, BodyTooLargeError, UnsupportedMediaTypeError)
_KEYED: Final = (IdempotencyKeyInvalidError, IdempotencyInProgressError, IdempotencyKeyReusedError)
_KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "What is sent again under it is executed once; other content under it is refused.",
    "schema": {"type": "string", "pattern": "^[\\x21\\x23-\\x7e]{1,255}$"},
}
_NO_KEYS: Final = "/codec/"


def answers(shape: type[object], *errors: type[BankError], status: int = 200) -> dict[int | str, dict[str, Any]]:
    """For a route's `responses`: what it answers, and its own errors beside those that all routes share."""
    return {status: {"model": shape}, **refusals(*errors)}


def refusals(*errors: type[BankError]) -> dict[int | str, dict[str, Any]]:
    """The errors alone, for a route whose answer has a type."""
    return {error.status: _problem([each for each in errors if each.status == error.status]) for error in errors}


def document(app: FastAPI) -> None:
    """Let `/openapi.json` tell all of this."""
    app.openapi = partial(_described, app)


def _described(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        found = get_openapi(title=app.title, version=app.version, routes=app.routes)
        for path, verbs in found["paths"].items():
            for verb, operation in verbs.items():
                _complete(operation, verb.upper(), path)
        schemas = found.setdefault("components", {}).setdefault("schemas", {})
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        schemas["Problem"] = _schema()
        app.openapi_schema = found
    return app.openapi_schema


def _complete(operation: dict[str, Any], verb: str, path: str) -> None:
    responses: dict[str, Any] = operation["responses"]
    if MEDIA_TYPE not in responses.get("422", {}).get("content", {}):
        responses.pop("422", None)  # the framework's own form, which is never sent
    for answer in responses.values():
        for media in answer.get("content", {}).values():
            if "$ref" in media.get("schema", {}):
                media["schema"] = {"$ref": media["schema"]["$ref"]}
    if verb in CHANGES and "security" in operation and not path.startswith(_NO_KEYS):
        operation.setdefault("parameters", []).append(_KEY)
    for error in _shared(operation, verb, path):
        known = responses.setdefault(str(error.status), _problem([]))
        if f"`{error.code}`" not in known["description"]:
            known["description"] = ", ".join(filter(None, (known["description"], f"`{error.code}`")))


def _shared(operation: dict[str, Any], verb: str, path: str) -> Iterable[type[BankError]]:
    yield UnavailableError
    if "security" in operation:
        yield from _SIGNED_IN
    if verb in CHANGES or "security" in operation:
        yield RateLimitedError
    if verb in CHANGES and "security" in operation and not path.startswith(_NO_KEYS):
        yield from _KEYED
    if verb in CHANGES:
        yield from _READ
    if operation.get("parameters") or "requestBody" in operation:
        yield InvalidRequestError


def _problem(errors: Iterable[type[BankError]]) -> dict[str, Any]:
    described = ", ".join(dict.fromkeys(f"`{error.code}`" for error in errors))
    return {"description": described, "content": {MEDIA_TYPE: {"schema": {"$ref": _REF}}}}


def _schema() -> dict[str, Any]:
    """RFC 9457, with our members."""
    text = {"type": "string"}
    head = {"type": "string", "pattern": "^[0-9a-f]{12}$"}
    rule = {"type": "object", "properties": {"field": text, "rule": text}, "required": ["field", "rule"]}
    members = {
        "type": {"type": "string", "pattern": "^urn:countersign:problem:"},
        "title": text,
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": text,
        "code": {"type": "string", "enum": sorted({error.code for error in every_error()})},
        "sentence": {"type": "string", "description": "Fit to be spoken.", "minLength": 1},
        "trace_id": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
        "retry_after_s": {"type": "integer", "minimum": 1},
        "errors": {"type": "array", "items": rule},
        "digests": {"type": "object", "properties": {"recorded": head, "sent": head}, "required": ["recorded", "sent"]},
    }
    optional = {"retry_after_s", "errors", "digests"}
    return {
        "title": "Problem",
        "description": "A refusal (RFC 9457); `code` is stable.",
        "type": "object",
        "properties": members,
        "required": [name for name in members if name not in optional],
    }
