"""Days and periods by name: `yesterday`, `the third of june`, `last may`, `q2`, `the week before last`."""

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
_VERBS: Final = frozenset({"may", "march"})
_BEFORE_MONTH: Final = re.compile(
    r"\b(?:in|since|during|for|of|until|till|through|from|by|to|and|between|all|before|after|over|about) (?:the )?$"
)
_BEFORE_YEAR: Final = re.compile(
    r"\b(?:in|since|during|of|for|from|to|until|through|throughout|all|and|between|before|after|over) (?:the )?$"
)
_BEFORE_ORDINAL: Final = re.compile(r"\b(?:on|by|until|till|since|before|after) $")
_IN_RANGE: Final = re.compile(r"\b(?:between|from) (?:.*\b(?:and|to|through|until|till) )?$")
_ROLLING: Final = re.compile(r"\b(?:in|over|for|during|within) $")
DAY: Final = r"(?P<day>o\d{1,2}|n(?:[12]?\d|3[01])) "
MONTH: Final = rf"(?P<month>{'|'.join(MONTHS)}) "
_YEAR: Final = r"(?P<year>n(?:19|20)\d\d|n(?:19|20) (?:oh |o )?n\d{1,2}) "
_OF_YEAR: Final = rf"(?:(?:of |in )?(?:the year )?{_YEAR}|(?:of )?(?P<which>last|this|next) year )?"
_DAY_NAME: Final = rf"(?P<name>{'|'.join(DAYS)})s? "
UNIT: Final = r"(?P<unit>day|week|month|quarter|year) "
NUMBER: Final = r"(?:(?:a )?n(?P<n>\d{1,3}) (?:of )?|an? )"
_FEW: Final = 3
_CENTURY: Final = 100
_FORWARD: Final = frozenset({"next", "coming", "following", "upcoming", "this coming"})


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


def _year(match: re.Match[str], anchor: date) -> int | None:
    if match["year"]:
        parts = [int(part[1:]) for part in match["year"].split() if part[0] == "n"]
        return parts[0] if len(parts) == 1 else parts[0] * _CENTURY + parts[1]
    return {"last": anchor.year - 1, "this": anchor.year, "next": anchor.year + 1}.get(match["which"] or "")


def _date(match: re.Match[str]) -> Point:
    month, day = MONTHS.index(match["month"]) + 1, int(match["day"][1:])
    if day > monthrange(2000, month)[1] or not day:
        raise ValueError(match[0])

    def resolve(anchor: date, future: bool) -> Span:
        year = _year(match, anchor)
        return one_day(date(year, month, day) if year else nearest(month, day, anchor, future=future))

    return Point(resolve, floating=not match["year"] and not match["which"], day=True)


def nearest(month: int, day: int, anchor: date, *, future: bool) -> date:
    """The latest such day that has come, or the next one that has not. 29 February waits for a leap year."""
    for year in range(anchor.year, anchor.year + (9 if future else -9), 1 if future else -1):
        if day <= monthrange(year, month)[1]:
            found = date(year, month, day)
            if (found >= anchor) if future else (found <= anchor):
                return found
    raise ValueError(day)


def _month(match: re.Match[str]) -> Point | None:
    month = MONTHS.index(match["month"]) + 1
    which = match["rel"] or ""
    named = which or match["year"] or match["which"] or match["month"] not in _VERBS
    if not named and not _BEFORE_MONTH.search(match.string[: match.start()]):
        return None
    return _the_month(match, month, which)


def _the_month(match: re.Match[str], month: int, which: str) -> Point:

    def resolve(anchor: date, future: bool) -> Span:
        year = _year(match, anchor)
        if not year and which == "this":
            year = anchor.year
        if not year:
            begun = date(anchor.year, month, 1)
            back = which in {"last", "past", "previous"}
            if which in _FORWARD or (future and not back):
                year = anchor.year + (month < anchor.month or (which in _FORWARD and month == anchor.month))
            else:
                year = anchor.year - (begun > anchor or (back and month == anchor.month))
        return period("month", date(year, month, 1))

    return Point(resolve, floating=not (match["year"] or match["which"] or which))


