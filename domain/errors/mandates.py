"""Standing mandates."""

from __future__ import annotations

from domain.errors.base import BankError


class MandateNotFoundError(BankError):
    code = "mandate_not_found"
    status = 404
    spoken = "I can't find that standing payment."


class MandateClosedError(BankError):
    code = "mandate_closed"
    status = 409
    spoken = "That standing payment is already finished."


class MandateRevokedError(BankError):
    """Also of a payment that it was to cover: between its screening and its posting the mandate was revoked."""

    code = "mandate_revoked"
    status = 409
    spoken = "That standing payment was revoked. Nothing was moved."


class MandateEndedError(BankError):
    code = "mandate_ended"
    status = 409
    spoken = "That standing payment has ended. Nothing was moved."


class MandateExhaustedError(BankError):
    code = "mandate_exhausted"
    status = 409
    spoken = "What is left of that standing payment is not enough any more. Nothing was moved."


class MandateMismatchError(BankError):
    """A payment names a mandate that does not fit it."""

    code = "mandate_mismatch"
    status = 409
    spoken = "That standing payment does not cover this. Nothing was moved."


class MandateUnsignedError(BankError):
    """A mandate was to become active without every countersign of its version."""

    code = "mandate_unsigned"
    status = 409
    spoken = "That standing payment was not confirmed in full. Nothing was set up."


class MandateTooLargeError(BankError):
    code = "mandate_too_large"
    status = 422
    spoken = "That is more than I can allow as a standing payment. How much should it be?"


class TooManyMandatesError(BankError):
    code = "too_many_mandates"
    status = 409
    spoken = "You have as many standing payments as there can be. Please revoke one first."


class MandatesLockedError(BankError):
    """Several mandates failed by wrong codes within a day: a new one would only be five more guesses."""

    code = "mandates_locked"
    status = 403
    spoken = "There were too many wrong codes today. You can set up a standing payment again tomorrow."


class PeriodUnknownError(BankError):
    code = "period_unknown"
    status = 422
    spoken = "Is that a day, a week, a month or a year?"
