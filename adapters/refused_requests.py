"""Requests that were refused, in the audit: each, up to a bound that no person reaches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import uuid4

from adapters.edge.local_limiter import LocalLimiter
from domain.errors import UnavailableError
from domain.rates import parse_rates

if TYPE_CHECKING:
    from adapters.postgres.pool import Pool

_BOUND: Final = parse_rates("60/1m,600/1h")
"""A person's, in one process; what is over it stays in the log alone."""


class RefusedRequests:
    """Implements `mcp_tools.counter.Refusals`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._limiter = LocalLimiter()

    async def refused(self, user_id: str, request: str, subject_id: str, code: str) -> None:
        """A line in the audit. A request is refused also where it cannot be written."""
        if not self._limiter.hit(user_id, _BOUND, uuid4().hex).allowed:
            return
        try:
            await self._pool.row("SELECT note_refused_request(%s, %s, %s, %s)", user_id, request, subject_id, code)
        except UnavailableError:
            return
