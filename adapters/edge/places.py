"""How many things of one customer may run at the same time, in one process."""

from __future__ import annotations

from collections import Counter as Tally
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from domain.errors import RateLimitedError

if TYPE_CHECKING:
    from collections.abc import Generator


@dataclass(frozen=True, slots=True)
class Places:
    """`at_once` places for each customer."""

    at_once: int
    _running: Tally[str] = field(default_factory=Tally[str])

    @contextmanager
    def place(self, user_id: str) -> Generator[None]:
        """One of the customer's places, while the block runs. Raises RateLimitedError where all are taken."""
        if self._running[user_id] >= self.at_once:
            raise RateLimitedError(f"more than {self.at_once} at once", retry_after_s=1)
        self._running[user_id] += 1
        try:
            yield
        finally:
            self._running[user_id] -= 1
            if not self._running[user_id]:
                del self._running[user_id]
