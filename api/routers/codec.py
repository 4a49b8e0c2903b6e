"""Decodes payloads for Temporal's web UI (its remote codec protocol). For compliance alone."""

from typing import Any, Final

from fastapi import APIRouter, Request
from google.protobuf.json_format import MessageToDict, ParseDict, ParseError
from pydantic import ValidationError
from temporalio.api.common.v1 import Payload, Payloads

from adapters.edge.exact_json import object_of
from api.documented import answers
from api.security import Auditor, Use
from api.shapes import Payloads as Described
from domain.errors import InvalidRequestError

router = APIRouter(prefix="/codec")
_REF: Final = {"$ref": "#/components/schemas/Payloads"}
_BODY: Final = {"requestBody": {"required": True, "content": {"application/json": {"schema": _REF}}}}


@router.post("/decode", responses=answers(Described, InvalidRequestError), openapi_extra=_BODY)
async def decode(request: Request, who: Auditor, services: Use) -> dict[str, Any]:
    """Plain payloads for encrypted ones."""
    del who
    return _shown(await services.codec.decode(list(_given(await request.body()).payloads)))


@router.post("/encode", responses=answers(Described, InvalidRequestError), openapi_extra=_BODY)
async def encode(request: Request, who: Auditor, services: Use) -> dict[str, Any]:
    """Encrypted payloads for plain ones."""
    del who
    return _shown(await services.codec.encode(list(_given(await request.body()).payloads)))


def _given(body: bytes) -> Payloads:
    try:
        given = Described.model_validate(object_of(body), strict=True)
        return ParseDict(given.model_dump(), Payloads())
    except (ValidationError, ParseError) as error:
        raise InvalidRequestError("the body must be Temporal's Payloads") from error


def _shown(payloads: list[Payload]) -> dict[str, Any]:
    return MessageToDict(Payloads(payloads=payloads))
