"""Reads the stable code out of a failed activity, child or update."""

from __future__ import annotations

from temporalio.exceptions import ApplicationError, FailureError

from domain.errors import BankError, UnavailableError, by_code


def refusal_of(failure: FailureError) -> BankError:
    """The bank's error that is at the bottom of a failure; UnavailableError where it was a time-out or a crash."""
    cause: BaseException | None = failure
    while cause is not None:
        if isinstance(cause, ApplicationError) and cause.type:
            known = by_code(cause.type)
            return known(spoken=cause.message) if known is not BankError else BankError(cause.message)
        cause = cause.__cause__
    return UnavailableError()


def failed(error: BankError) -> ApplicationError:
    """A refusal to raise from a handler: it fails the update, never the workflow task."""
    return ApplicationError(error.sentence, type=error.code, non_retryable=True)
