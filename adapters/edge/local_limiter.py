"""The same sliding windows in this process's memory, for when Redis is gone."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from math import ceil
from typing import Final

from domain.rates import Rate, Verdict

_MOST_SUBJECTS: Final = 10_000


class LocalLimiter:
    """Remembers at most `most_subjects`; where they are all fresh, a new one is refused: guessing gets no free room."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, most_subjects: int = _MOST_SUBJECTS) -> None:
        self._clock = clock
        self._most = most_subjects
        self._seen: dict[str, dict[str, float]] = {}
        self._longest: dict[str, int] = {}

    def hit(self, subject: str, rates: Sequence[Rate], member: str) -> Verdict:
        """Count `member`, if all windows have room."""
        now = self._clock()
        if not self._has_place(subject, now):
            return Verdict(allowed=False, rate=rates[0], remaining=0, reset_s=rates[0].window_s)
        self._longest[subject] = max(rate.window_s for rate in rates)
        seen = self._seen.setdefault(subject, {})
        for old in [each for each, at in seen.items() if at <= now - self._longest[subject]]:
            del seen[old]
        verdict = min((_verdict(seen, rate, member, now) for rate in rates), key=lambda v: (v.allowed, v.remaining))
        if verdict.allowed:
            seen.setdefault(member, now)
        return verdict

    def forget(self, subject: str, member: str) -> None:
        """Take a counted member back."""
        self._seen.get(subject, {}).pop(member, None)

    def _has_place(self, subject: str, now: float) -> bool:
        if subject in self._seen or len(self._seen) < self._most:
            return True
        for each, seen in list(self._seen.items()):
            if max(seen.values(), default=0) <= now - self._longest[each]:
                del self._seen[each], self._longest[each]
        return len(self._seen) < self._most


def _verdict(seen: dict[str, float], rate: Rate, member: str, now: float) -> Verdict:
    inside = [at for at in seen.values() if at > now - rate.window_s]
    counted = seen.get(member, now - rate.window_s) > now - rate.window_s
    room = rate.most - len(inside)
    reset = min(inside, default=now) + rate.window_s - now
    return Verdict(counted or room > 0, rate, max(room - (not counted), 0), max(ceil(reset), 1))
