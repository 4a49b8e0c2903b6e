"""Again and again: `every other friday`, `on the first of each month`, as an RFC 5545 rule read by `recurrent`."""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from dateutil.rrule import rrulestr
from recurrent.event_parser import RecurringEvent  # pyright: ignore[reportMissingTypeStubs]

from adapters.understanding.dates.points import DAYS, MONTHS
from adapters.understanding.dates.times import PARTS

_NAME: Final = rf"(?:{'|'.join(DAYS)})s? "
_NAMES: Final = rf"{_NAME}(?:(?:and )?(?:on )?{_NAME})*"
_PLURAL: Final = "|".join(f"{day}s" for day in DAYS)
_NTH: Final = r"(?:o\d{1,2} |last |second last )"
_EDGE: Final = r"(?:last day|first day|end|beginning|start) "
_MONTH: Final = rf"(?:{'|'.join(MONTHS)}) "
_EACH: Final = r"(?:every|each) (?:single )?"
_STEP: Final = r"(?:other |o\d{1,2} |n\d{1,2} )?"
_DAY_OF: Final = (
    rf"(?:the )?(?:o\d{{1,2}} (?:and (?:the )?o\d{{1,2}} )*|{_EDGE})(?:day )?(?:of (?:the |each |every )?month )?"
)
_DATE: Final = rf"(?:(?:the )?o\d{{1,2}} (?:of )?{_MONTH}|{_MONTH}(?:the )?[on]\d{{1,2}} )"
_ON: Final = rf"(?:on (?:{_NAMES}|(?:the )?{_NTH}{_NAME}|{_DATE}|{_DAY_OF}|weekday |weekdays ))"
_SPAN: Final = r"(?:day|week|month|quarter|year) "
FORMS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:on )?{_EACH}{_STEP}(?:{_SPAN}|weekday |weekdays |weekend |(?:business|working|work) day )(?:{_ON})?",
        rf"{_EACH}(?P<part>morning|afternoon|evening|night) ",
        rf"(?:on )?{_EACH}(?:other |o2 |last )?{_NAMES}(?P<part2>morning |afternoon |evening |night )?",
        rf"(?:on )?{_EACH}{_NTH}{_NAME}of (?:the|each|every) month ",
        rf"(?:on )?(?:the )?{_NTH}{_NAME}(?:of )?{_EACH}month ",
        (
            rf"(?:on |at )?(?:the )?(?:o\d{{1,2}} (?:and (?:the )?o\d{{1,2}} )*|{_EDGE}|o\d{{1,2}} )(?:day )?"
            rf"(?:of |in )?{_EACH}{_STEP}(?:month|year|quarter) "
        ),
        rf"(?:on )?{_EACH}(?:o\d{{1,2}} (?:and (?:the )?o\d{{1,2}} )*|{_EDGE})(?:of (?:the |each |every )?month )?",
        rf"(?:on )?{_EACH}{_DATE}",
        rf"(?:on )?{_DATE}(?:of )?{_EACH}year ",
        rf"(?:on )?(?:{_PLURAL}) (?:(?:and )?(?:on )?(?:{_PLURAL}) )*",
        r"(?:on )?(?:weekdays|weekends) ",
        rf"(?:daily|nightly|weekly|monthly|quarterly|yearly|annually|fortnightly) (?:{_ON})?",
        rf"(?P<two>biweekly|bimonthly) (?:{_ON})?",
        rf"(?:once|n1 time) (?:a |per |every |each |in a )(?:{_SPAN})(?:{_ON})?",
        rf"(?:on )?{_DAY_OF}(?:of )?(?:monthly|yearly) ",
    )
)
_PLAIN: Final = (
    (r"\b(?:business|working|work) day\b", "weekday"), (r"\bweekday on weekday\b", "weekday"),
    (r"\bfortnightly\b|\bevery n2 weekly\b", "every 2 weeks"), (r"\bnightly\b", "daily"), (r"\bannually\b", "yearly"),
    (r"\b(?:once|n1 time) (?:a|per|every|each|in a) ", "every "), (r"\beach\b", "every"), (r"\bsingle ", ""),
    (r"\bquarterly\b", "every 3 months"), (r"\bevery quarter\b", "every 3 months"),
    (r"\bevery (?:morning|afternoon|evening|night)\b", "every day"), (r" (?:morning|afternoon|evening|night)$", ""),
    (r"\b(?:end|the end) of\b", "last day of"), (r"\b(?:beginning|start|first day)\b", "1st"), (r"\bo1 day\b", "1st"),
    (r"\bin every\b", "of every"), (r"\b(\d) month\b", r"\1 months"),
    (r"\bevery o1 (week|month|year|day)\b", r"every \1"),
)  # fmt: skip
_ANY_DAY: Final = datetime(2026, 1, 1)  # noqa: DTZ001 - a rule is the same from any day
_ORDER: Final = ("FREQ", "INTERVAL", "BYMONTH", "BYMONTHDAY", "BYDAY")


def rules_of(match: re.Match[str]) -> tuple[tuple[str, ...], str]:
    """The rules that a form may mean, none where it means none that can be told; and its time of day, if it names one.

    `biweekly` is said for twice a week and for every two weeks.
    """
    groups = match.groupdict()
    part = (groups.get("part") or groups.get("part2") or "").strip()
    if groups.get("two"):
        unit = "week" if groups["two"] == "biweekly" else "month"
        if unit == "month":
            return ("FREQ=MONTHLY;INTERVAL=2", "FREQ=MONTHLY;BYMONTHDAY=1,15"), ""
        return ("FREQ=WEEKLY;INTERVAL=2", "FREQ=WEEKLY;BYDAY=MO,TH"), ""
    rule = _rule(match[0].strip())
    return ((rule,) if rule else ()), PARTS.get(part, "")


@lru_cache(maxsize=1024)
def _rule(text: str) -> str:
    plain = _english(text)
    reader: Any = RecurringEvent(now_date=_ANY_DAY)
    found = reader.parse(plain)
    if not isinstance(found, str) or not found.startswith("RRULE:"):
        return ""
    parts: dict[str, str] = dict(part.split("=") for part in found.removeprefix("RRULE:").split(";"))
    if parts.get("INTERVAL") == "1":
        del parts["INTERVAL"]
    rule = ";".join(f"{name}={parts[name]}" for name in _ORDER if name in parts)
    try:
        return rule if next(iter(rrulestr(rule, dtstart=_ANY_DAY)), None) else ""
    except ValueError:
        return ""


def _english(text: str) -> str:
    """Pieces as recurrent reads them: `every 2 weeks on monday`."""
    for pattern, plain in _PLAIN:
        text = re.sub(pattern, plain, text)
    words: list[str] = []
    for word in text.split():
        if re.fullmatch(r"[no]\d+", word):
            words.append(word[1:] if word[0] == "n" else _ordinal(int(word[1:])))
        else:
            words.append(word)
    plain = " ".join(words)
    plain = re.sub(r"\b(\d+) (day|week|month|year)\b", r"\1 \2s", plain)
    if re.fullmatch(r"every \d+(?:st|nd|rd|th)(?: and (?:the )?\d+(?:st|nd|rd|th))*", plain):
        plain += " of the month"
    if re.fullmatch(r"every 1st month", plain):
        return "every 1st of the month"
    return plain.replace("every last day", "last day of every month") if plain == "every last day" else plain


def _ordinal(number: int) -> str:
    ending = "th" if number in range(11, 14) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