def _quarter(match: re.Match[str]) -> Point:
    which = int(match["q"] or match["oq"])
    if not 1 <= which <= 4:  # noqa: PLR2004 - a year's quarters
        raise ValueError(match[0])

    def resolve(anchor: date, future: bool) -> Span:
        year = _year(match, anchor)
        first = date(year or anchor.year, which * 3 - 2, 1)
        if not year and not future and first > anchor:
            first = first.replace(year=first.year - 1)
        if not year and future and (period("quarter", first).last or first) < anchor:
            first = first.replace(year=first.year + 1)
        return period("quarter", first)

    return Point(resolve, floating=not (match["year"] or match["which"]))


def _in_year(match: re.Match[str]) -> Point | None:
    if "year" not in match[0] and not _BEFORE_YEAR.search(match.string[: match.start()]):
        return None
    return Point(lambda anchor, _: period("year", date(_year(match, anchor) or anchor.year, 1, 1)))


def _relative(match: re.Match[str]) -> Point:
    step = {"yesterday": -1, "today": 0, "tonight": 0, "tomorrow": 1}.get(match["rel"])
    if step is None:
        step = -2 if "before" in match["rel"] else 2
    return Point(lambda anchor, _: one_day(anchor + timedelta(days=step)), day=True)


def _ago(match: re.Match[str]) -> Point:
    count = -number(match) if match["ago"] else number(match)
    return Point(lambda anchor, _: one_day(shifted(anchor, count, match["unit"])), day=True)


def _named_day(match: re.Match[str]) -> Point:
    want = DAYS.index(match["name"])
    which, week = match["rel"] or "", match["week"] or ""

    def resolve(anchor: date, future: bool) -> Span:
        monday = anchor - timedelta(days=anchor.weekday())
        if week or which == "this":
            step = {"last": -7, "next": 7}.get(week, 0)
            found = monday + timedelta(days=want + step)
            return one_day(found + timedelta(days=7) if which == "this" and future and found < anchor else found)
        ahead = which in _FORWARD or (future and which not in {"last", "past", "previous", "this past"})
        if ahead:
            return one_day(anchor + timedelta(days=(want - anchor.weekday() - 1) % 7 + 1))
        return one_day(anchor - timedelta(days=(anchor.weekday() - want - 1) % 7 + 1))

    return Point(resolve, floating=not (which or week), day=True)


def _ordinal(match: re.Match[str]) -> Point | None:
    """Of this month or the one around it; without a month only where it can be no other ordinal."""
    before, alone = match.string[: match.start()], match[0] == match.string
    if not match["month_rel"] and not alone and not _BEFORE_ORDINAL.search(before) and not _IN_RANGE.search(before):
        return None
    day, which = int(match["day"][1:]), match["month_rel"] or ""
    if not 1 <= day <= 31:  # noqa: PLR2004 - the longest month
        raise ValueError(match[0])

    def resolve(anchor: date, future: bool) -> Span:
        if which in {"last", "next", "this"}:
            month = anchor.replace(day=1) + relativedelta(months={"last": -1, "next": 1}.get(which, 0))
            return one_day(month.replace(day=day))
        for step in range(9):
            month = anchor.replace(day=1) + relativedelta(months=step if future else -step)
            if day <= monthrange(month.year, month.month)[1]:
                found = month.replace(day=day)
                if (found >= anchor) if future else (found <= anchor):
                    return one_day(found)
        raise ValueError(day)

    return Point(resolve, floating=not which, day=True)


