"""Customers who were passed on to a person: who waits, whose they are, and how it ended."""

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from adapters.masking import Masker
from api.documented import answers
from api.routers.approvals import Supervisor
from api.security import Use
from api.sent import Id, Sent
from domain.errors import (
    HandoverClaimedError,
    HandoverClosedError,
    HandoverNotClaimedError,
    HandoverNotFoundError,
    NotASupervisorError,
    OwnCaseError,
)
from domain.handovers import PERSON_PREFIX, HandoverState, Outcome
from domain.schemas import NOTE_LONGEST

_MASKER: Final = Masker()
router = APIRouter(prefix="/api/handovers")
_HELD: Final = (NotASupervisorError, HandoverNotFoundError, HandoverClaimedError, HandoverClosedError, OwnCaseError)


class HandoverShown(BaseModel):
    """A case; `summary` is masked; times are ISO 8601, empty where there is none yet."""

    case_id: str
    user_id: str
    customer_name: str
    session_id: str
    reason: str
    dialogue_state: str
    summary: str
    state: HandoverState
    claimed_by: str
    live: bool
    outcome: str
    note: str
    created_at: str
    claimed_at: str
    closed_at: str


class Handovers(BaseModel):
    """Longest waiting first."""

    handovers: list[HandoverShown]


class RoomOf(BaseModel):
    """The way into the customer's room; the assistant is silent while one is there."""

    serverUrl: str  # noqa: N815 - as in connection-details
    roomName: str  # noqa: N815
    participantToken: str  # noqa: N815
    participantName: str  # noqa: N815


class Claimed(BaseModel):
    """`room` where the customer holds the line; else they are to be called back on `phone`."""

    handover: HandoverShown
    room: RoomOf | None
    phone: str


class Ended(Sent):
    """How it ended; the note is for the people who serve."""

    outcome: Literal["settled", "call_back"]
    note: Annotated[str, Field(max_length=NOTE_LONGEST)] = ""


@router.get("", responses=answers(Handovers, NotASupervisorError))
async def handovers(
    who: Supervisor, services: Use, state: Annotated[HandoverState, Query()] = HandoverState.OPEN
) -> dict[str, Any]:
    """Those of the tenant, without one's own."""
    return {"handovers": [each.to_json() for each in await services.handovers.of(who.user_id, state)]}


@router.post("/{case_id}/claim", responses=answers(Claimed, *_HELD))
async def claim(case_id: Id, who: Supervisor, services: Use) -> dict[str, Any]:
    """Look after a customer. Again by the same person: a new way into the room."""
    case = await services.handovers.claim(case_id, who.user_id)
    room, phone = None, ""
    if case.live:
        name = (await services.directory.customer(who.user_id)).display_name
        room = RoomOf(
            serverUrl=services.settings.livekit_url,
            roomName=case.room_name,
            participantToken=services.tickets.mint_for_person(case.room_name, PERSON_PREFIX + who.user_id, name),
            participantName=name,
        ).model_dump()
    else:
        phone = (await services.directory.customer(case.user_id)).phone
    return {"handover": case.to_json(), "room": room, "phone": phone}


@router.post("/{case_id}/close", responses=answers(HandoverShown, *_HELD, HandoverNotClaimedError))
async def close(case_id: Id, given: Ended, who: Supervisor, services: Use) -> dict[str, Any]:
    """It is settled, or the customer will be called back."""
    note = _MASKER.mask(given.note).text
    return (await services.handovers.close(case_id, who.user_id, Outcome(given.outcome), note)).to_json()
