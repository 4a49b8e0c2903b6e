"""The demo phone: what the local carrier delivered to the signed-in user. Not there in production."""

from typing import Any
from urllib.parse import quote

import httpx
from fastapi import APIRouter

from api.documented import answers
from api.security import Person, Use
from api.services import Services
from api.shapes import Inbox
from domain.errors import UnavailableError

router = APIRouter(prefix="/api/demo")


@router.get("/inbox", responses=answers(Inbox))
async def inbox(who: Person, services: Use) -> dict[str, Any]:
    """The user's own messages, newest last; mail has a subject."""
    customer = await services.directory.customer(who.user_id)
    found = [("sms", each) for each in await _messages(services, customer.phone)]
    found += [("email", each) for each in await _messages(services, customer.email)]
    found.sort(key=lambda one: one[1]["at"])
    return {"messages": [_shown(channel, each) for channel, each in found]}


async def _messages(services: Services, whose: str) -> list[dict[str, str]]:
    if not whose:
        return []
    try:
        answer = await services.sms_sink.get(f"/inbox/{quote(whose, safe='+@')}")
        answer.raise_for_status()
    except httpx.HTTPError as error:
        raise UnavailableError("the carrier's stand-in does not answer") from error
    return answer.json()


def _shown(channel: str, each: dict[str, str]) -> dict[str, str]:
    subject = {"subject": each["subject"]} if "subject" in each else {}
    return {"at": each["at"], "channel": channel, **subject, "body": each["body"]}
