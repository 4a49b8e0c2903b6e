"""Days and spans of days as they are said of what was looked up. Days are in UTC, as the bank's books are."""

from __future__ import annotations

from calendar import day_name, month_name
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_ONE_DAY = timedelta(days=1)


def day_of(text: str) -> date | None:
    """The day that an ISO 8601 date or time begins with; None where it is none."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def spoken(day: date, today: date) -> str:
    """`18 November`, of another year `18 November 2025`."""
    return f"{day.day} {day:%B}" if day.year == today.year else f"{day.day} {day:%B} {day.year}"


def on(text: str, today: date) -> str:
    """`today`, `yesterday`, `tomorrow` or `on 18 November`; nothing where there is no day."""
    day = day_of(text)
    if day is None:
        return ""
    near = {today: "today", today - _ONE_DAY: "yesterday", today + _ONE_DAY: "tomorrow"}
    return near.get(day) or f"on {spoken(day, today)}"


def soon(day: date, today: date) -> str:
    """A day ahead: `today`, `tomorrow`, within the week `Tuesday`, later `24 November`."""
    ahead = (day - today).days
    if 1 < ahead < 7:
        return f"{day:%A}"
    return on(day.isoformat(), today).removeprefix("on ")


def span(slots: Mapping[str, str], today: date) -> str:
    """`in May` as it was said; else `from 1 May to 31 May`, `since 1 May`, `until 31 May`; nothing without a window."""
    begin, end = day_of(slots.get("from", "")), day_of(slots.get("to", ""))
    if slots.get("when") or (begin is None and end is None):
        return _placed(slots.get("when", ""))
    if begin is None or end is None:
        return f"since {spoken(begin, today)}" if begin else f"until {spoken(end or today, today)}"
    return on(begin.isoformat(), today) if begin == end else f"from {spoken(begin, today)} to {spoken(end, today)}"


def _placed(when: str) -> str:
    """`in April` for a bare `April`, as an ear may hear it or a follow-up be put."""
    first = when.partition(" ")[0].capitalize()
    if first in month_name[1:]:
        return f"in {when}"
    return f"on {when}" if first in tuple(day_name) else when


def readable(slots: Mapping[str, str]) -> bool:
    """Whether what was said of days could be read: as dates, and in their order."""
    given = [slots[name] for name in ("from", "to") if slots.get(name)]
    if not given:
        return not slots.get("when")
    return all(day_of(text) is not None for text in given) and given == sorted(given)


def is_ahead(slots: Mapping[str, str], today: date) -> bool:
    """Whether the whole window is still to come."""
    begin = day_of(slots.get("from", ""))
    return begin is not None and begin > today


def is_over(slots: Mapping[str, str], today: date) -> bool:
    """Whether the whole window has passed."""
    end = day_of(slots.get("to", ""))
    return end is not None and end < today


def within(text: str, slots: Mapping[str, str]) -> bool:
    """Whether this day lies in the window; one that is no day lies in none."""
    day = day_of(text)
    begin, end = day_of(slots.get("from", "")), day_of(slots.get("to", ""))
    return day is not None and (begin is None or begin <= day) and (end is None or day <= end)
