"""Who is signed in on the api's own pages: a cookie of a quarter of an hour, which opens nothing else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from api import signing_in
from domain.errors import UnauthenticatedError

if TYPE_CHECKING:
    from fastapi import Request
    from fastapi.responses import Response

    from adapters.tokens import Principal
    from api.services import Services

_FOLLOWING: Final = re.compile(r"/countersign/[A-Za-z0-9_-]{1,128}|/oauth/authorize\?[!-~]{1,8000}", re.ASCII)


async def visitor(request: Request, services: Services) -> Principal | None:
    """Who that is, unless their sign-in is over."""
    token = request.cookies.get(_cookie(services))
    if not token:
        return None
    try:
        who = services.page_tokens.verify(token)
        await services.sign_ins.require(who)
    except UnauthenticatedError:
        return None
    return who


async def let_in(services: Services, request: Request, answer: Response, given: signing_in.Given) -> None:
    """A new sign-in each time: no cookie of before is taken over. Raises what `signing_in.identified` does."""
    customer, method = await signing_in.identified(services, request, given)
    agent = request.headers.get("user-agent", "")
    begun = await services.sign_ins.begin(customer.user_id, method, agent, signing_in.address_of(request))
    answer.set_cookie(
        _cookie(services),
        services.page_tokens.mint(customer.user_id, customer.role, begun.sign_in_id),
        max_age=services.settings.access_token_s,
        httponly=True,
        secure=_secure(services),
        samesite="lax",
    )


def following(wanted: str) -> str:
    """Where to go after signing in: one of the pages that ask for it, nowhere else."""
    return wanted if _FOLLOWING.fullmatch(wanted) else "/"


def _secure(services: Services) -> bool:
    return services.settings.issuer.startswith("https:")


def _cookie(services: Services) -> str:
    return "__Host-countersign" if _secure(services) else "countersign"
