"""The demo phone: what the local carrier delivered to the signed-in user. Not there in production."""

from typing import Any

import httpx
from fastapi import APIRouter

from api.security import Person, Use
from domain.errors import UnavailableError

router = APIRouter(prefix="/api/demo")


@router.get("/inbox")
async def inbox(who: Person, services: Use) -> dict[str, Any]:
    """The user's own messages, newest last."""
    customer = await services.directory.customer(who.user_id)
    try:
        answer = await services.sms_sink.get(f"/inbox/{customer.phone}")
        answer.raise_for_status()
    except httpx.HTTPError as error:
        raise UnavailableError("the carrier's stand-in does not answer") from error
    return {"messages": [{"at": each["at"], "body": each["body"]} for each in answer.json()]}
