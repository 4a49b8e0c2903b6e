"""Turns what Temporal's client raises into the bank's errors."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from typing import Final, TypeVar

import structlog
from temporalio.client import (
    RPCTimeoutOrCancelledError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.exceptions import FailureError
from temporalio.service import RPCError, RPCStatusCode

from domain.errors import BankError, UnavailableError
from workflows.refusal import refusal_of

Taken = TypeVar("Taken")
_log = structlog.get_logger(__name__)
_UNAVAILABLE: Final = frozenset(
    {
        RPCStatusCode.UNAVAILABLE,
        RPCStatusCode.DEADLINE_EXCEEDED,
        RPCStatusCode.CANCELLED,
        RPCStatusCode.RESOURCE_EXHAUSTED,
        RPCStatusCode.ABORTED,
        RPCStatusCode.INTERNAL,
        RPCStatusCode.UNKNOWN,
    }
)
_TASK_FAILED: Final = "workflow task "
_TASK_TRIES: Final = 40
_TASK_WAIT_S: Final = 0.05
_ENDED: Final = ("already completed", "closing workflow")


async def until_taken(update: Callable[[], Awaitable[Taken]]) -> Taken:
    """The update's result. `update` sends it, under the same id each time.

    A workflow that ends, or continues as new, while a signal comes in has its task done again, and whoever waited for
    an update in that task is told of a failure, though nothing has failed.
    """
    for _ in range(_TASK_TRIES):
        try:
            return await update()
        except RPCError as error:
            if not _task_failed(error):
                raise
        await asyncio.sleep(_TASK_WAIT_S)
    raise UnavailableError


def _task_failed(error: RPCError) -> bool:
    """Whether nothing is known but that the workflow's task is done again, as when its worker has died."""
    return error.status is RPCStatusCode.FAILED_PRECONDITION and _TASK_FAILED in error.message.lower()


@contextmanager
def as_bank_errors(missing: type[BankError], completed: type[BankError] | None = None) -> Generator[None]:
    """Raise `missing` where there is no such workflow, `completed` where it has ended, its refusals by their code.

    Whatever else goes wrong on the way is UnavailableError.
    """
    try:
        yield
    except WorkflowUpdateFailedError as error:
        cause = error.cause
        raise (refusal_of(cause) if isinstance(cause, FailureError) else UnavailableError()) from error
    except (WorkflowUpdateRPCTimeoutOrCancelledError, RPCTimeoutOrCancelledError) as error:
        raise UnavailableError from error
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            ended = completed is not None and any(words in error.message for words in _ENDED)
            raise (completed if ended and completed else missing) from error
        if error.status in _UNAVAILABLE or _task_failed(error):
            raise UnavailableError from error
        _log.error("temporal refused", status=error.status.name, reason=error.message)
        raise
    except RuntimeError as error:
        if "client connect" not in str(error):
            raise
        raise UnavailableError from error  # how a lazy client says that its first connection failed
