"""Signing in and out, and the keys by which others check who signed in."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from adapters.signing_keys import published
from api import signing_in
from api.documented import answers, refusals
from api.security import Person, Use
from api.sent import Sent
from api.shapes import Keys, SignedOut
from domain.errors import (
    RateLimitedError,
    RefreshInvalidError,
    RefreshReusedError,
    SignInEndedError,
    SignInNotFoundError,
    TotpRequiredError,
    UnauthenticatedError,
)

router = APIRouter()


class Credentials(Sent):
    """What a person signs in with; where a second factor is on, `totp_code`, or instead of it a `recovery_code`."""

    username: Annotated[str, Field(min_length=1, max_length=64)]
    password: Annotated[str, Field(min_length=1, max_length=256)]
    totp_code: signing_in.TotpCode = ""
    recovery_code: signing_in.RecoveryCode = ""


class Refresh(Sent):
    """`request_id`, random and new for each refresh, lets the same request be sent again when its reply was lost."""

    refresh_token: Annotated[str, Field(min_length=1, max_length=256)]
    request_id: Annotated[str, Field(pattern=r"^([A-Za-z0-9_-]{16,128})?$")] = ""


class User(BaseModel):
    """Who signed in, and what they may do."""

    user_id: str
    username: str
    display_name: str
    role: str
    scopes: list[str]
    platform: str


class Tokens(BaseModel):
    """A quarter of an hour's access token and the single-use refresh token for the next; seconds from now."""

    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int
    refresh_token: str
    refresh_expires_in: int
    sign_in_id: str
    user: User


@router.post("/api/login", responses=refusals(UnauthenticatedError, TotpRequiredError, RateLimitedError))
async def login(credentials: Credentials, request: Request, services: Use) -> Tokens:
    """Name, password and, where a second factor is on, its code. Which of them was wrong is never said.

    401 `totp_required` where the code is missing; 429 with Retry-After for those who guess.
    """
    customer, method = await signing_in.identified(services, request, signing_in.Given(**credentials.model_dump()))
    return Tokens(**await signing_in.begin(services, request, customer, method))


@router.post("/api/token/refresh", responses=refusals(RefreshInvalidError, RefreshReusedError, SignInEndedError))
async def refresh(given: Refresh, services: Use) -> Tokens:
    """New tokens for a refresh token, which is then used up: a second use ends the sign-in (401 `refresh_reused`)."""
    if await services.grants.is_grant(given.refresh_token):
        raise RefreshInvalidError("an MCP client's refresh token gives tokens for the tools alone")
    begun = await services.sign_ins.rotate(given.refresh_token, given.request_id)
    customer = await services.directory.customer(begun.user_id)
    return Tokens(**signing_in.tokens(services, customer, begun))


@router.post("/api/logout", responses=answers(SignedOut, SignInNotFoundError))
async def logout(who: Person, services: Use) -> dict[str, int]:
    """End this sign-in, and its calls, at once."""
    await services.sign_ins.end(who.user_id, who.sign_in_id)
    await services.hanging_up.now()
    return {"signed_out": 1}


@router.post("/api/logout/all", responses=answers(SignedOut))
async def logout_everywhere(who: Person, services: Use) -> dict[str, int]:
    """End every sign-in of this user, this one too."""
    ended = await services.sign_ins.end_all(who.user_id)
    await services.hanging_up.now()
    return {"signed_out": ended}


@router.get("/.well-known/jwks.json", responses=answers(Keys))
async def jwks(services: Use) -> dict[str, Any]:
    """The public keys of access tokens (RFC 7517)."""
    return published(services.settings.jwks_file)
