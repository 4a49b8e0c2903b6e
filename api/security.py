"""Who is calling: a person with an access token, or the orchestrator on somebody's behalf."""

from collections.abc import Awaitable, Callable
from typing import Annotated, cast

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from adapters.edge.bearer import token_of
from adapters.tokens import Principal, is_grant_token, is_service_token
from api.limits import principal_of
from api.services import Services
from domain.errors import ForbiddenError, SessionStaleError


async def services_of(request: Request) -> Services:
    """The services of this application. Not a plain function: FastAPI would hand every request to a thread for it."""
    return cast("Services", request.app.state.services)


Use = Annotated[Services, Depends(services_of)]
_bearer = HTTPBearer(auto_error=False, bearerFormat="JWT", description="An access token of `POST /api/login`")
Declared = Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]
"""Says in the description that a token is asked for; it is read and judged here."""


async def person(request: Request, services: Use, declared: Declared) -> Principal:
    """A person whose sign-in is not over. Raises UnauthenticatedError or one of its kinds."""
    del declared
    return await _person(request, services, token_of(request.headers.get("authorization")))


async def caller(request: Request, services: Use, declared: Declared) -> Principal:
    """A signed-in person, or the orchestrator in a session that is still fresh."""
    del declared
    token = token_of(request.headers.get("authorization"))
    if not is_service_token(token):
        return await _person(request, services, token)
    principal = services.service_tokens.verify(token)
    if not await services.sessions.is_fresh(principal.session_id, principal.user_id):
        raise SessionStaleError
    return principal


async def answerer(request: Request, services: Use, declared: Declared) -> Principal:
    """Whoever may bring an answer: as `caller`, or an MCP client under a grant that is not over (docs/adr/0023)."""
    token = token_of(request.headers.get("authorization"))
    if not is_grant_token(token):
        return await caller(request, services, declared)
    principal = services.grant_tokens.verify(token)
    await services.sign_ins.require(principal)
    return principal


async def _person(request: Request, services: Services, token: str) -> Principal:
    personal = not is_service_token(token) and not is_grant_token(token)
    # this very token was verified, by the same rules, when the request was counted
    counted = await principal_of(request.scope) if personal else None
    principal = counted or services.access.verify(token)
    await services.sign_ins.require(principal)
    return principal


def scoped(scope: str, who: Callable[..., object] = person) -> Callable[[Principal], Awaitable[Principal]]:
    """A dependency that also asks for a scope. Raises ForbiddenError."""

    async def check(principal: Annotated[Principal, Depends(who)]) -> Principal:
        if scope not in principal.scopes:
            raise ForbiddenError(f"this token lacks the scope {scope}")
        return principal

    return check


Person = Annotated[Principal, Depends(person)]
Reader = Annotated[Principal, Depends(scoped("read"))]
Payer = Annotated[Principal, Depends(scoped("transact"))]
Configurer = Annotated[Principal, Depends(scoped("configure"))]
Auditor = Annotated[Principal, Depends(scoped("audit"))]
Answerer = Annotated[Principal, Depends(scoped("transact", caller))]
Door = Annotated[Principal, Depends(answerer)]
"""Its scope is asked for by what is answered."""
Listener = Annotated[Principal, Depends(caller)]