def _edge_of(match: re.Match[str]) -> Point:
    """`The last day of the month`, `the end of may`, `the beginning of next year`."""
    last = match["edge"] in {"last day", "end"}

    def resolve(anchor: date, future: bool) -> Span:
        if match["month"]:
            around = _the_month(match, MONTHS.index(match["month"]) + 1, match["rel"] or "").resolve(anchor, future)
        else:
            step = {"last": -1, "previous": -1, "past": -1}.get(match["rel"] or "", int(match["rel"] in _FORWARD))
            around = period(match["unit"], shifted(anchor, step, match["unit"]))
            if not step and future and around.first and around.first < anchor and not last:
                around = period(match["unit"], shifted(anchor, 1, match["unit"]))
            if not step and not future and last and around.last != anchor:
                around = period(match["unit"], shifted(anchor, -1, match["unit"]))
        day = around.last if last else around.first
        return Span(day, day)

    return Point(resolve, floating=bool(match["month"]) and not match["year"], day=True)


def _part_of(match: re.Match[str]) -> Point:
    """`The first week of may`: its first seven days."""
    days = 7 if match["part"] == "week" else 15

    def resolve(anchor: date, future: bool) -> Span:
        around = _the_month(match, MONTHS.index(match["month"]) + 1, "").resolve(anchor, future)
        if around.first is None or around.last is None:
            return around
        if match["edge"] == "last":
            return Span(around.last - timedelta(days=days - 1), around.last)
        return Span(around.first, around.first + timedelta(days=days - 1))

    return Point(resolve, floating=not (match["year"] or match["which"]))


def _around(match: re.Match[str]) -> Point:
    """`Last week`, `this month`, `the year before last`, `the week after next`."""
    which = match["rel"] or ("before" if "before last" in match[0] else "after")
    rolling = "the " in match[0] and _ROLLING.search(match.string[: match.start()])
    if which == "past" or (which == "last" and rolling):
        return Point(lambda anchor, _: Span(shifted(anchor, -1, match["unit"]), anchor))
    step = {"this": 0, "current": 0, "before": -2, "after": 2}.get(which, 1 if which in _FORWARD else -1)
    return Point(lambda anchor, _: period(match["unit"], shifted(anchor, step, match["unit"])))


