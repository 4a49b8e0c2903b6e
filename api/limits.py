"""Which requests are counted, and for whom, before a route is looked for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, cast

from starlette.datastructures import Headers

from adapters.edge.bearer import token_of
from adapters.edge.keyed_requests import CHANGES
from adapters.edge.rate_limits import Limit, address_of
from adapters.tokens import Principal, is_grant_token, is_service_token
from domain.errors import UnauthenticatedError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.types import Scope

    from adapters.edge.idempotency import Idempotency
    from api.services import Services
    from runtime.settings import Settings

# Bounded by what they finish (five tries a code, one end a payment): nobody is kept from ending what has begun.
_FINISHING: Final = re.compile(
    r"/api/(elicitations/[^/]+/(answer|cancel)|payments/[^/]+/cancel|standing-orders/[^/]+/step)"
)
_MANDATE: Final = re.compile(r"/api/mandates/[^/]+")
_SIGNING_IN: Final = re.compile(r"/api/(login|login/passkey|token/refresh|rail/webhooks)|/oauth/token")
"""And the rail, which signs every single message."""
_PAGES: Final = re.compile(r"/pages/sign-in|/oauth/authorize|/countersign/[^/]+")
"""Their forms come with a cookie, and lead on where they were right."""
_GUARDED: Final = re.compile(r"/(api|codec)(/|$)")
_WHO: Final = "countersign.who"


def limit_of(chosen: Settings) -> Callable[[Scope], Awaitable[Limit | None]]:
    """The rule: strangers by address, signed-in people by what they change, the bank's own processes never."""

    async def rule(scope: Scope) -> Limit | None:
        path, changes = str(scope["path"]), scope["method"] in CHANGES
        who = await principal_of(scope)
        if who is None:
            if not changes and not _GUARDED.match(path):
                return None  # pages, public keys, health: nothing to guess
            refund = 300 if _SIGNING_IN.fullmatch(path) else 400 if _PAGES.fullmatch(path) else 0  # no guess, if right
            return Limit("anonymous", f"anonymous:{address_of(scope)}", chosen.rate_anonymous, refund)
        if who.service or not changes or _FINISHING.fullmatch(path) or _revokes(scope):
            return None
        return Limit("writes", f"writes:{who.user_id}", chosen.rate_writes)

    return rule


def _revokes(scope: Scope) -> bool:
    return scope["method"] == "DELETE" and _MANDATE.fullmatch(str(scope["path"])) is not None


async def principal_of(scope: Scope) -> Principal | None:
    """Whose token came along, if it is a good one; what it is good for is the route's business."""
    if _WHO not in scope:
        scope[_WHO] = _principal(scope)
    return cast("Principal | None", scope[_WHO])


async def caller_of(scope: Scope) -> str:
    """Whose Idempotency-Keys these are; empty for a stranger, and where nothing is changed but much is shown."""
    who = await principal_of(scope)
    if who is None or str(scope["path"]).startswith("/codec/"):
        return ""
    return f"{who.user_id} {who.session_id}" if who.service else who.user_id


def idempotency_of(scope: Scope) -> Idempotency:
    """The application's."""
    return services_of(scope).idempotency


def services_of(scope: Scope) -> Services:
    """What the application works with."""
    return cast("Services", scope["app"].state.services)


def _principal(scope: Scope) -> Principal | None:
    try:
        token = token_of(Headers(scope=scope).get("authorization"))
        services = services_of(scope)
        if is_grant_token(token):
            return services.grant_tokens.verify(token)
        return (services.service_tokens if is_service_token(token) else services.access).verify(token)
    except UnauthenticatedError:
        return None
