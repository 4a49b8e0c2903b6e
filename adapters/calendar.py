"""When an alert's dates and rules come round: RFC 5545 by python-dateutil, in the customer's own time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Final, cast
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr

from domain.alerts import AlertKind, AlertTerms, Due, Occurrence
from domain.errors import AlertRuleError
from domain.quiet import local_moment

_AHEAD: Final = timedelta(days=8 * 366)
"""How far is looked: a rule that never comes round (30 February) would else be looked for until the year 9999."""


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
        parts = dict(part.split("=", 1) for part in terms.every.split(";"))
        try:
            count = int(parts.pop("COUNT", "0"))
            text = ";".join(f"{name}={value}" for name, value in parts.items())
            rule = cast("rrule", rrulestr(text, dtstart=datetime.combine(begin, time.min)))
            ends = datetime.combine(first, time.min) + _AHEAD
            days = [each.date() for each in islice(rule.replace(until=ends), count or None)]
        except (ValueError, OverflowError) as error:
            raise AlertRuleError from error
        return [day for day in days if day >= first][: terms.days_before + 3]


def _name(terms: AlertTerms) -> str:
    return "due" if terms.kind is AlertKind.PAYMENT_DUE else "at"
