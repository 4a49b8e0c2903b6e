"""The text door: the same conversation as by voice, typed."""

from typing import Annotated, Any, Final

from fastapi import APIRouter
from pydantic import Field, WithJsonSchema

from adapters.edge.idempotency import own_id
from api.documented import answers
from api.security import Payer, Use
from api.sent import ID, Id, Sent
from api.shapes import Begun, Ended, Heard
from api.text_door import Said
from domain.errors import (
    InvalidRequestError,
    MaskingFailedError,
    SessionNotFoundError,
    SessionStaleError,
    SupersededError,
)

router = APIRouter(prefix="/api/conversations")
_LONGEST: Final = 1000


class Opening(Sent):
    """`new` ends the open text session, if there is one, and begins another."""

    new: bool = False


class Typed(Sent):
    """One turn; `turn_id` makes a repeat harmless.

    `asked`: the elicitation that was on the screen, so that a yes to it is no yes to another; empty where none was.
    """

    text: Annotated[str, WithJsonSchema({"type": "string", "minLength": 1, "maxLength": _LONGEST})]
    turn_id: Annotated[str, Field(pattern=ID.replace("1,", "0,"))] = ""
    asked: Annotated[str, Field(max_length=128)] | None = None


@router.post("", responses=answers(Begun, SessionNotFoundError))
async def begin(who: Payer, services: Use, opening: Opening | None = None) -> dict[str, Any]:
    """The user's open text session, or a new one with its greeting."""
    wanted = opening or Opening()
    session_id, replies = await services.text_door.open(who.user_id, new=wanted.new, sign_in_id=who.sign_in_id)
    return {"session_id": session_id, "replies": replies}


@router.post(
    "/{session_id}/turns",
    responses=answers(Heard, SessionNotFoundError, SessionStaleError, SupersededError, MaskingFailedError),
)
async def turn(session_id: Id, typed: Typed, who: Payer, services: Use) -> dict[str, Any]:
    """Say something; what was understood and what was replied."""
    if not typed.text.strip():
        raise InvalidRequestError("text must not be empty", spoken="There was nothing to hear. Please say something.")
    if len(typed.text) > _LONGEST:
        detail = f"text must not be longer than {_LONGEST} characters"
        raise InvalidRequestError(detail, spoken=f"That is too long. Please stay below {_LONGEST} characters.")
    turn_id = typed.turn_id or own_id()
    said = Said(turn_id, typed.text, typed.asked)
    return await services.text_door.turn(session_id, who.user_id, said, sign_in_id=who.sign_in_id)


@router.post("/{session_id}/end", responses=answers(Ended, SessionNotFoundError))
async def end(session_id: Id, who: Payer, services: Use) -> dict[str, Any]:
    """Leave. What is still open stays open, and can be answered or cancelled."""
    await services.text_door.end(session_id, who.user_id)
    return {"session_id": session_id, "ended": True}
