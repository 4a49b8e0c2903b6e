"""Rules as tables: a month that is too short, and what a customer is told of it."""

from __future__ import annotations

from datetime import date
from typing import Final

import pytest

from adapters.calendar import RuleCalendar
from domain.recurrence import counted_from_a_day, rule_words, with_month_ends
from domain.standing_orders import Terms

BEGIN: Final = date(2027, 1, 31)
COMING: Final[list[tuple[str, str, str]]] = [
    ("FREQ=MONTHLY", "on the 31st of each month", "01-31 02-28 03-31 04-30"),
    ("FREQ=MONTHLY;BYMONTHDAY=30;COUNT=2", "on the 30th of each month", "02-28 03-30"),
    ("FREQ=MONTHLY;BYMONTHDAY=1,15", "on the 1st and 15th of each month", "02-01 02-15 03-01 03-15"),
    ("FREQ=MONTHLY;BYMONTHDAY=15,31", "on the 15th and 31st of each month", "01-31 02-15 02-28 03-15"),
    ("FREQ=MONTHLY;BYMONTHDAY=31,15", "on the 15th and 31st of each month", "01-31 02-15 02-28 03-15"),
    ("FREQ=MONTHLY;BYMONTHDAY=28,31", "on the 28th and 31st of each month", "01-31 02-28 03-28 03-31"),
    ("FREQ=MONTHLY;BYMONTHDAY=30,31", "on the 30th and 31st of each month", "01-31 02-28 03-30 03-31"),
    ("FREQ=MONTHLY;BYMONTHDAY=-1", "on the last day of each month", "01-31 02-28 03-31 04-30"),
    ("FREQ=MONTHLY;BYMONTH=4,6", "on the 31st of April and June each year", "04-30 06-30 04-30 06-30"),
    ("FREQ=YEARLY;BYMONTH=4,6", "on the 31st of April and June each year", "04-30 06-30 04-30 06-30"),
    ("FREQ=YEARLY;BYMONTH=2,7;BYMONTHDAY=1", "on the 1st of February and July each year", "02-01 07-01 02-01 07-01"),
    ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "on the 30th of February each year", "02-28 02-29 02-28 02-28"),
    ("FREQ=YEARLY;INTERVAL=2;BYMONTH=3,7", "every 2 years", "03-31 07-31 03-31 07-31"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "words", "days"), COMING)
def test_no_month_is_left_out_for_being_short(rule: str, words: str, days: str) -> None:
    every = with_month_ends(rule, BEGIN)
    terms = Terms("o", 1, 1_00, "USD", "shop", "Shop", "a1", every, BEGIN.isoformat())
    assert rule_words(every) == words
    assert [f"{day:%m-%d}" for day in RuleCalendar.days_of(terms, BEGIN, 4)] == days.split()


@pytest.mark.parametrize("rule", [each[0] for each in COMING])
def test_a_rule_that_was_made_whole_stays(rule: str) -> None:
    every = with_month_ends(rule, BEGIN)
    assert with_month_ends(every, BEGIN) == every


@pytest.mark.parametrize(
    ("rule", "anew"),
    [
        ("FREQ=MONTHLY", "FREQ=MONTHLY"),
        ("FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1", "FREQ=MONTHLY"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", "FREQ=WEEKLY;INTERVAL=2"),
        ("FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=1;COUNT=4", "FREQ=YEARLY;COUNT=4"),
    ],
)
def test_a_rule_that_begins_on_another_day_counts_from_it(rule: str, anew: str) -> None:
    assert counted_from_a_day(rule) == anew
