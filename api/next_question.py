"""What a payment asks next, told together with what became of the last answer."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from domain.elicitation import ElicitationState

if TYPE_CHECKING:
    from adapters.postgres.elicitations import PgElicitations
    from domain.elicitation import ElicitationStatus

_LOOKS: Final = 40
_PAUSE_S: Final = 0.05


async def with_next(elicitations: PgElicitations, status: ElicitationStatus) -> ElicitationStatus:
    """The same with `next_elicitation`, where its customer is asked more and the question is open within two seconds.

    One that opens later is found at `GET /api/elicitations`, and told of by its event.
    """
    if status.status is not ElicitationState.COMPLETED:
        return status
    for _ in range(_LOOKS):
        more, row = await elicitations.following(status.elicitation_id)
        if row is not None:
            return replace(status, next_elicitation=row.request)
        if not more:
            break
        await asyncio.sleep(_PAUSE_S)
    return status
