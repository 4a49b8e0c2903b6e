"""Signing in, and the keys by which others check who signed in."""

from typing import Annotated, Any, Final

from fastapi import APIRouter
from pydantic import BaseModel, Field

from adapters.tokens import published
from api.security import Use
from domain.errors import UnauthenticatedError

router = APIRouter()

SCOPES: Final[dict[str, tuple[str, ...]]] = {
    "customer": ("read", "transact", "configure"),
    "supervisor": ("read", "approve"),
    "compliance": ("read", "audit"),
    "admin": ("read", "admin"),
}


class Credentials(BaseModel):
    """What a person signs in with."""

    username: Annotated[str, Field(min_length=1, max_length=64)]
    password: Annotated[str, Field(min_length=1, max_length=256)]


@router.post("/api/login")
async def login(credentials: Credentials, services: Use) -> dict[str, Any]:
    """An access token for a quarter of an hour. Which of the two was wrong is never said."""
    found = await services.users.by_username(credentials.username)
    stored = found.password_hash if found else None
    if not await services.passwords.verify(stored, credentials.password) or found is None:
        raise UnauthenticatedError("the user name or the password is wrong", spoken="That sign-in is not right.")
    customer = found.customer
    scopes = SCOPES.get(customer.role, ())
    return {
        "access_token": services.access.mint(customer.user_id, customer.role, scopes),
        "token_type": "Bearer",
        "expires_in": services.settings.access_token_s,
        "user": {
            "user_id": customer.user_id,
            "username": customer.username,
            "display_name": customer.display_name,
            "role": customer.role,
            "scopes": list(scopes),
            "platform": customer.platform,
        },
    }


@router.get("/.well-known/jwks.json")
async def jwks(services: Use) -> dict[str, Any]:
    """The public keys of access tokens (RFC 7517)."""
    return published(services.settings.jwks_file)
