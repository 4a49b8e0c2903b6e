"""Turns the bank's refusals into Temporal's failures: the type is the stable code, and a refusal is final."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from domain.errors import BankError, IdempotencyConflictError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Generator


def failure_of(error: BankError) -> ApplicationError:
    """The failure for a refusal. Only UnavailableError is worth another try."""
    passing = isinstance(error, UnavailableError)
    # a refusal is an answer, not a fault: it is not logged as one
    category = ApplicationErrorCategory.UNSPECIFIED if passing else ApplicationErrorCategory.BENIGN
    details = error.digests if isinstance(error, IdempotencyConflictError) else ()
    return ApplicationError(error.sentence, *details, type=error.code, non_retryable=not passing, category=category)


@contextmanager
def refusals() -> Generator[None]:
    """Raise every BankError of the block as the ApplicationError of its code."""
    try:
        yield
    except BankError as error:
        raise failure_of(error) from error
