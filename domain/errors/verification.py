"""Checks of who is speaking."""

from __future__ import annotations

from domain.errors.base import BankError


class VerificationNotFoundError(BankError):
    code = "verification_not_found"
    status = 404
    spoken = "I can't find that check."


class VerificationOpenError(BankError):
    """This session's customer is being asked already."""

    code = "verification_open"
    status = 409
    spoken = "I am already waiting for you to show that it's you."


class VerificationUnprovenError(BankError):
    """It was to count without an accepted answer to its own question."""

    code = "verification_unproven"
    status = 409
    spoken = "I could not check that it's you. Please ask again."


class VerificationLockedError(BankError):
    """Several failed by wrong codes within a day: a new one would only be five more guesses."""

    code = "verification_locked"
    status = 403
    spoken = "There were too many wrong codes today. I can check that it's you again tomorrow."


class TooManyVerificationsError(BankError):
    code = "too_many_verifications"
    status = 429
    spoken = "I have sent you enough codes for now. Please ask again in an hour."
