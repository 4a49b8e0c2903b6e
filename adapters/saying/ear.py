"""A sentence for the eye as the ear has to hear it: a voice gets words, and nothing that it could read two ways."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from adapters.saying import numbers

_SIGNS: Final = {"$": "USD", "\u20ac": "EUR", "\u00a3": "GBP", "\u00a5": "JPY"}
_MONTH: Final = "|".join(numbers.MONTHS)
_FIGURES: Final = r"\d{1,3}(?:,\d{3})+|\d+"
_CODES: Final = "USD|EUR|GBP|CAD|AUD|JPY|KWD|CHF|INR"


def _masked(found: re.Match[str]) -> str:
    last = numbers.digits(found["last"])
    return f"{found['lead']}{last}" if found["lead"] else f"ending in {last}"


def _email(found: re.Match[str]) -> str:
    name = re.sub(r"\*+", " something ", found["name"]).replace(".", " dot ").replace("_", " underscore ")
    return " ".join(
        f"{name.replace('-', ' dash ').replace('+', ' plus ')} at {found['host'].replace('.', ' dot ')}".split()
    )


def _money(found: re.Match[str]) -> str:
    currency = _SIGNS.get(found["sign"]) or found["code"] or found["before"]
    amount = Decimal(found["amount"].replace(",", ""))
    return numbers.money(-amount if found["minus"] else amount, currency)


def _iso(found: re.Match[str]) -> str:
    day = date.fromisoformat(found[0])
    return numbers.day(day.day, day.month, day.year)


def _day(found: re.Match[str]) -> str:
    month = numbers.MONTHS.index(found["month"]) + 1
    return numbers.day(int(found["day"]), month, int(found["year"] or 0))


def _days(found: re.Match[str]) -> str:
    """`from 1 to 21 November`."""
    return f"the {numbers.ordinal(int(found['day']))}{found['and']}"


def _month_of(found: re.Match[str]) -> str:
    return f"{found['month']} {numbers.year(int(found['year']))}"


def _time(found: re.Match[str]) -> str:
    hour, half = int(found["hour"]), (found["half"] or "").lower()
    if half:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    return numbers.time(hour, int(found["minute"]))


def _percent(found: re.Match[str]) -> str:
    return f"{numbers.decimal(found['number'].replace(',', ''))} percent"


def _ordinal(found: re.Match[str]) -> str:
    return numbers.ordinal(int(found["number"]))


def _spelled(found: re.Match[str]) -> str:
    return numbers.digits(found[0])


def _number(found: re.Match[str]) -> str:
    return numbers.decimal(found[0].replace(",", ""))


_Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]
_AMOUNT: Final = rf"(?P<amount>(?:{_FIGURES})(?:\.\d+)?)"
_RULES: Final[tuple[_Rule, ...]] = (
    (re.compile(r"(?P<name>[\w.+*-]+)@(?P<host>[\w-]+(?:\.[\w-]+)+)"), _email),
    (re.compile(r"(?P<lead>ending (?:(?:in|with) )?)?\(?\*{2,}\)?(?:[ -]\*+)*[ -]?(?P<last>\d{2,4})\b"), _masked),
    (re.compile(r"(?P<lead>ending (?:(?:in|with) )?)(?P<last>\d(?: ?\d){1,5})(?![\d.,]\d)"), _masked),
    (re.compile(r"(?<![\d-])(?:\+?\d{1,3}[ -])?(?:\(\d{3}\) ?|\d{3}-)?\d{3}-\d{4}(?![\d-])"), _spelled),
    (re.compile(r"(?<=[\d%])\s?[\u2013\u2014]\s?(?=[$\u20ac\u00a3\u00a5]?\d)"), lambda _: " to "),
    (re.compile(rf"(?P<minus>-)?(?P<sign>[$\u20ac\u00a3\u00a5])(?P<code>)(?P<before>){_AMOUNT}"), _money),
    (re.compile(rf"(?P<minus>-)?(?P<sign>)\b(?P<code>)(?P<before>{_CODES}) ?{_AMOUNT}"), _money),
    (re.compile(rf"(?P<minus>(?<!\w)-)?(?P<sign>)(?P<before>)\b{_AMOUNT} ?(?P<code>{_CODES})\b"), _money),
    (re.compile(r"\b\d{4}-\d\d-\d\d\b"), _iso),
    (
        re.compile(
            rf"\b(?P<day>\d{{1,2}})(?P<and> (?:to|and|through|until) )(?=\d{{1,2}} (?:{_MONTH})\b)",
        ),
        _days,
    ),
    (
        re.compile(
            rf"\b(?:the )?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<month>{_MONTH})\b(?:,? (?P<year>\d{{4}})\b)?"
        ),
        _day,
    ),
    (
        re.compile(
            rf"\b(?P<month>{_MONTH}) (?:the )?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?!:)(?:,? (?P<year>\d{{4}})\b)?"
        ),
        _day,
    ),
    (re.compile(rf"\b(?P<month>{_MONTH}) (?P<year>\d{{4}})\b"), _month_of),
    (
        re.compile(r"\b(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?::[0-5]\d)?(?: ?(?P<half>[aApP])\.?[mM]\b\.?)?"),
        _time,
    ),
    (re.compile(r"\bUTC\b"), lambda _: "U T C"),
    (re.compile(rf"(?P<number>(?:{_FIGURES})(?:\.\d+)?) ?%"), _percent),
    (re.compile(r"\b(?P<number>\d+)(?:st|nd|rd|th)\b"), _ordinal),
    (re.compile(r"\b(?=[A-Z\d-]*\d)(?=[A-Z\d-]*[A-Z])[A-Z\d]+(?:-[A-Z\d]+)*\b|\b0\d+\b|\b\d{7,}\b"), _spelled),
    (re.compile(rf"(?<![\w.])(?:{_FIGURES})(?:\.\d+)?(?!\w)"), _number),
)
"""In this order: what is more than a number is read before the numbers that are left."""


@lru_cache(maxsize=1024)
def for_the_ear(text: str) -> str:
    """`I'll pay $25.00 from ****1234 on 1 December` as a voice says it. Words stay as they are; no figure is left."""
    for pattern, say in _RULES:
        text = pattern.sub(lambda found, say=say: _kept(found, say), text)
    return text


def _kept(found: re.Match[str], say: Callable[[re.Match[str]], str]) -> str:
    try:
        return say(found)
    except ValueError:
        # a day or a time that there is not is said figure by figure
        return numbers.digits(found[0])


def to_hear(reply: dict[str, Any]) -> dict[str, Any]:
    """A reply's JSON with its `text` as `speech`: the conversation itself writes for the eye alone."""
    return reply | {"speech": for_the_ear(reply["text"])}
