"""Phrases about time on Saturday, 21 November 2026, 12:00, and what they mean."""

PAST = {
    "today": ("2026-11-21", "2026-11-21"), "yesterday": ("2026-11-20", "2026-11-20"),
    "the day before yesterday": ("2026-11-19", "2026-11-19"), "last week": ("2026-11-09", "2026-11-15"),
    "this week": ("2026-11-16", "2026-11-21"), "this month": ("2026-11-01", "2026-11-21"),
    "last month": ("2026-10-01", "2026-10-31"), "last year": ("2025-01-01", "2025-12-31"),
    "in may": ("2026-05-01", "2026-05-31"), "in december": ("2025-12-01", "2025-12-31"),
    "in november": ("2026-11-01", "2026-11-21"), "may last year": ("2025-05-01", "2025-05-31"),
    "in april 2025": ("2025-04-01", "2025-04-30"), "in april twenty twenty five": ("2025-04-01", "2025-04-30"),
    "last december": ("2025-12-01", "2025-12-31"), "in 2024": ("2024-01-01", "2024-12-31"),
    "since march": ("2026-03-01", "2026-11-21"), "since monday": ("2026-11-16", "2026-11-21"),
    "since the first of june": ("2026-06-01", "2026-11-21"), "after june": ("2026-07-01", "2026-11-21"),
    "since last tuesday": ("2026-11-17", "2026-11-21"), "since yesterday": ("2026-11-20", "2026-11-21"),
    "between the third and the tenth of june": ("2026-06-03", "2026-06-10"),
    "from the third to the tenth of june": ("2026-06-03", "2026-06-10"),
    "from march to june": ("2026-03-01", "2026-06-30"), "from november to february": ("2025-11-01", "2026-02-28"),
    "between january fifth and march second": ("2026-01-05", "2026-03-02"),
    "from the 5th to the 12th": ("2026-11-05", "2026-11-12"), "from monday to today": ("2026-11-16", "2026-11-21"),
    "last thirty days": ("2026-10-22", "2026-11-21"), "the last 3 months": ("2026-08-21", "2026-11-21"),
    "in the past two weeks": ("2026-11-07", "2026-11-21"), "the past few days": ("2026-11-18", "2026-11-21"),
    "over the last month": ("2026-10-21", "2026-11-21"), "in the last week": ("2026-11-14", "2026-11-21"),
    "the last couple of weeks": ("2026-11-07", "2026-11-21"), "last 24 hours": ("2026-11-20", "2026-11-21"),
    "the week before last": ("2026-11-02", "2026-11-08"), "the month before last": ("2026-09-01", "2026-09-30"),
    "q2": ("2026-04-01", "2026-06-30"), "second quarter": ("2026-04-01", "2026-06-30"),
    "the second quarter of last year": ("2025-04-01", "2025-06-30"), "q2 2025": ("2025-04-01", "2025-06-30"),
    "last quarter": ("2026-07-01", "2026-09-30"), "year to date": ("2026-01-01", "2026-11-21"),
    "so far this year": ("2026-01-01", "2026-11-21"), "this month so far": ("2026-11-01", "2026-11-21"),
    "over the weekend": ("2026-11-21", "2026-11-22"), "last weekend": ("2026-11-14", "2026-11-15"),
    "two weeks ago": ("2026-11-07", "2026-11-07"), "a fortnight ago": ("2026-11-07", "2026-11-07"),
    "on friday": ("2026-11-20", "2026-11-20"), "last friday": ("2026-11-20", "2026-11-20"),
    "on the fifteenth": ("2026-11-15", "2026-11-15"), "on the twenty second": ("2026-10-22", "2026-10-22"),
    "the third of june": ("2026-06-03", "2026-06-03"), "june 3rd": ("2026-06-03", "2026-06-03"),
    "the second of december": ("2025-12-02", "2025-12-02"), "5/6/2026": ("2026-05-06", "2026-05-06"),
    "5/6": ("2026-05-06", "2026-05-06"), "13/6/2026": ("2026-06-13", "2026-06-13"),
    "2026-05-06": ("2026-05-06", "2026-05-06"), "december 1, 2025": ("2025-12-01", "2025-12-01"),
    "the first week of may": ("2026-05-01", "2026-05-07"), "week of june 5th": ("2026-06-01", "2026-06-07"),
    "february 29": ("2024-02-29", "2024-02-29"), "before june": ("", "2026-05-31"),
    "at the end of last month": ("2026-10-31", "2026-10-31"),
}  # fmt: skip
"""Told of what was: from and to, both included."""

