"""Days and periods by name: `yesterday`, `the third of june`, `last may`, `q2`, `the week before last`."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from dateutil.relativedelta import relativedelta

from adapters.understanding.dates.moments import Span
from adapters.understanding.dates.periods import FEASTS, feast, rolling, to_date, weekend
from adapters.understanding.dates.points import (
    DAYS,
    FORWARD,
    MONTHS,
    NUMBER,
    UNIT,
    Point,
    nearest,
    number,
    one_day,
    period,
    shifted,
)

_VERBS: Final = frozenset({"may", "march"})
_BEFORE_MONTH: Final = re.compile(
    r"\b(?:in|since|during|for|of|until|till|through|from|by|to|and|between|all|before|after|over|about) (?:the )?$"
)
_BEFORE_YEAR: Final = re.compile(
    r"\b(?:in|since|during|of|for|from|to|until|through|throughout|all|and|between|before|after|over) (?:the )?$"
)
_AND_THEN: Final = re.compile(r"(?:(?:and|or|so|okay|then|now|what|how|about|for|in|show|tell|give|me) )*")
_BEFORE_ORDINAL: Final = re.compile(r"\b(?:on|by|until|till|since|before|after) $")
_IN_RANGE: Final = re.compile(r"\b(?:between|from) (?:.*\b(?:and|to|through|until|till) )?$")
_ROLLING: Final = re.compile(r"\b(?:in|over|for|during|within) $")
DAY: Final = r"(?P<day>o\d{1,2}|n(?:[12]?\d|3[01])) "
MONTH: Final = rf"(?P<month>{'|'.join(MONTHS)}) "
_YEAR: Final = r"(?P<year>n(?:19|20)\d\d|n(?:19|20) (?:oh |o )?n\d{1,2}) (?!dollars |bucks )"
_OF_YEAR: Final = rf"(?:(?:of |in )?(?:the year )?{_YEAR}|(?:of )?(?P<which>last|this|next) year )?"
_DAY_NAME: Final = rf"(?P<name>{'|'.join(DAYS)})s? "
_CENTURY: Final = 100


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
            if which in FORWARD or (future and not back):
                year = anchor.year + (month < anchor.month or (which in FORWARD and month == anchor.month))
            else:
                year = anchor.year - (begun > anchor or (back and month == anchor.month))
        return period("month", date(year, month, 1))

    return Point(resolve, floating=not (match["year"] or match["which"] or which))


def _quarter(match: re.Match[str]) -> Point:
    which = int(match["q"] or match["oq"])
    if not 1 <= which <= 4:
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
        ahead = which in FORWARD or (future and which not in {"last", "past", "previous", "this past"})
        if ahead:
            return one_day(anchor + timedelta(days=(want - anchor.weekday() - 1) % 7 + 1))
        return one_day(anchor - timedelta(days=(anchor.weekday() - want - 1) % 7 + 1))

    return Point(resolve, floating=not (which or week), day=True)


def _ordinal(match: re.Match[str]) -> Point | None:
    """Of this month or the one around it; without a month only where it can be no other ordinal."""
    before, alone = match.string[: match.start()], match[0] == match.string
    alone = alone or (match.end() == len(match.string) and before.endswith(" to "))
    if not match["month_rel"] and not alone and not _BEFORE_ORDINAL.search(before) and not _IN_RANGE.search(before):
        return None
    day, which = int(match["day"][1:]), match["month_rel"] or ""
    if not 1 <= day <= 31:
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
            step = {"last": -1, "previous": -1, "past": -1}.get(match["rel"] or "", int(match["rel"] in FORWARD))
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
    step = {"this": 0, "current": 0, "before": -2, "after": 2}.get(which, 1 if which in FORWARD else -1)
    return Point(lambda anchor, _: period(match["unit"], shifted(anchor, step, match["unit"])))


def _one_back(match: re.Match[str]) -> Point | None:
    """`And the month before`: what was asked of a month is asked of the one before it."""
    if not _AND_THEN.fullmatch(match.string[: match.start()]):
        return None
    return Point(lambda anchor, _: period(match["unit"], shifted(anchor, -1, match["unit"])))


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
        (rf"(?:the )?(?:month of )?(?:{_REL})?{MONTH}{_OF_YEAR}", _month),
        (rf"(?:the )?(?:q(?P<q>\d+)|o(?P<oq>\d+) quarter) {_OF_YEAR}", _quarter),
        (rf"(?:(?:the )?year |(?:the )?(?!n2000 )){_YEAR}(?P<which>)", _in_year),
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
            (
                rf"(?:the )?(?P<edge>last day|first day|end|beginning|start) of (?:the |of )?"
                rf"(?:(?:{_REL})?(?P<unit>week|month|quarter|year) |(?P<month>{'|'.join(MONTHS)}) {_OF_YEAR})"
            ),
            _edge_of,
        ),
        (rf"(?:the )?(?P<edge>first|last|o1) (?P<part>week|half) of (?:the month of )?{MONTH}{_OF_YEAR}", _part_of),
        (r"(?P<edge>end|start) of (?P<month>)(?P<rel>)(?P<unit>month|year|week) ", _edge_of),
        (rf"(?:the )?{_REL}{UNIT}", _around),
        (r"(?:the )?(?P<rel>)(?P<unit>week|month|quarter|year) (?:before last|after next) ", _around),
        (r"the (?P<rel>)(?P<unit>week|month|quarter|year) before (?:that )?$", _one_back),
        (
            (
                r"(?:the |these |my )?(?P<rel>last|past|previous|next|coming|following|upcoming) "
                r"(?:(?:a )?n(?P<n>\d{1,3}) (?:of )?|(?P<few>few|several) )(?P<unit>hour|day|week|month|quarter|year) "
            ),
            rolling,
        ),
        (
            (
                r"(?:the )?(?:(?P<unit>week|month|quarter|year) to date |"
                r"so far this (?P<unit2>week|month|quarter|year) |this (?P<unit3>week|month|quarter|year) so far "
                r"|(?P<short>ytd|mtd|qtd|wtd) )"
            ),
            to_date,
        ),
        (r"(?:(?P<rel>the|this|last|past|previous|next|coming|following) )weekend ", weekend),
        (rf"(?P<feast>{'|'.join(sorted(FEASTS, key=len, reverse=True))}) ", feast),
    )
)
