"""What a phrase about time says, before it is known whether it speaks of the past or of the future."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `first` to `last`, both included; None: open on that side."""

    first: date | None
    last: date | None

    @property
    def day(self) -> date | None:
        """The day, where it is just one."""
        return self.first if self.first == self.last else None


@dataclass(frozen=True, slots=True)
class Moment:
    """A phrase at tokens[start:end], as `said`.

    `past` and `future`: its days where it tells of what was, or of what is to be; `choices`: the single days that it
    may mean to come; `unclear`: "date" or "time" where it names one that no calendar or clock has.
    `time`: `HH:MM`; `every`: an RFC 5545 rule; `every_choices`: where it may mean two; `days_before`: of what is due;
    `quiet`: from and to, each `HH:MM`.
    """

    start: int
    end: int
    said: str
    past: Span | None = None
    future: Span | None = None
    choices: tuple[date, ...] = ()
    unclear: str = ""
    time: str = ""
    every: str = ""
    every_choices: tuple[str, ...] = ()
    days_before: int = -1
    quiet: tuple[str, str] | None = None

    @property
    def letters(self) -> str:
        """What the tagged text calls it: w(hen), m (a day), h(our), e(very), b(efore), q(uiet)."""
        days = self.future is not None or self.past is not None or self.unclear == "date"
        single = (
            bool(self.choices) or self.unclear == "date" or (self.future is not None and self.future.day is not None)
        )
        return (
            ("w" if days else "")
            + ("m" if single else "")
            + ("h" if self.time or self.unclear == "time" else "")
            + ("e" if self.every or self.every_choices else "")
            + ("b" if self.days_before >= 0 else "")
            + ("q" if self.quiet else "")
        )
