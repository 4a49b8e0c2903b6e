"""What a named day or period is made of."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from dateutil.relativedelta import relativedelta

from adapters.understanding.dates.moments import Span

MONTHS: Final = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
FORWARD: Final = frozenset({"next", "coming", "following", "upcoming", "this coming"})
UNIT: Final = r"(?P<unit>day|week|month|quarter|year) "
NUMBER: Final = r"(?:(?:a )?n(?P<n>\d{1,3}) (?:of )?|an? )"


@dataclass(frozen=True, slots=True)
class Point:
    """`resolve(anchor, future)`: the days meant. `floating`: its year, month or week follows from what is around it."""

    resolve: Callable[[date, bool], Span]
    floating: bool = False
    day: bool = False


def one_day(day: date) -> Span:
    """That day alone."""
    return Span(day, day)


def number(match: re.Match[str]) -> int:
    """How many: `a` is one."""
    return int(match["n"] or 1)


def shifted(day: date, count: int, unit: str) -> date:
    """`count` units later, or earlier. Raises ValueError beyond the calendar."""
    months = {"month": 1, "quarter": 3, "year": 12}.get(unit)
    try:
        return day + (
            relativedelta(months=months * count) if months else timedelta(days=count * (7 if unit == "week" else 1))
        )
    except OverflowError as error:
        raise ValueError(count) from error


def period(unit: str, day: date) -> Span:
    """The calendar's week (from Monday, ISO 8601), month, quarter or year around a day."""
    if unit == "day":
        return one_day(day)
    if unit == "week":
        monday = day - timedelta(days=day.weekday())
        return Span(monday, monday + timedelta(days=6))
    length = {"month": 1, "quarter": 3, "year": 12}[unit]
    first = day.replace(day=1, month=(day.month - 1) // length * length + 1)
    return Span(first, first + relativedelta(months=length, days=-1))


def nearest(month: int, day: int, anchor: date, *, future: bool) -> date:
    """The latest such day that has come, or the next one that has not. 29 February waits for a leap year."""
    for year in range(anchor.year, anchor.year + (9 if future else -9), 1 if future else -1):
        if day <= monthrange(year, month)[1]:
            found = date(year, month, day)
            if (found >= anchor) if future else (found <= anchor):
                return found
    raise ValueError(day)
