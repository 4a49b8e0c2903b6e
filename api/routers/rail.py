"""The rail's own door: what happened to payments to other banks, told by signed webhooks."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Header, Request
from pydantic import BaseModel

from adapters.edge.rate_limits import address_of
from api.documented import answers
from api.security import Use
from api.shapes import WebhookTaken
from domain.errors import (
    RailContradictionError,
    RailMismatchError,
    RailPaymentUnknownError,
    WebhookReusedError,
    WebhookSignatureError,
    WebhookTooOldError,
)

router = APIRouter(prefix="/api/rail")
_REFUSED = (
    *(WebhookSignatureError, WebhookTooOldError, WebhookReusedError),
    *(RailPaymentUnknownError, RailMismatchError, RailContradictionError),
)


class Signed(BaseModel):
    """The headers that make it the rail's."""

    webhook_id: str = ""
    webhook_timestamp: str = ""
    webhook_signature: str = ""


@router.post("/webhooks", responses=answers(WebhookTaken, *_REFUSED))
async def webhooks(
    request: Request, services: Use, event: Annotated[dict[str, Any], Body()], signed: Annotated[Signed, Header()]
) -> dict[str, str]:
    """Standard Webhooks 1.0, HMAC-SHA256; at most five minutes old. A repeat of an event id gets the first answer."""
    del event, signed  # named for the document: what counts are the bytes
    event_id = await services.rail.take(request.headers, await request.body(), address_of(request.scope))
    return {"event_id": event_id, "status": "taken"}
