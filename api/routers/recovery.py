"""Recovery codes, for who has lost the second factor."""

from datetime import datetime

from fastapi import APIRouter, Request
from pydantic import BaseModel

from api import signing_in
from api.documented import refusals
from api.security import Person, Use
from domain.errors import AnswerRejectedError, StepUpRequiredError

router = APIRouter(prefix="/api/recovery-codes")


class Left(BaseModel):
    """How many have not been used; `made_at` is null where there are none."""

    left: int
    made_at: datetime | None


class Made(BaseModel):
    """Shown this once: nobody can show them again. Each signs in once; older ones are void."""

    recovery_codes: list[str]


@router.get("")
async def left(who: Person, services: Use) -> Left:
    """How many are left, never which."""
    return Left(**await services.recovery.left(who.user_id))


@router.post("", responses=refusals(AnswerRejectedError, StepUpRequiredError))
async def make(request: Request, who: Person, services: Use, given: signing_in.StepUp | None = None) -> Made:
    """Ten new ones, which void all older ones. Their owner is told. 403 `step_up_required` unless just signed in."""
    await signing_in.step_up(services, request, who, given or signing_in.StepUp())
    codes, digests = services.recovery_codes.new(who.user_id)
    await services.recovery.make(who.user_id, digests)
    return Made(recovery_codes=codes)
