"""Finds every phrase about time in an utterance's tokens: the longest that begins at each word."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from adapters.understanding.dates import points, recurrences, times
from adapters.understanding.dates.forms import FORMS
from adapters.understanding.dates.moments import Moment, Span
from adapters.understanding.dates.periods import slashed
from adapters.understanding.dates.pieces import pieces_of
from adapters.understanding.dates.points import DAYS, MONTHS, Point, shifted
from adapters.understanding.dates.sides import after, ahead, since, until

if TYPE_CHECKING:
    from collections.abc import Callable

_TRIGGERS: Final = frozenset(
    [
        *MONTHS, *DAYS, *(f"{day}s" for day in DAYS), "day", "week", "month", "quarter", "year", "today", "tonight",
        "yesterday", "tomorrow", "weekend", "weekday", "weekdays", "weekends", "noon", "midnight", "ytd", "mtd", "qtd",
        "wtd", "daily", "nightly", "weekly", "monthly", "quarterly", "yearly", "annually", "fortnightly", "biweekly",
        "bimonthly", "christmas", "halloween", "morning", "afternoon", "evening", "night", "am", "pm", "hour", "minute",
        "o'clock", "half", "since", "between", "until", "till", "before", "after", "from", "at", "on", "by", "in",
        "of", "valentine", "valentines", "independence", "boxing",
    ]
)  # fmt: skip
_WRITTEN: Final = re.compile(r"\d{4}-\d|\d{1,2}[/:]\d|q\d|o\d")
_LEAD: Final = r"(?:all of |all |in |on |during |for |over |throughout |within |from |of |about )"
_IN: Final = re.compile(rf"{_LEAD}?")
_IDLE: Final = re.compile(
    r"^(?:all of|all|of|for|about|on(?= (?:yesterday|today|tomorrow|last|this|next))"
    r"|from(?!.* (?:to|through|until|till|thru|and|on|onward|onwards|forward)\b)) "
)
"""Said before days, and no part of what they are called."""
_SINCE: Final = re.compile(r"(?P<how>ever since|since|starting from|starting|beginning|as of|after) (?:the )?(?=.)")
_FROM: Final = re.compile(r"(?P<how>from|between) ")
_TO: Final = {
    "from": re.compile(r"(?:up )?(?:to|through|until|till|thru|and) (?:including )?"),
    "between": re.compile(r"(?:and|to) "),
    "": re.compile(r"(?:to|through|until|till|thru) "),
}  # fmt: skip
_UNTIL: Final = re.compile(
    r"(?P<how>until|till|up to|up until|(?<!go )(?<!get )through|before|prior to|by|no later than|not later than) "
)
_SHORT_OF: Final = re.compile(r"(?:before|prior to) (?!(?:the )?end of )")
_BY: Final = frozenset({"by", "no later than", "not later than"})
"""Of what is to come they mean the day itself."""
_ON: Final = re.compile(r"(?:on|onward|onwards|forward) ")
_AWAY: Final = re.compile(rf"{points.NUMBER}{points.UNIT}(?P<how>from|after|on|before) (?!now |today )")
_WEEK_OF: Final = re.compile(r"(?:the )?week (?:of|beginning|starting) ")
_BEFORE: Final = re.compile(
    rf"(?:{points.NUMBER}|the |one )(?P<unit2>day|week|month|year) (?:notice |warning )?"
    r"(?:before|beforehand|prior|ahead|in advance|early|earlier)(?: to| of)? "
)
_SOON: Final = re.compile(
    r"in (?:(?:a )?n(?P<n>\d{1,3}) |an? )(?P<half>half )?(?:an? )?(?P<unit>hour|minute) (?:time )?"
)
_HALF_HOUR: Final = re.compile(r"in half an? hour ")
_PART: Final = re.compile(r"(?:in the )?(?P<part>morning|afternoon|evening|night) ")
_IN_PART: Final = re.compile(r"(?:in the (?P<part>morning|afternoon|evening)|(?:at|in the) (?P<part2>night)) ")
_THIS: Final = re.compile(r"(?:(?P<when>this) (?P<part>morning|afternoon|evening)|(?P<tonight>tonight)) ")
_QUIET: Final = re.compile(r"(?:between|from) ")
_QUIET_TO: Final = re.compile(r"(?:and|to|until|till|through|up to) ")
_AFTER: Final = re.compile(r"(?:after|past|from) ")
_EDGE: Final = re.compile(rf"(?P<how>before|until|till|after|past) {times.BARE.pattern}$")
_UNTIL_TIME: Final = re.compile(r"(?:until|till|before) ")


def find_moments(tokens: list[str], now: datetime, *, day_first: bool = False) -> list[Moment]:
    """All phrases in order; none overlaps another."""
    pieces = pieces_of(tokens)
    words = pieces.text.split()
    if not any(word in _TRIGGERS or _WRITTEN.match(word) for word in words):
        return []
    reader = Reader(pieces.text, now, day_first=day_first)
    found: list[Moment] = []
    at = 0
    for begin in sorted(pieces.starts):
        if begin < at:
            continue
        moment = reader.longest(begin)
        if moment and moment.end in pieces.ends:
            said = " ".join(tokens[pieces.starts[begin] : pieces.ends[moment.end]])
            found.append(replace(moment, start=pieces.starts[begin], end=pieces.ends[moment.end], said=_named(said)))
            at = moment.end
    return found


def _named(said: str) -> str:
    words = re.sub(r"\bq (?=\d)", "Q", _IDLE.sub("", said)).split()
    return " ".join(word.capitalize() if word in MONTHS or word.removesuffix("s") in DAYS else word for word in words)


class Reader:
    """One utterance, in pieces. `Moment.start` and `.end` are offsets in its text here."""

    def __init__(self, text: str, now: datetime, *, day_first: bool) -> None:
        self._text = text
        self._now = now
        self._today = now.date()
        self._day_first = day_first

    def longest(self, at: int) -> Moment | None:
        """The longest phrase that begins here."""
        readers: tuple[Callable[[int], Moment | None], ...] = (
            self._every, self._soon, self._range, self._open, self._days, self._before, self._quiet, self._time,
        )  # fmt: skip
        found = [moment for read in readers if (moment := read(at))]
        return max(found, key=lambda moment: moment.end, default=None)

    def _every(self, at: int) -> Moment | None:
        best = max((m for form in recurrences.FORMS if (m := form.match(self._text, at))), key=_end, default=None)
        if best is None:
            return None
        rules, time = recurrences.rules_of(best)
        if not rules:
            return None
        one = rules[0] if len(rules) == 1 else ""
        return Moment(at, best.end(), "", every=one, every_choices=rules if not one else (), time=time)

    def _soon(self, at: int) -> Moment | None:
        """`In two hours`."""
        half = _HALF_HOUR.match(self._text, at)
        match = half or _SOON.match(self._text, at)
        if match is None:
            return None
        minutes = 30 if half else int(match["n"] or 1) * (60 if match["unit"] == "hour" else 1)
        then = self._now + timedelta(minutes=minutes)
        day = points.one_day(then.date())
        return Moment(at, match.end(), "", past=day, future=day, time=f"{then:%H:%M}")

    def _range(self, at: int) -> Moment | None:
        begin = _FROM.match(self._text, at)
        how = begin["how"] if begin else ""
        first = self._point(begin.end() if begin else at)
        if first is None:
            return None
        if how == "from" and (on := _ON.match(self._text, first[1])):
            return self._moment(at, on.end(), first[0], since)
        between = _TO[how].match(self._text, first[1])
        second = self._point(between.end()) if between else None
        if second is None:
            return None
        try:
            past = self._spanned(first[0], second[0], future=False)
            future = self._spanned(first[0], second[0], future=True)
        except ValueError:
            return Moment(at, second[1], "", unclear="date")
        return Moment(at, second[1], "", past=past, future=future)

    def _spanned(self, first: Point | None, second: Point | None, *, future: bool) -> Span:
        if first is None or second is None:
            raise ValueError
        if second.floating and not first.floating:
            begin = first.resolve(self._today, future).first
            end = second.resolve(begin or self._today, True).last  # noqa: FBT003 - a Point is a plain callable
        else:
            late = second.resolve(self._today, future)
            end = late.last
            early = first.resolve(late.first, False) if first.floating and late.first else None  # noqa: FBT003
            begin = (early or first.resolve(self._today, future)).first
        if begin is None or end is None or begin > end:
            raise ValueError
        return Span(begin, end)

    def _open(self, at: int) -> Moment | None:
        begin = _SINCE.match(self._text, at)
        if begin and (found := self._point(begin.end()) or self._point(begin.end("how") + 1)):
            return self._moment(at, found[1], found[0], after if begin["how"] == "after" else since)
        end = _UNTIL.match(self._text, at)
        if end and (found := self._point(end.end())):
            moment = self._moment(at, found[1], found[0], ahead if _SHORT_OF.match(self._text, at) else until)
            return replace(moment, future=self._plain(found[0])) if end["how"] in _BY else moment
        return None

    def _plain(self, point: Point | None) -> Span | None:
        return point.resolve(self._today, True) if point else None  # noqa: FBT003

    def _days(self, at: int) -> Moment | None:
        this = _THIS.match(self._text, at)
        if this:
            part = "night" if this["tonight"] else this["part"]
            day = points.one_day(self._today)
            return Moment(at, this.end(), "", past=day, future=day, time=times.PARTS[part])
        lead = _IN.match(self._text, at)
        found = self._point(at) or (self._point(lead.end()) if lead else None)
        if found is None:
            return None
        moment = self._moment(at, found[1], found[0], lambda span, _today, _future: span)
        part = _PART.match(self._text, found[1])
        single = moment.unclear or (moment.future and moment.future.day)
        return replace(moment, end=part.end(), time=times.PARTS[part["part"]]) if part and single else moment

    def _moment(self, at: int, end: int, point: Point | None, change: Callable[[Span, date, bool], Span]) -> Moment:
        if point is None:
            return Moment(at, end, "", unclear="date")
        try:
            past = change(point.resolve(self._today, False), self._today, False)  # noqa: FBT003
            future = change(point.resolve(self._today, True), self._today, True)  # noqa: FBT003
        except (ValueError, OverflowError):
            return Moment(at, end, "", unclear="date")
        if past.first and past.last and past.first < self._today < past.last:
            past = Span(past.first, self._today)
        if future.first and future.last and future.first < self._today < future.last:
            future = Span(self._today, future.last)
        return Moment(at, end, "", past=past, future=future, choices=self._choices(at, end, point))

    def _choices(self, at: int, end: int, point: Point) -> tuple[date, ...]:
        """`Next friday` said on a monday: the one of this week, or of the next."""
        said = self._text[at:end]
        if not point.day or not re.search(rf"\bnext (?:{'|'.join(DAYS)})s? $", said):
            return ()
        day = point.resolve(self._today, True).day  # noqa: FBT003
        if day is None or day > self._today + timedelta(days=6 - self._today.weekday()):
            return ()
        return day, day + timedelta(days=7)

    def _point(self, at: int) -> tuple[Point | None, int] | None:
        """The longest day or period that begins here, None in its place where no calendar has it; and where it ends."""
        best: tuple[Point | None, int] | None = (
            self._week_of(at) or self._away(at) or slashed(self._text, at, day_first=self._day_first)
        )
        for form, make in FORMS:
            match = form.match(self._text, at)
            if match is None or (best and match.end() <= best[1]):
                continue
            try:
                made = make(match)
            except ValueError:
                best = (None, match.end())
                continue
            best = (made, match.end()) if made else best
        return best

    def _week_of(self, at: int) -> tuple[Point | None, int] | None:
        match = _WEEK_OF.match(self._text, at)
        inner = self._point(match.end()) if match else None
        if inner is None or inner[0] is None or not inner[0].day:
            return None
        point = inner[0]

        def resolve(anchor: date, future: bool) -> Span:
            first = point.resolve(anchor, future).first
            return points.period("week", first or anchor)

        return Point(resolve, floating=point.floating), inner[1]

    def _away(self, at: int) -> tuple[Point | None, int] | None:
        """`A week from tuesday`, `two days before christmas`."""
        match = _AWAY.match(self._text, at)
        inner = self._point(match.end()) if match else None
        if match is None or inner is None or inner[0] is None:
            return None
        point, unit, count = inner[0], match["unit"], points.number(match) * (-1 if match["how"] == "before" else 1)

        def resolve(anchor: date, future: bool) -> Span:
            day = point.resolve(anchor, True if match["how"] != "before" else future).first
            return points.one_day(shifted(day or anchor, count, unit))

        return Point(resolve, day=True), inner[1]

    def _before(self, at: int) -> Moment | None:
        """`Three days before`, `a week ahead`: of what is due."""
        match = _BEFORE.match(self._text, at)
        if match is None:
            return None
        days = points.number(match) * {"day": 1, "week": 7, "month": 30, "year": 365}[match["unit2"]]
        return Moment(at, match.end(), "", days_before=days)

    def _quiet(self, at: int) -> Moment | None:
        """`Between ten at night and seven`, `from 22:00 to 7:00`, `after ten at night until seven`."""
        begin = _QUIET.match(self._text, at) or _AFTER.match(self._text, at)
        first = times.hour_at(self._text, begin.end(), night=True) if begin else times.clocked_at(self._text, at)
        if first is None:
            return None
        middle = _QUIET_TO.match(self._text, first[1]) or _UNTIL_TIME.match(self._text, first[1])
        second = times.hour_at(self._text, middle.end(), night=False, after=first[0]) if middle else None
        if second is None:
            return None
        if not first[0] or not second[0]:
            return Moment(at, second[1], "", unclear="time")
        return Moment(at, second[1], "", quiet=(first[0], second[0]))

    def _time(self, at: int) -> Moment | None:
        part = _IN_PART.match(self._text, at)
        if part:
            return Moment(at, part.end(), "", time=times.PARTS[part["part"] or part["part2"]])
        edge = _EDGE.match(self._text, at)
        if edge:
            return Moment(at, edge.end(), "", time=times.time_of(edge, night=edge["how"] in {"after", "past"}))
        found = times.clocked_at(self._text, at)
        return Moment(at, found[1], "", time=found[0], unclear="" if found[0] else "time") if found else None


def _end(match: re.Match[str]) -> int:
    return match.end()
