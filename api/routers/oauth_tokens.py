"""The token endpoint: access tokens for the tools, and refresh tokens that rotate (OAuth 2.1)."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from adapters.postgres.sign_ins import Begun
from api.authorizing import ANY_SITE, challenge_of, same_resource, token_client_id
from api.clients import known
from api.html import form_of
from api.security import Use
from api.services import Services
from domain.errors import InvalidRequestError, UnauthenticatedError

router = APIRouter(include_in_schema=False)


@router.post("/oauth/token")
async def token(request: Request, services: Use) -> JSONResponse:
    """A code, or a refresh token, for an access token of a quarter of an hour and the next refresh token."""
    try:
        sent = await form_of(request)
        begun, scopes = await _grant(services, sent)
    except OAuthRefusal as error:
        return JSONResponse({"error": str(error)}, error.status, ANY_SITE)
    except InvalidRequestError:
        return JSONResponse({"error": "invalid_request"}, 400, ANY_SITE)
    return _granted(services, sent["client_id"], begun, scopes)


class OAuthRefusal(Exception):  # noqa: N818 - RFC 6749 has its own shape for these
    """`error` of RFC 6749, section 5.2."""

    def __init__(self, error: str, status: int = 400) -> None:
        super().__init__(error)
        self.status = status


async def _grant(services: Services, sent: dict[str, str]) -> tuple[Begun, tuple[str, ...]]:
    grant = _GRANTS.get(sent.get("grant_type", ""))
    if grant is None:
        raise OAuthRefusal("unsupported_grant_type")
    if known(services.client_seal, sent.get("client_id", "")) is None:
        raise OAuthRefusal("invalid_client", 401)
    if not same_resource(services, sent.get("resource", "")):
        raise OAuthRefusal("invalid_target")
    return await grant(services, sent)


async def _by_code(services: Services, sent: dict[str, str]) -> tuple[Begun, tuple[str, ...]]:
    challenge = challenge_of(sent.get("code_verifier", ""))
    redeemed = await services.grants.redeem(
        sent.get("code", ""), sent["client_id"], sent.get("redirect_uri", ""), challenge
    )
    if redeemed is None:
        raise OAuthRefusal("invalid_grant")
    return redeemed


async def _by_refresh(services: Services, sent: dict[str, str]) -> tuple[Begun, tuple[str, ...]]:
    refresh = sent.get("refresh_token", "")
    scopes = await services.grants.scopes_of(refresh, sent["client_id"])
    if not scopes:
        raise OAuthRefusal("invalid_grant")
    wanted = tuple(sent["scope"].split()) if "scope" in sent else scopes
    if not set(wanted) <= set(scopes):
        raise OAuthRefusal("invalid_scope")
    try:
        return await services.sign_ins.rotate(refresh), wanted
    except UnauthenticatedError:
        raise OAuthRefusal("invalid_grant") from None


_GRANTS: Final = {"authorization_code": _by_code, "refresh_token": _by_refresh}


def _granted(services: Services, client_id: str, begun: Begun, scopes: tuple[str, ...]) -> JSONResponse:
    minted = services.grant_tokens.mint(begun.user_id, begun.sign_in_id, token_client_id(client_id), scopes)
    body = {
        "access_token": minted,
        "token_type": "Bearer",
        "expires_in": services.settings.access_token_s,
        "refresh_token": begun.refresh_token,
        "scope": " ".join(scopes),
    }
    return JSONResponse(body, headers=ANY_SITE)
