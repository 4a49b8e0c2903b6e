"""Codes typed in parts. A secret that may be stored nowhere, so it lives here for a moment and may be lost."""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from adapters.understanding.front import CodeCollector, Collected

if TYPE_CHECKING:
    from collections.abc import Callable

    from adapters.understanding.front import Heard

_KEPT_S: Final = 120.0
_MOST: Final = 1000


class HalfCodes:
    """One collector a conversation, forgotten after two minutes of silence. Another process does not know it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._open: OrderedDict[str, tuple[float, CodeCollector]] = OrderedDict()

    def take(self, session_id: str, heard: Heard) -> Collected:
        """Add what this turn held of a code."""
        self._forget()
        _, collector = self._open.pop(session_id, (0.0, CodeCollector()))
        collected = collector.take(heard)
        if collected.missing and not collected.error_code:
            self._open[session_id] = (self._clock(), collector)
        return collected

    def drop(self, session_id: str) -> None:
        """Nothing is waited for any more."""
        self._open.pop(session_id, None)

    def _forget(self) -> None:
        oldest = self._clock() - _KEPT_S
        while self._open and (len(self._open) > _MOST or next(iter(self._open.values()))[0] < oldest):
            self._open.popitem(last=False)
