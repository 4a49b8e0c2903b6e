"""Reads the stable code out of a failed activity, child or update."""

from __future__ import annotations

from typing import Final

from temporalio.exceptions import ApplicationError, FailureError

from domain.errors import BankError, IdempotencyConflictError, UnavailableError, by_code

_SEALED: Final = "Encoded failure"
"""All that Temporal's server keeps of an earlier attempt's message once an activity's time is over."""


def refusal_of(failure: FailureError) -> BankError:
    """The bank's error that is at the bottom of a failure; UnavailableError where it was a time-out or a crash."""
    cause: BaseException | None = failure
    while cause is not None:
        if isinstance(cause, ApplicationError) and cause.type:
            return _known(cause, by_code(cause.type))
        cause = cause.__cause__
    return UnavailableError()


def failed(error: BankError) -> ApplicationError:
    """A refusal to raise from a handler: it fails the update, never the workflow task."""
    details = error.digests if isinstance(error, IdempotencyConflictError) else ()
    return ApplicationError(error.sentence, *details, type=error.code, non_retryable=True)


def _known(cause: ApplicationError, kind: type[BankError]) -> BankError:
    if cause.message == _SEALED:
        return kind()
    if kind is BankError:
        return BankError(cause.message)
    if issubclass(kind, IdempotencyConflictError) and len(cause.details) == 2:
        return kind(spoken=cause.message, digests=(str(cause.details[0]), str(cause.details[1])))
    return kind(spoken=cause.message)
