"""The way into a voice session: a room, a ticket for it, and an agent who comes along."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.rooms import new_room
from api.security import Payer, Use
from api.sent import Sent
from domain.errors import InvalidRequestError

router = APIRouter()


class Wanted(Sent):
    """Which agent to talk to."""

    agent_name: Annotated[str, Field(min_length=1, max_length=64)]


class ConnectionDetails(BaseModel):
    """As in the product's first specification."""

    serverUrl: str  # noqa: N815 - the specification's name
    roomName: str  # noqa: N815
    participantToken: str  # noqa: N815
    participantName: str  # noqa: N815


@router.post("/api/connection-details")
async def connection_details(wanted: Wanted, who: Payer, services: Use) -> ConnectionDetails:
    """A new room for the signed-in customer."""
    if wanted.agent_name != services.settings.voice_agent_name:
        raise InvalidRequestError("there is no agent of that name")
    customer = await services.directory.customer(who.user_id)
    room = new_room()
    await services.sessions.open(room, customer.user_id, "voice", customer.platform, room, who.sign_in_id)
    return ConnectionDetails(
        serverUrl=services.settings.livekit_url,
        roomName=room,
        participantToken=services.tickets.mint(room, wanted.agent_name, customer, who.scopes),
        participantName=customer.display_name,
    )
