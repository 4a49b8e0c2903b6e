"""The text door: the same conversation as by voice, typed."""

from typing import Annotated, Any, Final

from fastapi import APIRouter
from pydantic import BaseModel, Field, WithJsonSchema

from adapters.edge.idempotency import own_id
from api.security import Payer, Use
from api.text_door import Said
from domain.errors import InvalidRequestError
from domain.ids import is_safe_id

router = APIRouter(prefix="/api/conversations")
_LONGEST: Final = 1000


class Opening(BaseModel):
    """`new` ends the open text session, if there is one, and begins another."""

    new: bool = False


class Typed(BaseModel):
    """One turn; `turn_id` makes a repeat harmless.

    `asked`: the elicitation that was on the screen, so that a yes to it is no yes to another; empty where none was.
    """

    text: Annotated[str, WithJsonSchema({"type": "string", "minLength": 1, "maxLength": _LONGEST})]
    turn_id: Annotated[str, Field(max_length=128)] = ""
    asked: Annotated[str, Field(max_length=128)] | None = None


@router.post("")
async def begin(who: Payer, services: Use, opening: Opening | None = None) -> dict[str, Any]:
    """The user's open text session, or a new one with its greeting."""
    wanted = opening or Opening()
    session_id, replies = await services.text_door.open(who.user_id, new=wanted.new, sign_in_id=who.sign_in_id)
    return {"session_id": session_id, "replies": replies}


@router.post("/{session_id}/turns")
async def turn(session_id: str, typed: Typed, who: Payer, services: Use) -> dict[str, Any]:
    """Say something; what was understood and what was replied."""
    if not typed.text.strip():
        raise InvalidRequestError("text must not be empty", spoken="There was nothing to hear. Please say something.")
    if len(typed.text) > _LONGEST:
        detail = f"text must not be longer than {_LONGEST} characters"
        raise InvalidRequestError(detail, spoken=f"That is too long. Please stay below {_LONGEST} characters.")
    turn_id = typed.turn_id or own_id()
    if not is_safe_id(turn_id):
        raise InvalidRequestError("turn_id must be 1 to 128 letters, digits, - or _")
    said = Said(turn_id, typed.text, typed.asked)
    return await services.text_door.turn(session_id, who.user_id, said, sign_in_id=who.sign_in_id)


@router.post("/{session_id}/end")
async def end(session_id: str, who: Payer, services: Use) -> dict[str, Any]:
    """Leave. What is still open stays open, and can be answered or cancelled."""
    await services.text_door.end(session_id, who.user_id)
    return {"session_id": session_id, "ended": True}