TO_COME = {
    "tomorrow": "2026-11-22", "today": "2026-11-21", "the day after tomorrow": "2026-11-23",
    "on friday": "2026-11-27", "next friday": "2026-11-27", "in three days": "2026-11-24", "in a month": "2026-12-21",
    "two weeks from now": "2026-12-05", "a week from tuesday": "2026-12-01", "on the first": "2026-12-01",
    "on the twenty second": "2026-11-22", "on the last day of the month": "2026-11-30",
    "at the end of the month": "2026-11-30", "the first of december": "2026-12-01", "december first": "2026-12-01",
    "on march third": "2027-03-03", "the first of december twenty twenty seven": "2027-12-01",
    "three days before christmas": "2026-12-22", "on the fifth of next month": "2026-12-05",
    "tuesday of next week": "2026-11-24", "by friday": "2026-11-27", "on the thirty first": "2026-12-31",
    "february 29": "2028-02-29", "12/24": "2026-12-24", "2027-01-02": "2027-01-02",
}  # fmt: skip
"""Of what is to come: the day."""

TIMES = {
    "at nine": "09:00", "at half past eight": "08:30", "quarter to six in the evening": "17:45", "noon": "12:00",
    "at midnight": "00:00", "at twelve oh five": "12:05", "at nine thirty": "09:30", "at 9:30": "09:30",
    "at 9pm": "21:00", "9:30 am": "09:30", "21:45": "21:45", "at seven thirty pm": "19:30", "nine o'clock": "09:00",
    "ten at night": "22:00", "a quarter past seven": "07:15", "at three in the afternoon": "15:00",
    "at two": "14:00", "twenty to five": "16:40", "at six in the morning": "06:00", "at 12 am": "00:00",
    "at eight oh five p.m.": "20:05", "in the morning": "09:00", "half past midnight": "00:30",
}  # fmt: skip

RULES = {
    "on the first of each month": "FREQ=MONTHLY;BYMONTHDAY=1", "every other friday": "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR",
    "every weekday": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "each monday and thursday": "FREQ=WEEKLY;BYDAY=MO,TH",
    "on the last day of every month": "FREQ=MONTHLY;BYMONTHDAY=-1", "daily": "FREQ=DAILY", "every day": "FREQ=DAILY",
    "every two weeks": "FREQ=WEEKLY;INTERVAL=2", "every six months": "FREQ=MONTHLY;INTERVAL=6",
    "every quarter": "FREQ=MONTHLY;INTERVAL=3", "once a week": "FREQ=WEEKLY", "on mondays": "FREQ=WEEKLY;BYDAY=MO",
    "on the first and fifteenth of each month": "FREQ=MONTHLY;BYMONTHDAY=1,15",
    "every last friday of the month": "FREQ=MONTHLY;BYDAY=-1FR", "every other day": "FREQ=DAILY;INTERVAL=2",
    "every year on march third": "FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=3",
    "on weekdays": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
    "the first monday of every month": "FREQ=MONTHLY;BYDAY=1MO", "every morning": "FREQ=DAILY",
    "every second tuesday": "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", "monthly on the fifteenth": "FREQ=MONTHLY;BYMONTHDAY=15",
}  # fmt: skip

NIGHTS = {
    "between ten at night and seven": "22:00-07:00", "from ten pm until seven am": "22:00-07:00",
    "between ten and seven": "22:00-07:00", "from 22:00 to 7:00": "22:00-07:00",
    "from eleven to six thirty": "23:00-06:30", "from midnight to six": "00:00-06:00",
    "between half past nine in the evening and eight in the morning": "21:30-08:00",
}  # fmt: skip

NO_SUCH_DAY = [
    "31 june", "june thirty first", "the thirty first of june", "february thirtieth", "2026-02-30", "2/30/2026",
    "february 29 2026", "on the thirty second", "2026-13-01", "q5",
]  # fmt: skip

NO_TIME_AT_ALL = [
    "may i see my balance", "i may pay", "pay the first payment", "give me the first", "can i march",
    "send it to the third person", "the second account", "five hundred", "at five percent", "a second",
]  # fmt: skip
