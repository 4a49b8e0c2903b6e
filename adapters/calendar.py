"""When an alert's dates and rules come round: RFC 5545 by python-dateutil, in the customer's own time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Final, cast
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr

from domain.alerts import AlertKind, AlertTerms, Due, Occurrence
from domain.errors import AlertRuleError
from domain.quiet import local_moment

_MOST: Final = 1500
"""Days of a rule that are looked at before it is said to have none."""


class RuleCalendar:
    """Implements `activities.ports.Calendar`."""

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
        try:
            rule = cast("rrule", rrulestr(terms.every, dtstart=datetime.combine(begin, time.min)))
            found = rule.xafter(datetime.combine(first, time.min), count=3 + terms.days_before, inc=True)
            return [each.date() for each, _ in zip(found, range(_MOST), strict=False)]
        except (ValueError, OverflowError) as error:
            raise AlertRuleError from error


def _name(terms: AlertTerms) -> str:
    return "due" if terms.kind is AlertKind.PAYMENT_DUE else "at"
