"""Refused answers in the audit: each, up to a bound that no person reaches and that a machine does not get past."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import uuid4

from adapters.edge.local_limiter import LocalLimiter
from domain.errors import UnavailableError
from domain.rates import parse_rates

if TYPE_CHECKING:
    from adapters.postgres.pool import Pool

_BOUND: Final = parse_rates("60/1m,600/1h")
"""A person's, in one process; answers themselves are never counted (api/limits.py)."""


class RefusedAnswers:
    """Implements `adapters.answer_desk.Refusals`. What is over the bound stays in the log alone."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._limiter = LocalLimiter()

    async def refused(self, elicitation_id: str, user_id: str, code: str, response_id: str) -> None:
        """A line in the audit. An answer is refused also where it cannot be written."""
        if not self._limiter.hit(user_id, _BOUND, uuid4().hex).allowed:
            return
        try:
            await self._pool.row(
                "SELECT note_refused_answer(%s, %s, %s, %s)", elicitation_id, user_id, code, response_id
            )
        except UnavailableError:
            return
