"""The authorization server for persons' own MCP clients (OAuth 2.1): codes with PKCE, public clients, short tokens."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from html import escape
from typing import Any, Final, cast
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from adapters.postgres.grants import Allowed
from adapters.tokens import SCOPES, Principal
from api.authorizing import (
    ANY_SITE,
    Asked,
    AskedWrong,
    ClientUnknown,
    asked,
    redirected,
)
from api.clients import LOOPBACK, on_loopback, register
from api.html import details, form_of, from_own_page, hidden, page, sign_in_form
from api.security import Use
from api.services import Services
from api.visitors import visitor
from domain.errors import NotJsonError

router = APIRouter(include_in_schema=False)
_MEANS: Final = {
    "read": "See your accounts, transactions and payments",
    "transact": "Begin payments, which you countersign one by one",
    "configure": "Set up and change your alerts",
}


@router.get("/.well-known/oauth-authorization-server")
async def described(services: Use) -> JSONResponse:
    """RFC 8414."""
    issuer = services.settings.issuer
    body: dict[str, Any] = {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/oauth/authorize",
        "token_endpoint": f"{issuer}/oauth/token",
        "registration_endpoint": f"{issuer}/oauth/register",
        "jwks_uri": f"{issuer}/.well-known/jwks.json",
        "scopes_supported": list(SCOPES),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_methods_supported": ["none"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
    }
    return JSONResponse(body, headers=ANY_SITE)


@router.post("/oauth/register")
async def registered(request: Request, services: Use) -> JSONResponse:
    """A client that nobody knew before (RFC 7591)."""
    try:
        sent: Any = await request.json()
    except (ValueError, RecursionError) as error:
        raise NotJsonError from error
    given: dict[str, Any] = cast("dict[str, Any]", sent) if isinstance(sent, dict) else {}
    client = register(services.client_seal, given.get("client_name"), given.get("redirect_uris"))
    if client is None:
        told = {
            "error": "invalid_redirect_uri",
            "error_description": "redirect_uris must be https, or http on loopback",
        }
        return JSONResponse(told, 400, ANY_SITE)
    body: dict[str, Any] = {
        "client_id": client.client_id,
        "client_name": client.name,
        "redirect_uris": list(client.redirect_uris),
        "token_endpoint_auth_method": "none",
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
    }
    return JSONResponse(body, 201, ANY_SITE)


@router.get("/oauth/authorize")
async def authorize(request: Request, services: Use) -> Response:
    """The page that asks: first who they are, then what the client may do."""
    sent = request.query_params.multi_items()
    if len(dict(sent)) != len(sent):
        return _not_a_request("A parameter was sent twice.")
    return await _with_visitor(request, services, dict(sent), _consent)


@router.post("/oauth/authorize")
async def decided(request: Request, services: Use) -> Response:
    """Yes or no, from that page."""
    from_own_page(request, services.settings)
    return await _with_visitor(request, services, await form_of(request), _decide)


_Next = Callable[[Services, Asked, Principal, dict[str, str]], Awaitable[Response]]


async def _with_visitor(request: Request, services: Services, given: dict[str, str], following: _Next) -> Response:
    try:
        wanted = asked(services, given)
    except ClientUnknown:
        return _not_a_request("The program that sent you here is not known, or gave an address that is not its own.")
    except AskedWrong as error:
        # whoever registers a client chooses its address: no link of ours leads a stranger there (RFC 9700, 4.11.2)
        if not on_loopback(error.redirect_uri) and await visitor(request, services) is None:
            return _not_a_request("The program that sent you here asked for something in a way that is not known.")
        return RedirectResponse(redirected(services, error.redirect_uri, error.state, error=error.error), 303)
    who = await visitor(request, services)
    if who is None:
        again = f"/oauth/authorize?{urlencode(wanted.given | {'scope': ' '.join(wanted.scopes)})}"
        lead = f"<p>to let <strong>{escape(wanted.client.name)}</strong> use your bank for you.</p>"
        return page("Sign in", lead, sign_in_form(again), status=401)
    if who.role != "customer":
        return page(
            "Not for this sign-in", "<p>Only customers can let a program use the bank for them.</p>", status=403
        )
    return await following(services, wanted, who, given)


async def _consent(services: Services, wanted: Asked, who: Principal, given: dict[str, str]) -> HTMLResponse:
    del given
    customer = await services.directory.customer(who.user_id)
    origin = urlsplit(wanted.redirect_uri)
    here = origin.hostname in {each.strip("[]") for each in LOOPBACK}
    boxes = "".join(
        f'<label class="choice"><input type="checkbox" name="scope" value="{scope}" checked> {_MEANS[scope]}</label>'
        for scope in wanted.scopes
    )
    return page(
        f"Let {wanted.client.name} use your bank?",
        details({"You are": customer.display_name, "It answers to": origin.netloc}),
        "<p>Nobody has checked its name. It runs on this computer: say yes only if you have just started it.</p>"
        if here
        else "<p>Nobody has checked its name. Say yes only if you know that address.</p>",
        '<form method="post" action="/oauth/authorize">',
        hidden(wanted.given),
        f"<fieldset><legend>It may</legend>{boxes}</fieldset>",
        '<p class="note">It never sees your codes. You can end this at any time by signing out everywhere.</p>',
        '<div class="buttons"><button name="decision" value="allow">Allow</button>'
        '<button class="other" name="decision" value="deny">Do not allow</button></div></form>',
        form_to=f"{origin.scheme}://{origin.netloc}",  # browsers ask the policy where a form's answer leads to, too
    )


async def _decide(services: Services, wanted: Asked, who: Principal, given: dict[str, str]) -> Response:
    uri, state = wanted.redirect_uri, wanted.state
    if given.get("decision") != "allow" or "scope" not in given:
        return RedirectResponse(redirected(services, uri, state, error="access_denied"), 303)
    client = wanted.client
    allowed = Allowed(who.user_id, client.client_id, client.name, uri, wanted.challenge, wanted.scopes)
    code = await services.grants.issue(allowed)
    return RedirectResponse(redirected(services, uri, state, code=code), 303)


def _not_a_request(sentence: str) -> HTMLResponse:
    return page("This cannot be allowed", f"<p>{escape(sentence)}</p>", status=400)


@router.options("/oauth/register")
@router.options("/oauth/token")
@router.options("/.well-known/oauth-authorization-server")
async def preflight() -> Response:
    """A client that is a page of another site asks first."""
    may = {
        "Access-Control-Allow-Methods": "GET, POST",
        "Access-Control-Allow-Headers": "Content-Type, MCP-Protocol-Version",
    }
    return Response(status_code=204, headers=ANY_SITE | may)
