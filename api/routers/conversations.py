"""The text door: the same conversation as by voice, typed."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field
from uuid_utils import uuid7

from api.security import Payer, Use
from domain.errors import InvalidRequestError
from domain.ids import is_safe_id

router = APIRouter(prefix="/api/conversations")


class Opening(BaseModel):
    """`new` ends the open text session, if there is one, and begins another."""

    new: bool = False


class Typed(BaseModel):
    """One turn; `turn_id` makes a repeat harmless."""

    text: Annotated[str, Field(min_length=1, max_length=1000)]
    turn_id: Annotated[str, Field(max_length=128)] = ""


@router.post("")
async def begin(who: Payer, services: Use, opening: Opening | None = None) -> dict[str, Any]:
    """The user's open text session, or a new one with its greeting."""
    wanted = opening or Opening()
    session_id, replies = await services.text_door.open(who.user_id, new=wanted.new)
    return {"session_id": session_id, "replies": [reply.to_json() for reply in replies]}


@router.post("/{session_id}/turns")
async def turn(session_id: str, typed: Typed, who: Payer, services: Use) -> dict[str, Any]:
    """Say something; what was understood and what was replied."""
    turn_id = typed.turn_id or str(uuid7())
    if not is_safe_id(turn_id):
        raise InvalidRequestError("turn_id must be 1 to 128 letters, digits, - or _")
    return await services.text_door.turn(session_id, who.user_id, turn_id, typed.text)


@router.post("/{session_id}/end")
async def end(session_id: str, who: Payer, services: Use) -> dict[str, Any]:
    """Leave. What is still open stays open, and can be answered or cancelled."""
    await services.text_door.end(session_id, who.user_id)
    return {"session_id": session_id, "ended": True}
