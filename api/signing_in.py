"""What every way of signing in shares: who asks from where, and what they are given."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NoReturn

from adapters.postgres.sign_ins import trimmed
from adapters.throttle import ThrottledError
from domain.errors import RateLimitedError, UnauthenticatedError

if TYPE_CHECKING:
    from fastapi import Request

    from adapters.postgres.sign_ins import Begun
    from api.services import Services
    from domain.accounts import Customer

SCOPES: Final[dict[str, tuple[str, ...]]] = {
    "customer": ("read", "transact", "configure"),
    "supervisor": ("read", "approve"),
    "compliance": ("read", "audit"),
    "admin": ("read", "admin"),
}
_NOBODY: Final = "nobody"


def address_of(request: Request) -> str:
    """Where the request came from; behind a proxy that is believed, where that says it came from."""
    return request.client.host if request.client else ""


async def checked_password(services: Services, request: Request, username: str, password: str) -> Customer:
    """Whose name and password these are. Raises UnauthenticatedError, never saying which was wrong; RateLimitedError.

    The try stays counted until `forgive`.
    """
    await _admit(services, request, username)
    found = await services.users.by_username(username)
    fits = await services.passwords.verify(found.password_hash if found else None, password)
    if found is None or not fits:
        await refuse(services, request, found.customer.user_id if found else _NOBODY, "password")
    return found.customer


async def forgive(services: Services, request: Request, username: str) -> None:
    """That was no guess."""
    await services.throttle.forgive(username, address_of(request))


async def check_code(services: Services, user_id: str, code: str) -> bool:
    """Whether this is a fresh code of the user's authenticator. Raises RateLimitedError after too many wrong ones."""
    factor = await services.second_factors.of(user_id)
    if factor is None:
        return False
    await services.second_factors.count_try(user_id)
    step = services.totp.step_of(factor.secret, user_id, code)
    return step is not None and await services.second_factors.use_step(factor, step)


async def begin(services: Services, request: Request, customer: Customer, method: str) -> dict[str, Any]:
    """Sign them in: the body of the answer. `method`: password, password+totp or passkey."""
    agent = request.headers.get("user-agent", "")
    begun = await services.sign_ins.begin(customer.user_id, method, agent, address_of(request))
    return tokens(services, customer, begun)


def tokens(services: Services, customer: Customer, begun: Begun) -> dict[str, Any]:
    """An access token and the refresh token for the next; seconds are from now."""
    scopes = SCOPES.get(customer.role, ())
    return {
        "access_token": services.access.mint(customer.user_id, customer.role, scopes, begun.sign_in_id),
        "token_type": "Bearer",
        "expires_in": services.settings.access_token_s,
        "refresh_token": begun.refresh_token,
        "refresh_expires_in": max(0, int((begun.ends_at - datetime.now(UTC)).total_seconds())),
        "sign_in_id": begun.sign_in_id,
        "user": {
            "user_id": customer.user_id,
            "username": customer.username,
            "display_name": customer.display_name,
            "role": customer.role,
            "scopes": list(scopes),
            "platform": customer.platform,
        },
    }


async def refuse(services: Services, request: Request, user_id: str, factor: str) -> NoReturn:
    """Audit and raise UnauthenticatedError, the same whatever was wrong."""
    agent = trimmed(request.headers.get("user-agent", ""))
    await services.sign_ins.note(
        user_id, "sign_in.refused", user_id, factor=factor, address=address_of(request), agent=agent
    )
    raise UnauthenticatedError("the user name or the password is wrong", spoken="That sign-in is not right.")


async def _admit(services: Services, request: Request, username: str) -> None:
    try:
        await services.throttle.admit(username, address_of(request))
    except ThrottledError as error:
        if error.news:
            found = await services.users.by_username(username)
            about = found.customer.user_id if found else _NOBODY
            await services.sign_ins.note(about, "sign_in.throttled", about, address=address_of(request))
        raise RateLimitedError(error.detail, retry_after_s=error.retry_after_s) from None
