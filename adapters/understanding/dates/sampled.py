"""Phrases about time as people say them, for the recogniser's language model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from num2words import num2words  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType]

from adapters.understanding.dates.points import DAYS, MONTHS

if TYPE_CHECKING:
    from random import Random

_UNITS: Final = ("day", "week", "month", "quarter", "year")
_PARTS: Final = ("in the morning", "in the afternoon", "in the evening", "at night", "a m", "p m")
_BESIDE: Final = ("half past", "quarter past", "quarter to", "ten past", "twenty to", "five past")


class SpokenTimes:
    """Draws phrases; the same random numbers give the same phrases."""

    def __init__(self, random: Random) -> None:
        self._random = random

    def phrase(self, slot: str) -> str:
        """One phrase for a slot of the grammar: `when`, `date`, `time`, `every`, `before` or `quiet`."""
        if slot == "when":
            return self._when()
        if slot == "date":
            return self._date()
        if slot == "time":
            return f"at {self._time()}"
        if slot == "every":
            return self._every()
        if slot == "before":
            count = self._pick(("the", "one", "a", "two", "three", "five"))
            return f"{count} {self._pick(('day', 'days', 'week'))} before"
        return f"between {self._time()} and {self._time()}"

    def _pick(self, options: tuple[str, ...]) -> str:
        return self._random.choice(options)

    def _unit(self) -> str:
        return self._pick(_UNITS)

    def _month(self) -> str:
        return self._pick(MONTHS)

    def _ordinal(self) -> str:
        return _spoken(self._random.randint(1, 31), "ordinal")

    def _when(self) -> str:
        return self._pick(
            (
                f"in {self._month()}", f"in {self._month()}", f"since {self._month()}", f"last {self._unit()}",
                f"this {self._unit()}", f"last {self._unit()}", f"the last {self._some()}",
                f"in the past {self._some()}",
                f"from {self._month()} to {self._month()}", f"between {self._date_of()} and {self._date_of()}",
                "yesterday", "today", f"last {self._pick(DAYS)}", f"in {self._month()} last year", "year to date",
                f"since {self._date_of()}", f"the {self._pick(('first', 'second', 'third', 'fourth'))} quarter",
                "the week before last", f"{self._some()} ago", "over the weekend",
                "so far this year", f"next {self._unit()}",
            )
        )  # fmt: skip

    def _some(self) -> str:
        return f"{_spoken(self._random.randint(2, 30))} {self._pick(('days', 'weeks', 'months'))}"

    def _date_of(self) -> str:
        month, day = self._month(), self._ordinal()
        return self._pick((f"the {day} of {month}", f"{month} {day}", f"{month} the {day}", f"the {day}"))

    def _date(self) -> str:
        day = self._pick(DAYS)
        return self._pick(
            (
                "tomorrow", "tomorrow", "today", f"on {day}", f"next {day}", f"on {self._date_of()}",
                f"on {self._date_of()}", f"in {self._some()}", "the day after tomorrow", f"a week from {day}",
                "on the last day of the month", "at the end of the month", "next week", "tonight",
            )
        )  # fmt: skip

    def _time(self) -> str:
        hour = _spoken(self._random.randint(1, 12))
        part = self._pick(_PARTS)
        minutes = _spoken(self._random.choice(range(10, 60, 5)))
        return self._pick(
            (
                hour, f"{hour} {part}", f"{hour} {part}", f"{hour} o'clock", f"{hour} {minutes}",
                f"{hour} {minutes} {part}", f"{self._pick(_BESIDE)} {hour}", "noon", "midnight",
                f"{hour} oh {_spoken(self._random.randint(1, 9))}",
            )
        )  # fmt: skip

    def _every(self) -> str:
        day, unit, ordinal = self._pick(DAYS), self._pick(_UNITS[:3]), self._ordinal()
        each = self._pick(("every", "each"))
        return self._pick(
            (
                f"{each} {unit}", f"{each} {day}", f"every other {day}", f"every other {unit}", f"{each} weekday",
                f"on the {ordinal} of {each} month", f"on the {ordinal} of {each} month", f"every {self._some()}",
                f"on the last day of {each} month", "daily", "weekly", "monthly", f"{each} morning", f"on {day}s",
                f"on the first {day} of {each} month", "once a week", f"{each} year on {self._date_of()}",
            )
        )  # fmt: skip


def _spoken(number: int, form: str = "cardinal") -> str:
    return str(num2words(number, to=form)).replace("-", " ")
