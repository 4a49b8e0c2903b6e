"""Where the user is signed in. Conversations have `/api/conversations`."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel

from api.documented import answers
from api.security import Person, Use
from api.sent import Id
from api.shapes import SignedOut
from domain.errors import SignInNotFoundError

router = APIRouter(prefix="/api/sign-ins")


class SignIn(BaseModel):
    """One of the user's devices; `agent` is what it calls itself, shortened."""

    sign_in_id: str
    method: str
    agent: str
    created_at: datetime
    last_used_at: datetime
    ends_at: datetime
    current: bool


class SignIns(BaseModel):
    """This one, then the newest; at most 200."""

    sign_ins: list[SignIn]


@router.get("")
async def sign_ins(who: Person, services: Use) -> SignIns:
    """Those that are not over; `last_used_at` is right to a minute."""
    rows = await services.sign_ins.open_of(who.user_id, who.sign_in_id)
    return SignIns(sign_ins=[SignIn(**row, current=row["sign_in_id"] == who.sign_in_id) for row in rows])


@router.delete("/{sign_in_id}", responses=answers(SignedOut, SignInNotFoundError))
async def revoke(sign_in_id: Id, who: Person, services: Use) -> dict[str, int]:
    """End one of the user's own, at once: its access tokens, its refresh tokens, and what its conversations may do."""
    await services.sign_ins.end(who.user_id, sign_in_id, "revoked")
    await services.hanging_up.now()
    return {"signed_out": 1}
