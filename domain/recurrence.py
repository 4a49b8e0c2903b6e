"""Rules of RFC 5545 as far as the bank takes them: nothing more often than daily, and never a month without its day."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from domain.dialogue.sums import listed

_RULE: Final = re.compile(
    r"FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY)"
    r"(;((INTERVAL|COUNT)=[1-9][0-9]{0,2}|(BYMONTHDAY|BYMONTH|BYSETPOS|BYDAY|WKST)=[-+A-Z0-9,]{1,60})){0,6}",
    re.ASCII,
)
"""RFC 5545, nothing more often than daily: whoever wants something each minute wants something else."""
_DAYS: Final = {
    "MO": "Monday",
    "TU": "Tuesday",
    "WE": "Wednesday",
    "TH": "Thursday",
    "FR": "Friday",
    "SA": "Saturday",
    "SU": "Sunday",
}
_WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR")
_MONTHS: Final = frozenset(map(str, range(1, 13)))
_UNITS: Final = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}
_PLACES: Final = {"1": "first", "2": "second", "3": "third", "4": "fourth", "-1": "last", "+1": "first"}
PERIODS: Final = {"day": "FREQ=DAILY", "week": "FREQ=WEEKLY", "month": "FREQ=MONTHLY", "year": "FREQ=YEARLY"}
"""`Monthly`, as a rule."""
_SHORTEST_MONTH: Final = 28
_LONGEST_MONTH: Final = 31


def is_rule(text: str) -> bool:
    """Whether it is of a form that can be read; that it ever comes round is the calendar's to say."""
    return _RULE.fullmatch(text) is not None


def with_month_ends(rule: str, begin: date) -> str:
    """The same rule, which in a month without its day means the last one: RFC 5545 would leave that month out.

    A rule that names no day counts from the one that it begins on.
    """
    parts = _parts(rule)
    if parts.get("FREQ") not in {"MONTHLY", "YEARLY"} or "BYSETPOS" in parts or "BYDAY" in parts:
        return rule
    if parts["FREQ"] == "YEARLY" and "BYMONTH" not in parts:
        parts["BYMONTH"] = str(begin.month)
    days = parts.get("BYMONTHDAY", str(begin.day))
    parts["BYMONTHDAY"] = days
    several = parts["FREQ"] == "YEARLY" and "," in parts["BYMONTH"]
    if several and parts.get("INTERVAL", "1") == "1":
        parts["FREQ"], several = "MONTHLY", False  # a place in BYSETPOS is one of the year, or one of each month
    if not several and all(each.isdigit() for each in days.split(",")):
        parts |= _in_any_month({int(each) for each in days.split(",")})
    return ";".join(f"{name}={value}" for name, value in parts.items())


def _in_any_month(days: set[int]) -> dict[str, str]:
    """These days of a month; a shorter one has its last day for those that it has not."""
    last = max(days)
    if not _SHORTEST_MONTH < last <= _LONGEST_MONTH:
        return {}
    among = sorted(days | {*range(_SHORTEST_MONTH, last + 1)})
    places = [*(among.index(day) + 1 for day in sorted(days - {last})), -1]
    return {"BYMONTHDAY": ",".join(map(str, among)), "BYSETPOS": ",".join(map(str, places))}


def counted_from_a_day(rule: str) -> str:
    """The same rule with no days of its own: it counts from whatever day it begins on."""
    kept = {name: value for name, value in _parts(rule).items() if name in {"FREQ", "INTERVAL", "COUNT", "UNTIL"}}
    return ";".join(f"{name}={value}" for name, value in kept.items())


def rule_words(rule: str) -> str:
    """`FREQ=MONTHLY;BYMONTHDAY=1` as `on the 1st of each month`; what is rarer as its unit alone."""
    parts = _parts(rule)
    unit, step = _UNITS[parts["FREQ"]], int(parts.get("INTERVAL", "1"))
    days = parts.get("BYDAY", "").split(",")
    names = [_DAYS[each[-2:]] for each in days if each[-2:] in _DAYS]
    if unit == "week" and step == 1 and names:
        return "every weekday" if tuple(days) == _WEEKDAYS else f"every {listed(names)}"
    months = [f"{date(2000, int(each), 1):%B}" for each in parts.get("BYMONTH", "").split(",") if each in _MONTHS]
    if unit == "month" and not months and (of_month := _of_month(parts) or _nth(days)):
        return f"on the {of_month} of {'each month' if step == 1 else f'every {ordinal(step)} month'}"
    if unit in {"month", "year"} and step == 1 and months and (of_month := _of_month(parts)):
        return f"on the {of_month} of {listed(months)} each year"
    at = f" on {listed(names)}" if names else ""
    return f"every {unit}{at}" if step == 1 else f"every {step} {unit}s{at}"


def _of_month(parts: dict[str, str]) -> str:
    """`1st`, `last day`; of a month that is too short its last day is meant by itself."""
    days, places = parts.get("BYMONTHDAY", "").split(","), parts.get("BYSETPOS", "").split(",")
    if days == ["-1"]:
        return "last day"
    if not all(each.isdigit() for each in days):
        return ""
    if places == [""]:
        return listed([ordinal(int(each)) for each in days])
    if places[-1] != "-1" or not all(each.isdigit() and 1 <= int(each) <= len(days) for each in places[:-1]):
        return ""
    return listed([ordinal(int(days[int(each) - 1])) for each in places[:-1]] + [ordinal(int(days[-1]))])


def _nth(days: list[str]) -> str:
    """`first Friday`, `last Monday`."""
    if len(days) != 1 or days[0][-2:] not in _DAYS or days[0][:-2] not in _PLACES:
        return ""
    return f"{_PLACES[days[0][:-2]]} {_DAYS[days[0][-2:]]}"


def _parts(rule: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in rule.split(";"))


def ordinal(number: int) -> str:
    """`1st`, `12th`."""
    if number % 100 in {11, 12, 13}:
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"


def day_name(day: str) -> str:
    """`24 November 2026`."""
    found = date.fromisoformat(day)
    return f"{found.day} {found:%B %Y}"
