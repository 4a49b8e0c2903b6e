"""The second factor at sign-in: an authenticator app (RFC 6238)."""

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from api import signing_in
from api.documented import refusals
from api.security import Person, Use
from api.sent import Sent
from api.services import Services
from domain.errors import AnswerRejectedError, TotpAlreadyOnError, TotpNotOnError, UnauthenticatedError

router = APIRouter(prefix="/api/totp")


class Password(Sent):
    """Asked for again: a token alone must not be able to lock its owner out."""

    password: Annotated[str, Field(min_length=1, max_length=256)]


class Code(Sent):
    """What the app shows now."""

    code: Annotated[str, Field(pattern=r"^[0-9]{6}$")]


class CodeOrRecovery(Sent):
    """What the app shows now or, where it is lost, one of the recovery codes."""

    code: signing_in.TotpCode = ""
    recovery_code: signing_in.RecoveryCode = ""


class State(BaseModel):
    """Whether signing in asks for a code."""

    on: bool


class Enrolled(BaseModel):
    """Shown this once, for the app; it counts from the first code that confirms it."""

    secret: str
    otpauth_uri: str


@router.get("")
async def state(who: Person, services: Use) -> State:
    """Whether a second factor is on."""
    factor = await services.second_factors.of(who.user_id)
    return State(on=factor is not None and factor.on)


@router.post("", responses=refusals(UnauthenticatedError, TotpAlreadyOnError))
async def enrol(given: Password, request: Request, who: Person, services: Use) -> Enrolled:
    """A new secret, not yet asked for at sign-in. 409 `totp_already_on`."""
    username = (await services.directory.customer(who.user_id)).username
    await signing_in.checked_password(services, request, username, given.password)
    await signing_in.forgive(services, request, username)
    plain, sealed = services.totp.new_secret(who.user_id)
    await services.second_factors.enrol(who.user_id, sealed)
    return Enrolled(secret=plain, otpauth_uri=services.totp.uri(plain, username))


@router.post("/confirm", responses=refusals(AnswerRejectedError, TotpNotOnError, TotpAlreadyOnError))
async def confirm(given: Code, who: Person, services: Use) -> State:
    """Switch it on with a first code. 403 `answer_rejected`, 409 `totp_not_on` or `totp_already_on`."""
    await _check(services, who.user_id, given.code)
    await services.second_factors.switch(who.user_id, on=True)
    return State(on=True)


@router.post("/disable", responses=refusals(AnswerRejectedError, TotpNotOnError))
async def disable(given: CodeOrRecovery, who: Person, services: Use) -> State:
    """Switch it off with a code that has not been used. 403 `answer_rejected`, 409 `totp_not_on`."""
    if given.code or not given.recovery_code:
        await _check(services, who.user_id, given.code)
    else:
        await _check_recovery(services, who.user_id, given.recovery_code)
    await services.second_factors.switch(who.user_id, on=False)
    return State(on=False)


async def _check_recovery(services: Services, user_id: str, code: str) -> None:
    factor = await services.second_factors.of(user_id)
    if factor is None or not factor.on:
        raise TotpNotOnError  # and no code is spent
    if not await signing_in.check_recovery(services, user_id, code):
        await services.sign_ins.note(user_id, "totp.refused", user_id, factor="recovery")
        raise AnswerRejectedError


async def _check(services: Services, user_id: str, code: str) -> None:
    if await services.second_factors.of(user_id) is None:
        raise TotpNotOnError
    if not await signing_in.check_code(services, user_id, code):
        await services.sign_ins.note(user_id, "totp.refused", user_id)
        raise AnswerRejectedError
