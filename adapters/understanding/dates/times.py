"""Times of day: `half past eight`, `quarter to six in the evening`, `twelve oh five`, `9:30 pm`, `noon`."""

from __future__ import annotations

import re
from typing import Final

_PART: Final = (
    r"(?P<part>am|a m|pm|p m|in the morning|in the afternoon|in the evening|in the night|at night|this morning"
    r"|this afternoon|this evening|tonight|of the morning|of the evening|in morning) "
)
_HOUR: Final = r"n(?P<hour>[0-9]|1[0-9]|2[0-4]) "
_OF_HOUR: Final = r"(?P<of>n(?:[1-9]|1[0-2])|noon|midnight) "
FORMS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?:at )?(?:n?12 )?(?P<named>noon|midnight) ",
        (
            rf"(?:at )?(?:an? )?(?P<side>half|half past|quarter past|quarter after|quarter to|quarter of|quarter till"
            rf"|n(?P<away>[0-9]{{1,2}}) (?:minute )?(?:past|after|to|till|before)) {_OF_HOUR}(?:o'clock )?(?:{_PART})?"
        ),
        rf"(?:at )?{_HOUR}(?:oh |o |zero )n(?P<minute>[1-9]) (?:{_PART})?",
        rf"(?:at )?{_HOUR}n(?P<minute>[0-5][0-9]) (?:o'clock )?{_PART}",
        rf"(?:at )?{_HOUR}(?:o'clock )?(?:sharp )?{_PART}",
        rf"(?:at )?{_HOUR}o'clock (?:sharp )?",
        r"(?:at )?(?P<written>[0-9]{1,2}:[0-9]{2}) (?:o'clock )?" + f"(?:{_PART})?",
        rf"at {_HOUR}(?:n(?P<minute>[0-5][0-9]) )?(?:sharp )?(?=$|(?!percent|dollar|buck|cent|day|n\d))",
    )
)
"""Each is tried where a word begins."""
BARE: Final = re.compile(rf"{_HOUR}(?:(?:oh |o )n(?P<minute1>[1-9]) |n(?P<minute>[0-5][0-9]) )?")
"""An hour where only an hour can stand: behind `between`, or as the whole answer."""
PARTS: Final = {"morning": "09:00", "afternoon": "14:00", "evening": "18:00", "night": "20:00"}
"""What a part of the day means where no hour is said."""
_WAKING: Final = range(7, 19)
_NOON: Final = 12
_DAY: Final = 24
_HOUR_MINUTES: Final = 60
_DUSK: Final = "17:00"
_DAWN: Final = "06:00"


def clock(hour: int, minute: int, part: str, *, night: bool = False) -> str:
    """`HH:MM`. Without a part of the day an hour is the one that people are awake in (7:00 to 18:59).

    `night`: a quiet time's beginning, so ten is in the evening. Raises ValueError where the part contradicts the hour.
    """
    if hour > _DAY or minute >= _HOUR_MINUTES or (hour == _DAY and minute):
        raise ValueError(hour)
    late = any(word in part for word in ("pm", "p m", "afternoon", "evening", "tonight", "night"))
    early = any(word in part for word in ("am", "a m", "morning"))
    if hour > _NOON or not hour:
        if (early and hour > _NOON) or (late and not hour):
            raise ValueError(part)
        return f"{hour % _DAY:02d}:{minute:02d}"
    hour %= _NOON
    if "night" in part and hour < 5:
        late = False
    elif not late and not early:
        late = hour + _NOON in _WAKING if not night else hour >= 5
    return f"{hour + _NOON * late:02d}:{minute:02d}"


def time_of(match: re.Match[str], *, night: bool = False) -> str:
    """The time of a form that matched. Raises ValueError where there is none such."""
    found = match.groupdict()
    if found.get("named"):
        return "12:00" if found["named"] == "noon" else "00:00"
    part = found.get("part") or ""
    if found.get("side"):
        return _beside(found["side"], found["of"] or "", int(found.get("away") or 0), part, night=night)
    if found.get("written"):
        hour, minute = found["written"].split(":")
        if len(hour) > 1 and hour[0] == "0" and not part:
            return f"{int(hour):02d}:{minute}"
        return clock(int(hour), int(minute), part, night=night)
    return clock(int(found["hour"] or 0), int(found.get("minute") or found.get("minute1") or 0), part, night=night)


def _goes_on(match: re.Match[str]) -> bool:
    """`From eleven to six` is no eleven minutes to six."""
    return bool(match.groupdict().get("away")) and "minute" not in match[0]


def _beside(side: str, hour: str, away: int, part: str, *, night: bool) -> str:
    """`Quarter to six`: so many minutes before or after the hour."""
    minutes = 30 if side.startswith("half") else 15 if side.startswith("quarter") else away
    if not 0 < minutes < _HOUR_MINUTES:
        raise ValueError(minutes)
    sign = -1 if side.rsplit(" ", maxsplit=1)[-1] in {"to", "of", "till", "before"} else 1
    named = {"noon": "12:00", "midnight": "00:00"}.get(hour) or clock(int(hour[1:]), 0, part, night=night)
    total = (int(named[:2]) * _HOUR_MINUTES + sign * minutes) % (_DAY * _HOUR_MINUTES)
    return f"{total // _HOUR_MINUTES:02d}:{total % _HOUR_MINUTES:02d}"


def hour_at(text: str, at: int, *, night: bool, after: str = "") -> tuple[str, int] | None:
    """An hour where nothing else can stand; `after` a time of the night it is one of the morning."""
    found = clocked_at(text, at, night=night)
    bare = BARE.match(text, at)
    if found or bare is None:
        return found
    hour = int(bare["hour"])
    if hour < _NOON and (after >= _DUSK or after < _DAWN) and after:
        return f"{hour:02d}:{int(bare['minute'] or bare['minute1'] or 0):02d}", bare.end()
    return time_of(bare, night=night), bare.end()


def clocked_at(text: str, at: int, *, night: bool = False) -> tuple[str, int] | None:
    """The time, empty where no clock shows it, and where it ends. `night`: it begins a quiet time, so `to` goes on."""
    match = max(
        (m for form in FORMS if (m := form.match(text, at)) and not (night and _goes_on(m))),
        key=lambda match: match.end(),
        default=None,
    )
    if match is None:
        return None
    try:
        return time_of(match, night=night), match.end()
    except ValueError:
        return "", match.end()
