"""What every way of signing in shares: who asks from where, and what they are given."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final, NoReturn

from pydantic import Field

from adapters.postgres.sign_ins import trimmed
from adapters.recovery_codes import PATTERN
from adapters.throttle import ThrottledError
from api.sent import Sent
from domain.errors import (
    AnswerRejectedError,
    RateLimitedError,
    StepUpRequiredError,
    TotpRequiredError,
    UnauthenticatedError,
)

if TYPE_CHECKING:
    from fastapi import Request

    from adapters.postgres.sign_ins import Begun
    from adapters.tokens import Principal
    from api.services import Services
    from domain.accounts import Customer

SCOPES: Final[dict[str, tuple[str, ...]]] = {
    "customer": ("read", "transact", "configure"),
    "supervisor": ("read", "approve"),
    "compliance": ("read", "audit"),
    "admin": ("read", "admin"),
}
FRESH_S: Final = 300
"""How long after a sign-in the password is not asked for again."""
_NOBODY: Final = "nobody"
TotpCode = Annotated[str, Field(pattern=r"^([0-9]{6})?$")]
RecoveryCode = Annotated[str, Field(pattern=f"{PATTERN}|^$")]


class StepUp(Sent):
    """The password once more, and where a second factor is on its code, or one of the recovery codes."""

    password: Annotated[str, Field(max_length=256)] = ""
    totp_code: TotpCode = ""
    recovery_code: RecoveryCode = ""


def address_of(request: Request) -> str:
    """Where the request came from; behind a proxy that is believed, where that says it came from."""
    return request.client.host if request.client else ""


async def admitted(services: Services, request: Request, what: str) -> None:
    """Count a try that names nobody, such as a passkey's, until `forgive`. Raises RateLimitedError."""
    await _admit(services, request, f"{what}:")


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


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody signs in with."""

    username: str
    password: str = field(repr=False)
    totp_code: str = field(default="", repr=False)
    recovery_code: str = field(default="", repr=False)


async def identified(services: Services, request: Request, given: Given) -> tuple[Customer, str]:
    """Who that is, and the method that it took. Raises TotpRequiredError, UnauthenticatedError, RateLimitedError."""
    name = given.username
    customer = await checked_password(services, request, name, given.password)
    try:
        fitted = await second_factor(services, customer, given.totp_code, given.recovery_code)
    except TotpRequiredError:
        await forgive(services, request, name)
        raise
    except WrongFactorError as error:
        await refuse(services, request, customer.user_id, str(error))
    await forgive(services, request, name)
    return customer, f"password+{fitted}" if fitted else "password"


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


async def check_recovery(services: Services, user_id: str, code: str) -> bool:
    """Whether this is an unused recovery code of the user's, which is then spent. Counted with authenticator codes."""
    await services.second_factors.count_try(user_id)
    return await services.recovery.use(user_id, services.recovery_codes.digests(user_id, code))


async def second_factor(services: Services, customer: Customer, totp_code: str, recovery_code: str) -> str:
    """Which one fitted: "totp" or "recovery"; "" where none is on. Raises TotpRequiredError, WrongFactorError."""
    factor = await services.second_factors.of(customer.user_id)
    if factor is None or not factor.on:
        return ""
    if totp_code and await check_code(services, customer.user_id, totp_code):
        return "totp"
    if not totp_code and recovery_code and await check_recovery(services, customer.user_id, recovery_code):
        return "recovery"
    if not totp_code and not recovery_code:
        raise TotpRequiredError
    raise WrongFactorError("totp" if totp_code else "recovery")


class WrongFactorError(Exception):
    """Which it was is for the audit, and never told."""


async def step_up(services: Services, request: Request, who: Principal, given: StepUp) -> None:
    """Before how one signs in is changed: the password once more, with the second factor where one is on.

    Not asked for in the first minutes of a sign-in. Raises StepUpRequiredError, AnswerRejectedError, RateLimitedError.
    """
    if not given.password:
        if await services.sign_ins.age_s(who.sign_in_id) > FRESH_S:
            raise StepUpRequiredError
        return
    customer = await services.directory.customer(who.user_id)
    try:
        await checked_password(services, request, customer.username, given.password)
        await second_factor(services, customer, given.totp_code, given.recovery_code)
    except WrongFactorError as error:
        await services.sign_ins.note(who.user_id, "totp.refused", who.user_id, factor=str(error))
        raise _not_right() from None
    except TotpRequiredError:
        await forgive(services, request, customer.username)
        raise _not_right() from None
    except UnauthenticatedError:
        raise _not_right() from None
    await forgive(services, request, customer.username)


def _not_right() -> AnswerRejectedError:
    return AnswerRejectedError("the password or the code is wrong or missing", spoken="That is not right.")


async def begin(services: Services, request: Request, customer: Customer, method: str) -> dict[str, Any]:
    """Sign them in: the body of the answer. `method`: password, password+totp, password+recovery or passkey."""
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