def _rolling(match: re.Match[str]) -> Point:
    """`The last thirty days`, `the next two weeks`: from this day that long ago, until today."""
    count = number(match) if match["n"] or match["few"] is None else _FEW
    forward = match["rel"] in _FORWARD

    def resolve(anchor: date, _: bool) -> Span:
        unit = match["unit"]
        days = count if unit != "hour" else -(-count // 24)
        other = shifted(anchor, days if forward else -days, "day" if unit == "hour" else unit)
        return Span(anchor, other) if forward else Span(other, anchor)

    return Point(resolve)


def _to_date(match: re.Match[str]) -> Point:
    unit = (
        {"y": "year", "m": "month", "q": "quarter", "w": "week"}[match["short"][0]]
        if match["short"]
        else (match["unit"] or match["unit2"] or match["unit3"])
    )
    return Point(lambda anchor, _: Span(period(unit, anchor).first, anchor))


def _weekend(match: re.Match[str]) -> Point:
    which = match["rel"] or ""

    def resolve(anchor: date, future: bool) -> Span:
        saturday = anchor - timedelta(days=anchor.weekday()) + timedelta(days=5)
        if which in {"last", "past", "previous"} or (not future and which in {"", "the"} and saturday > anchor):
            saturday -= timedelta(days=7)
        elif which in {"next", "following"}:
            saturday += timedelta(days=7)
        return Span(saturday, saturday + timedelta(days=1))

    return Point(resolve)


_FEASTS: Final = {
    "christmas eve": (12, 24), "christmas day": (12, 25), "christmas": (12, 25), "new year eve": (12, 31),
    "new year day": (1, 1), "new year": (1, 1), "halloween": (10, 31), "valentine day": (2, 14),
    "valentines day": (2, 14), "independence day": (7, 4), "boxing day": (12, 26),
}  # fmt: skip


def _feast(match: re.Match[str]) -> Point:
    month, day = _FEASTS[match["feast"]]
    return Point(lambda anchor, future: one_day(nearest(month, day, anchor, future=future)), floating=True, day=True)


def _iso(match: re.Match[str]) -> Point:
    day = date(*(int(part) for part in match["iso"].split("-")))
    return Point(lambda _anchor, _future: one_day(day), day=True)


_Maker = Callable[[re.Match[str]], Point | None]
_REL: Final = r"(?P<rel>last|past|previous|this coming|this past|this|current|next|coming|upcoming|following) "
FORMS: Final[tuple[tuple[re.Pattern[str], _Maker], ...]] = tuple(
    (re.compile(pattern), make)
    for pattern, make in (
        (r"(?P<iso>\d{4}-\d{1,2}-\d{1,2}) ", _iso),
        (rf"(?:the )?{DAY}(?:day )?(?:of )?{MONTH}{_OF_YEAR}", _date),
        (rf"{MONTH}(?:the )?{DAY}{_OF_YEAR}", _date),
        (rf"(?:the )?(?:{_REL})?{MONTH}{_OF_YEAR}", _month),
        (rf"(?:the )?(?:q(?P<q>\d+)|o(?P<oq>\d+) quarter) {_OF_YEAR}", _quarter),
        (rf"(?:the )?(?:year )?{_YEAR}(?P<which>)", _in_year),
        (r"(?P<rel>today|tonight|yesterday|tomorrow|(?:the )?day (?:before yesterday|after tomorrow)) ", _relative),
        (rf"{NUMBER}{UNIT}(?:(?P<ago>ago|back|earlier) |(?:from now|from today|hence) )", _ago),
        (rf"in (?!the ){NUMBER}{UNIT}(?:time )?(?P<ago>)", _ago),
        (rf"(?:the )?(?:{_REL})?{_DAY_NAME}(?:(?:of |in )?(?P<week>last|next|this) week )?", _named_day),
        (rf"(?P<rel>)(?P<week>last|next|this) week (?:on )?{_DAY_NAME}", _named_day),
        (r"(?:the )?(?P<day>o\d{1,2}) (?:day )?(?:of )?(?:(?P<month_rel>the|this|next|last) )month ", _ordinal),
        (
            r"(?:the )?(?P<day>o\d{1,2}) (?P<month_rel>)(?!of |one |payment |alert |reminder |n|o|time |quarter )",
            _ordinal,
        ),
        (
            rf"(?:the )?(?P<edge>last day|first day|end|beginning|start) of (?:the |of )?"
            rf"(?:(?:{_REL})?(?P<unit>week|month|quarter|year) |(?P<month>{'|'.join(MONTHS)}) {_OF_YEAR})",
            _edge_of,
        ),
        (rf"(?:the )?(?P<edge>first|last|o1) (?P<part>week|half) of (?:the month of )?{MONTH}{_OF_YEAR}", _part_of),
        (r"(?P<edge>end|start) of (?P<month>)(?P<rel>)(?P<unit>month|year|week) ", _edge_of),
        (rf"(?:the )?{_REL}{UNIT}", _around),
        (r"(?:the )?(?P<rel>)(?P<unit>week|month|quarter|year) (?:before last|after next) ", _around),
        (
            r"(?:the |these |my )?(?P<rel>last|past|previous|next|coming|following|upcoming) "
            r"(?:(?:a )?n(?P<n>\d{1,3}) (?:of )?|(?P<few>few|several) )(?P<unit>hour|day|week|month|quarter|year) ",
            _rolling,
        ),
        (
            r"(?:the )?(?:(?P<unit>week|month|quarter|year) to date |so far this (?P<unit2>week|month|quarter|year) "
            r"|this (?P<unit3>week|month|quarter|year) so far |(?P<short>ytd|mtd|qtd|wtd) )",
            _to_date,
        ),
        (r"(?:(?P<rel>the|this|last|past|previous|next|coming|following) )weekend ", _weekend),
        (rf"(?P<feast>{'|'.join(sorted(_FEASTS, key=len, reverse=True))}) ", _feast),
    )
)
