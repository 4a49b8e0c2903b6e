"""Answers that were taken while everything died: looked for, and handed in again until their workflow knows."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NoReturn, Protocol

import structlog

from adapters.cancelled import heed_cancellation
from domain.errors import BankError

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from adapters.answer_desk import AnswerDesk
    from adapters.approval_desk import ApprovalDesk
    from adapters.postgres.elicitations import PgElicitations

_EVERY_S: Final = 2.0
_OLDER_THAN_S: Final = 3.0
_log = structlog.get_logger(__name__)


class TellsAgain(Protocol):
    """What its customer can stop by a row alone, before its workflow knows."""

    async def tell_again(self, older_than_s: float) -> None:
        """Those that were not reached."""
        ...


async def redeliver(
    elicitations: PgElicitations, desk: AnswerDesk, approvals: ApprovalDesk, stopped: Sequence[TellsAgain]
) -> NoReturn:
    """Until cancelled. Any number of copies may do it: an answer is known by its response id."""
    while True:
        await asyncio.sleep(_EVERY_S)
        heed_cancellation()
        with _said("answers"):
            for row in await elicitations.undelivered(_OLDER_THAN_S):
                with _said(row.request.elicitation_id):
                    await desk.deliver_again(row)
                    _log.info("answer delivered again", elicitation_id=row.request.elicitation_id)
        with _said("decisions"):
            for approval in await approvals.store.undelivered(_OLDER_THAN_S):
                with _said(approval.approval_id):
                    await approvals.deliver_again(approval)
                    _log.info("decision delivered again", elicitation_id=approval.approval_id)
        for each in stopped:
            with _said("what was stopped"):
                await each.tell_again(_OLDER_THAN_S)


@contextmanager
def _said(what: str) -> Generator[None]:
    """One that nobody takes, because its workflow is gone for good, keeps none of the others back."""
    try:
        yield
    except BankError as error:
        _log.info("waits to be delivered", what=what, code=error.code)
    except Exception:  # noqa: BLE001 - one answer that nobody thought of must not silence all that come after
        _log.exception("could not be delivered", what=what)
