"""Who somebody is, and what they may do."""

from __future__ import annotations

from domain.errors.base import BankError


class UnauthenticatedError(BankError):
    code = "unauthenticated"
    status = 401
    spoken = "Please sign in."


class TokenExpiredError(UnauthenticatedError):
    code = "token_expired"


class TokenInvalidError(UnauthenticatedError):
    code = "token_invalid"


class TokenAudienceError(UnauthenticatedError):
    code = "token_audience"


class TotpRequiredError(UnauthenticatedError):
    code = "totp_required"
    spoken = "Please add the code that your authenticator shows."


class SignInEndedError(UnauthenticatedError):
    """Signed out, here or elsewhere, or too old, or its role has changed."""

    code = "sign_in_ended"
    spoken = "You have been signed out. Please sign in again."


class RefreshInvalidError(UnauthenticatedError):
    code = "refresh_invalid"


class RefreshReusedError(UnauthenticatedError):
    """A refresh token came a second time: it was stolen, from one side or the other. The sign-in is over."""

    code = "refresh_reused"
    spoken = "For your safety you have been signed out. Please sign in again."


class SignInNotFoundError(BankError):
    code = "sign_in_not_found"
    status = 404
    spoken = "I can't find that sign-in."


class StepUpRequiredError(BankError):
    """The sign-in is not fresh, and what is asked for changes how one signs in."""

    code = "step_up_required"
    status = 403
    spoken = "Please confirm with your password first."


class NoAddressError(BankError):
    code = "no_address"
    status = 409
    spoken = "The bank has no address of yours for that."


class TotpAlreadyOnError(BankError):
    code = "totp_already_on"
    status = 409
    spoken = "A second factor is already on."


class TotpNotOnError(BankError):
    code = "totp_not_on"
    status = 409
    spoken = "There is no second factor to do that with."


class ForbiddenError(BankError):
    code = "forbidden"
    status = 403
    spoken = "I can't do that with this sign-in."
