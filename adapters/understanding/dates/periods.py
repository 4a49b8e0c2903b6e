"""Days and periods that move with today, and feasts: `the last thirty days`, `year to date`, `the weekend`."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

from adapters.understanding.dates.moments import Span
from adapters.understanding.dates.points import FORWARD, Point, nearest, number, one_day, period, shifted

_FEW: Final = 3


def rolling(match: re.Match[str]) -> Point:
    """`The last thirty days`, `the next two weeks`: from this day that long ago, until today."""
    count = number(match) if match["n"] or match["few"] is None else _FEW
    forward = match["rel"] in FORWARD

    def resolve(anchor: date, _: bool) -> Span:
        unit = match["unit"]
        days = count if unit != "hour" else -(-count // 24)
        other = shifted(anchor, days if forward else -days, "day" if unit == "hour" else unit)
        return Span(anchor, other) if forward else Span(other, anchor)

    return Point(resolve)


def to_date(match: re.Match[str]) -> Point:
    """`Year to date`, `so far this month`."""
    unit = (
        {"y": "year", "m": "month", "q": "quarter", "w": "week"}[match["short"][0]]
        if match["short"]
        else (match["unit"] or match["unit2"] or match["unit3"])
    )
    return Point(lambda anchor, _: Span(period(unit, anchor).first, anchor))


def weekend(match: re.Match[str]) -> Point:
    """Saturday and Sunday."""
    which = match["rel"] or ""

    def resolve(anchor: date, future: bool) -> Span:
        saturday = anchor - timedelta(days=anchor.weekday()) + timedelta(days=5)
        if which in {"last", "past", "previous"} or (not future and which in {"", "the"} and saturday > anchor):
            saturday -= timedelta(days=7)
        elif which in {"next", "following"}:
            saturday += timedelta(days=7)
        return Span(saturday, saturday + timedelta(days=1))

    return Point(resolve)


FEASTS: Final = {
    "christmas eve": (12, 24), "christmas day": (12, 25), "christmas": (12, 25), "new year eve": (12, 31),
    "new year day": (1, 1), "new year": (1, 1), "halloween": (10, 31), "valentine day": (2, 14),
    "valentines day": (2, 14), "independence day": (7, 4), "boxing day": (12, 26),
}  # fmt: skip


def feast(match: re.Match[str]) -> Point:
    """A day that has the same date every year."""
    month, day = FEASTS[match["feast"]]
    return Point(lambda anchor, future: one_day(nearest(month, day, anchor, future=future)), floating=True, day=True)


_SLASHED: Final = re.compile(r"(?P<a>\d{1,2})/(?P<b>\d{1,2})(?:/(?P<year>\d{4}|\d{2}))? ")


def slashed(text: str, at: int, *, day_first: bool) -> tuple[Point | None, int] | None:
    """`5/6/2026`, `5/6`: month first unless the bank's customers write otherwise, or no month has that number."""
    match = _SLASHED.match(text, at)
    if match is None:
        return None
    first, second = int(match["a"]), int(match["b"])
    day, month = (first, second) if day_first else (second, first)
    if month > 12 >= day:
        day, month = month, day
    year = int(match["year"] or 0)
    year += 2000 if 0 < year < 100 else 0
    try:
        date(year or 2000, month, day)
    except ValueError:
        return None, match.end()

    def resolve(anchor: date, future: bool) -> Span:
        found = date(year, month, day) if year else nearest(month, day, anchor, future=future)
        return one_day(found)

    return Point(resolve, floating=not year, day=True), match.end()
