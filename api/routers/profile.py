"""What a person may choose about themselves."""

from typing import Final, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel

from api import signing_in
from api.documented import refusals
from api.security import Person, Use
from domain.errors import AnswerRejectedError, NoAddressError, StepUpRequiredError

router = APIRouter(prefix="/api/profile")
_WAYS: Final = {"sms": "sms", "mail": "email"}


class CodeChannel(BaseModel):
    """The way that one-time codes take."""

    channel: Literal["sms", "mail"]


class Chosen(signing_in.StepUp):
    """The way that they are to take; the password with it, unless one has just signed in."""

    channel: Literal["sms", "mail"]


@router.get("/code-channel")
async def code_channel(who: Person, services: Use) -> CodeChannel:
    """The way chosen, or the bank's usual one."""
    customer = await services.directory.customer(who.user_id)
    return CodeChannel(channel="mail" if customer.code_channel == "email" else "sms")


@router.put("/code-channel", responses=refusals(AnswerRejectedError, StepUpRequiredError, NoAddressError))
async def choose(given: Chosen, request: Request, who: Person, services: Use) -> CodeChannel:
    """From the next code on. Its owner is told by both ways."""
    await signing_in.step_up(services, request, who, given)
    await services.recovery.choose_channel(who.user_id, _WAYS[given.channel])
    return CodeChannel(channel=given.channel)
