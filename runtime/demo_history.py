"""A year of the demo customers' lives, as the lines of their accounts: by calendar months, counted back from today."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

MONTHS: Final = 12
"""So that every month that can be named is one in which something happened."""
OTHERS: Final = {
    "acct_sarah_chen": "Sarah Chen",
    "acct_john_doe": "John Doe",
    "acct_city_power": "City Power",
    "acct_northwind": "Northwind Payroll",
    "acct_corner_grocer": "Corner Grocer",
    "acct_blue_door": "Blue Door Coffee",
    "acct_harbor_homes": "Harbor Homes",
    "acct_metro_transit": "Metro Transit",
    "acct_lumen": "Lumen Mobile",
    "acct_bright_smile": "Bright Smile Dental",
}


class Past(NamedTuple):
    """Money that went from one account to another at a moment."""

    at: datetime
    debit: str
    credit: str
    minor: int
    purpose: str


class _Habit(NamedTuple):
    """What happens on a day of the month: in each, or in some; `minors` go round by the calendar month."""

    day: int
    debit: str
    credit: str
    minors: tuple[int, ...]
    purpose: str
    months: tuple[int, ...] = tuple(range(1, 13))


_POWER: Final = (112_35, 108_10, 96_40, 84_25, 78_90, 91_15, 118_60, 121_05, 97_30, 82_75, 86_40, 104_20)
_FOOD: Final = (61_18, 58_72, 73_05, 49_60, 66_91)
_MORE_FOOD: Final = (44_37, 52_14, 47_83)
_HABITS: Final = (
    _Habit(25, "acct_northwind", "acct_maya_checking", (3_150_00,), "Salary"),
    _Habit(1, "acct_maya_checking", "acct_harbor_homes", (1_560_00,), "Rent"),
    _Habit(3, "acct_maya_checking", "acct_maya_savings", (700_00,), "Savings plan"),
    _Habit(6, "acct_maya_checking", "acct_city_power", _POWER, "Electricity"),
    _Habit(9, "acct_maya_checking", "acct_sarah_chen", (40_00, 25_50, 62_00), "Dinner", (1, 3, 5, 6, 8, 9, 11)),
    _Habit(12, "acct_maya_checking", "acct_lumen", (45_00,), "Mobile"),
    _Habit(15, "acct_maya_checking", "acct_maya_loan", (412_50,), "Instalment"),
    _Habit(20, "acct_maya_checking", "acct_maya_credit_card", (280_00,), "Card payment"),
    _Habit(18, "acct_maya_checking", "acct_bright_smile", (185_00, 92_50), "Dentist", (2, 8)),
    _Habit(4, "acct_maya_credit_card", "acct_corner_grocer", _FOOD, "Groceries"),
    _Habit(11, "acct_maya_credit_card", "acct_corner_grocer", _MORE_FOOD, "Groceries"),
    _Habit(18, "acct_maya_credit_card", "acct_corner_grocer", _FOOD[::-1], "Groceries"),
    _Habit(26, "acct_maya_credit_card", "acct_corner_grocer", _MORE_FOOD[::-1], "Groceries"),
    _Habit(7, "acct_maya_credit_card", "acct_blue_door", (4_75, 9_50), "Coffee"),
    _Habit(16, "acct_maya_credit_card", "acct_blue_door", (6_20,), "Coffee"),
    _Habit(2, "acct_maya_credit_card", "acct_metro_transit", (36_00,), "Monthly pass"),
    _Habit(27, "acct_northwind", "acct_omar_checking", (1_800_00,), "Salary"),
    _Habit(1, "acct_omar_checking", "acct_harbor_homes", (1_150_00,), "Rent"),
    _Habit(5, "acct_omar_checking", "acct_omar_savings", (150_00,), "Savings plan"),
    _Habit(8, "acct_omar_checking", "acct_city_power", tuple(n - 15_25 for n in _POWER), "Electricity"),
    _Habit(10, "acct_omar_checking", "acct_omar_loan", (205_00,), "Instalment"),
    _Habit(13, "acct_omar_checking", "acct_john_doe", (35_00, 80_00), "Concert tickets", (2, 4, 7, 10, 11)),
    _Habit(21, "acct_omar_checking", "acct_omar_credit_card", (190_00,), "Card payment"),
    _Habit(14, "acct_omar_checking", "acct_sarah_chen", (120_00,), "Birthday", (5, 12)),
    _Habit(3, "acct_omar_credit_card", "acct_corner_grocer", _MORE_FOOD, "Groceries"),
    _Habit(17, "acct_omar_credit_card", "acct_corner_grocer", _FOOD, "Groceries"),
    _Habit(12, "acct_omar_credit_card", "acct_lumen", (39_00,), "Mobile"),
    _Habit(9, "acct_omar_credit_card", "acct_metro_transit", (36_00,), "Monthly pass"),
)


def history(now: datetime) -> list[Past]:
    """All of it that lies before `now`, the oldest first."""
    found = [_done(habit, month) for month in _months(now.date()) for habit in _HABITS if month.month in habit.months]
    return sorted(past for past in found if past.at < now)


def opened(now: datetime) -> datetime:
    """When the accounts were opened: the evening before the first line."""
    return datetime.combine(min(_months(now.date())), time(18), UTC) - timedelta(days=1)


def _months(today: date) -> Iterator[date]:
    """The first days of this month and of those before it."""
    month = today.replace(day=1)
    for _ in range(MONTHS + 1):
        yield month
        month = (month - timedelta(days=1)).replace(day=1)


def _done(habit: _Habit, month: date) -> Past:
    # no two at the same moment: a list of them has one order
    at = datetime.combine(month.replace(day=habit.day), time(8), UTC) + timedelta(minutes=13 * _HABITS.index(habit))
    minor = habit.minors[(month.month - 1) % len(habit.minors)]
    return Past(at, habit.debit, habit.credit, minor, habit.purpose)
