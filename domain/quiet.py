"""Quiet hours: until when something that happened now is kept back, in the customer's own time."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, tzinfo


def local_moment(day: date, at: time, zone: tzinfo) -> datetime:
    """That time on that day, in UTC. A time that a change of clocks leaves out is as much later as it leaves out."""
    return datetime.combine(day, at, zone).astimezone(UTC)


def told_at(now: datetime, begin: time, end: time, zone: tzinfo) -> datetime:
    """`now`, or the end of the quiet hours that it lies in; in UTC. Equal times: there are none.

    The end itself is no longer quiet. Hours over midnight began the day before.
    """
    if begin == end:
        return now.astimezone(UTC)
    today = now.astimezone(zone).date()
    for began in (today - timedelta(days=1), today):
        opens = local_moment(began, begin, zone)
        ends = local_moment(began + timedelta(days=1) if end < begin else began, end, zone)
        if opens <= now < ends:
            return ends
    return now.astimezone(UTC)
