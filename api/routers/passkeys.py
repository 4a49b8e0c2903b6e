"""Passkeys: enrol, list, revoke, and sign in with one."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import Field

from api import signing_in
from api.documented import answers, refusals
from api.routers.auth import Tokens
from api.security import Person, Use
from api.sent import Id, Sent
from api.shapes import CredentialOptions, PasskeyRevoked, Passkeys, PasskeyShown
from domain.errors import (
    AnswerRejectedError,
    PasskeyError,
    PasskeyExistsError,
    PasskeyMalformedError,
    PasskeyNotFoundError,
    RateLimitedError,
    TooManyPasskeysError,
    UnauthenticatedError,
)
from domain.passkeys import Passkey

router = APIRouter()


class Reauthentication(Sent):
    """The password once more: a stolen token alone must not leave a passkey behind."""

    password: Annotated[str, Field(min_length=1, max_length=256)]


class NewPasskey(Sent):
    """A RegistrationResponseJSON (WebAuthn Level 3), and what its owner calls it."""

    credential: dict[str, Any]
    name: Annotated[str, Field(min_length=1, max_length=64)] = "Passkey"


class Someone(Sent):
    """Who wants to sign in; empty where the passkey is to say so."""

    username: Annotated[str, Field(max_length=64)] = ""


class Signed(Sent):
    """An AuthenticationResponseJSON (WebAuthn Level 3)."""

    credential: dict[str, Any]


@router.post("/api/passkeys/options", responses=answers(CredentialOptions, AnswerRejectedError))
async def enrol_options(given: Reauthentication, request: Request, who: Person, services: Use) -> dict[str, Any]:
    """What `navigator.credentials.create` is given."""
    customer = await services.directory.customer(who.user_id)
    try:
        await signing_in.checked_password(services, request, customer.username, given.password)
    except UnauthenticatedError:
        raise AnswerRejectedError("the password is wrong", spoken="That password is not right.") from None
    await signing_in.forgive(services, request, customer.username)
    return {"publicKey": await services.passkeys.enrol_options(who.user_id)}


@router.post(
    "/api/passkeys",
    status_code=201,
    responses=answers(
        *(PasskeyShown, PasskeyMalformedError, PasskeyError, PasskeyExistsError, TooManyPasskeysError), status=201
    ),
)
async def enrol(new: NewPasskey, who: Person, services: Use) -> dict[str, Any]:
    """Keep what `navigator.credentials.create` made."""
    return _shown(await services.passkeys.enrol(who.user_id, new.credential, new.name.strip() or "Passkey"))


@router.get("/api/passkeys", responses=answers(Passkeys))
async def mine(who: Person, services: Use) -> dict[str, Any]:
    """The user's passkeys, oldest first."""
    return {"passkeys": [_shown(each) for each in await services.passkeys.of(who.user_id)]}


@router.delete("/api/passkeys/{passkey_id}", responses=answers(PasskeyRevoked, PasskeyNotFoundError))
async def revoke(passkey_id: Id, who: Person, services: Use) -> dict[str, Any]:
    """From now on it opens and signs nothing."""
    await services.passkeys.revoke(passkey_id, who.user_id)
    return {"passkey_id": passkey_id, "revoked": True}


@router.post("/api/login/passkey/options", responses=answers(CredentialOptions))
async def login_options(services: Use, someone: Someone | None = None) -> dict[str, Any]:
    """What `navigator.credentials.get` is given to sign in. Every user name gets an answer of the same form."""
    return {"publicKey": await services.passkeys.login_options(someone.username if someone else "")}


@router.post("/api/login/passkey", responses=refusals(UnauthenticatedError, PasskeyMalformedError, RateLimitedError))
async def login(signed: Signed, request: Request, services: Use) -> Tokens:
    """As `/api/login`. Why a passkey was not accepted is never said."""
    await signing_in.admitted(services, request, "passkey")
    customer = await services.passkeys.login(signed.credential)
    await signing_in.forgive(services, request, "passkey:")
    return Tokens(**await signing_in.begin(services, request, customer, "passkey"))


def _shown(passkey: Passkey) -> dict[str, Any]:
    return {
        "passkey_id": passkey.passkey_id,
        "name": passkey.name,
        "created_at": passkey.created_at,
        "last_used_at": passkey.last_used_at,
        "synced": passkey.backup_eligible,
        "backed_up": passkey.backed_up,
        "transports": list(passkey.transports),
    }
