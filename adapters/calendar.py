"""When dates and rules come round: RFC 5545 by python-dateutil, in the customer's own time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import islice, takewhile
from typing import TYPE_CHECKING, Final, cast
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr

from domain.alerts import AlertKind, AlertTerms, Due, Occurrence
from domain.errors import AlertRuleError, BankError, StandingOrderRuleError
from domain.quiet import local_moment

if TYPE_CHECKING:
    from domain.standing_orders import Terms

_AHEAD: Final = timedelta(days=8 * 366)
"""How far is looked for the next day of a rule."""
_CYCLE: Final = 400
_LATEST: Final = 9900
"""Years: a rule is walked at most from there, and its next eight years are then over before the calendar is."""


class RuleCalendar:
    """Implements `activities.ports.Calendar` and `Days`."""

    def next_of(self, terms: AlertTerms, after: datetime, dues: Sequence[Due]) -> Occurrence | None:
        """The first one that is told of after that moment. A rule counts from its date."""
        zone = ZoneInfo(terms.zone)
        at = time.fromisoformat(terms.time)
        earlier = timedelta(days=terms.days_before)
        first = after.astimezone(zone).date()
        for day in self._days(terms, first, dues):
            told = local_moment(day - earlier, at, zone)
            if told > after:
                iso = day.isoformat()
                payees = tuple(dict.fromkeys(each.payee for each in dues if each.day == iso))
                return Occurrence(told.isoformat(), iso, f"{_name(terms)}:{iso}", payees)
        return None

    @staticmethod
    def _days(terms: AlertTerms, first: date, dues: Sequence[Due]) -> list[date]:
        if not terms.every:
            return [date.fromisoformat(each) for each in ([terms.date] if terms.date else [due.day for due in dues])]
        begin = date.fromisoformat(terms.date) if terms.date else first
        return _days_of(terms.every, begin, first, terms.days_before + 3, AlertRuleError)

    @staticmethod
    def days_of(terms: Terms, since: date, most: int) -> list[date]:
        """Due dates from `since` on, its last day and the next eight years at most."""
        begin = date.fromisoformat(terms.first_on)
        last = date.fromisoformat(terms.ends_on) if terms.ends_on else date.max
        if not terms.every:
            return [begin] if begin >= since else []
        found = _days_of(terms.every, begin, max(since, begin), most, StandingOrderRuleError)
        return [day for day in found if day <= last]


def _days_of(every: str, begin: date, first: date, most: int, wrong: type[BankError]) -> list[date]:
    """A rule's days from `first` on. It counts from `begin`."""
    parts = dict(part.split("=", 1) for part in every.split(";"))
    try:
        count = int(parts.pop("COUNT", "0"))
        days = takewhile(lambda day: day <= first + _AHEAD, islice(_walk(parts, begin), count or None))
        return list(islice((day for day in days if day >= first), most))
    except (ValueError, ArithmeticError, LookupError) as error:  # what dateutil makes of BYDAY=99MO
        raise wrong from error


def _walk(parts: dict[str, str], begin: date) -> Iterator[date]:
    """The days of a rule, without end.

    dateutil looks for the next one until the year 9999, whatever `until` says: a rule that never comes round
    (30 February) would hold everybody up. After 400 years the calendar repeats itself to the weekday, so the rule is
    walked as late as that allows, and little is left to look through.
    """
    later = (_LATEST - begin.year) // _CYCLE * _CYCLE
    text = ";".join(f"{name}={value}" for name, value in parts.items())
    start = datetime.combine(begin.replace(year=begin.year + later), time.min)
    return (each.date().replace(year=each.year - later) for each in cast("rrule", rrulestr(text, dtstart=start)))


def _name(terms: AlertTerms) -> str:
    return "due" if terms.kind is AlertKind.PAYMENT_DUE else "at"
