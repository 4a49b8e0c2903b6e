"""The bearer token of a request (RFC 6750), whoever is to check it."""

from __future__ import annotations

from domain.errors import UnauthenticatedError


def token_of(authorization: str | None) -> str:
    """The token of an Authorization header. Raises UnauthenticatedError where there is none."""
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise UnauthenticatedError("no bearer token was sent")
    return token.strip()
