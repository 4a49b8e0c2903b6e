from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.saying import numbers
from adapters.saying.ear import for_the_ear
from adapters.understanding.dates.calendar import Calendar
from adapters.understanding.understander import Understander
from domain.conversation import Expects
from domain.dialogue.sums import money as shown
from domain.money import MINOR_DIGITS, Money
from domain.understanding import Intent, Vocabulary

TODAY = Calendar(clock=lambda: datetime(2026, 11, 21, 12, tzinfo=UTC))
UNDERSTANDER = Understander(Vocabulary(("Sarah Chen", "John Doe", "City Power")), calendar=TODAY)

SAID = {
    "I'll pay $25.00 to Sarah Chen.": "I'll pay twenty five dollars to Sarah Chen.",
    "$1,250.50": "one thousand two hundred and fifty dollars and fifty cents",
    "-$3.10": "minus three dollars and ten cents",
    "$1.01": "one dollar and one cent",
    "25.001 KWD": "twenty five Kuwaiti dinars and one fils",
    "1,000 JPY": "one thousand yen",
    "\u00a32.50": "two pounds and fifty pence",
    "your account ****1234": "your account ending in one two three four",
    "your phone ending in 1 2 3 4": "your phone ending in one two three four",
    "***-**-1234": "ending in one two three four",
    "22 November at 15:43 UTC": "the twenty second of November at three forty three in the afternoon U T C",
    "from 1 to 21 November 2026": "from the first to the twenty first of November twenty twenty six",
    "December 1, 2026": "the first of December twenty twenty six",
    "2026-12-01": "the first of December twenty twenty six",
    "between 22:00 and 07:00": "between ten at night and seven in the morning",
    "at 12:05 p.m.": "at twelve oh five in the afternoon",
    "19.99%": "nineteen point nine nine percent",
    "the 3rd of 12 instalments": "the third of twelve instalments",
    "$10\u2013$20": "ten dollars to twenty dollars",
    "m****@example.com": "m something at example dot com",
    "tracking 1Z999AA1": "tracking one Z nine nine nine A A one",
    "call 555-0100": "call five five five zero one zero zero",
    "940011189922": "nine four zero zero one one one eight nine nine two two",
    "Nothing is waiting for you.": "Nothing is waiting for you.",
}


@pytest.mark.parametrize(("text", "speech"), SAID.items())
def test_a_sentence_as_it_is_said(text: str, speech: str) -> None:
    assert for_the_ear(text) == speech


@given(st.integers(0, 10**9), st.sampled_from(sorted(MINOR_DIGITS)))
def test_every_amount_is_words(minor: int, currency: str) -> None:
    said = for_the_ear(f"It is {shown(Money(minor, currency).decimal(), currency)} in all.")
    assert re.fullmatch(r"It is [a-z ]+(?:[A-Z][a-z]+ [a-z ]+)? in all\.", said, re.IGNORECASE)


@given(st.text(max_size=60))
def test_no_figure_is_left(text: str) -> None:
    said = for_the_ear(f"{text} $12.34 on 3 May at 14:05, card ****1234, {text}")
    ours = for_the_ear("$12.34 on 3 May at 14:05, card ****1234")
    assert "twelve dollars" in said
    assert not any(figure in ours for figure in "0123456789$*")


@given(st.integers(1, 10**8))
def test_an_amount_that_is_said_is_understood(cents: int) -> None:
    said = for_the_ear(f"${Decimal(cents) / 100:,.2f}")
    found = UNDERSTANDER.understand(f"pay Sarah Chen {said}")
    assert (found.intent, found.slots.get("amount")) == (Intent.PAY, f"{Decimal(cents) / 100:.2f}")


@given(st.dates(date(1990, 1, 1), date(2099, 12, 31)), st.sampled_from(("said", "iso", "us", "first", "shown")))
def test_a_date_that_is_said_is_understood(day: date, form: str) -> None:
    month = numbers.MONTHS[day.month - 1]
    text = {
        "said": numbers.day(day.day, day.month, day.year),
        "iso": day.isoformat(),
        "us": f"{day.month}/{day.day}/{day.year}",
        "first": f"{month} {numbers.ordinal(day.day)} {numbers.year(day.year)}",
        "shown": f"{day.day} {month} {day.year}",
    }[form]
    slots = UNDERSTANDER.understand(text, Expects.SLOT).slots
    assert (slots.get("date"), slots.get("from"), slots.get("to")) == (day.isoformat(),) * 3


@given(st.times(), st.booleans())
def test_a_time_that_is_said_is_understood(at: time, written: bool) -> None:
    shown_at = f"{at:%H:%M}"
    said = shown_at if written else for_the_ear(shown_at)
    heard = "13:05" if written and at.hour < 13 else shown_at
    slots = UNDERSTANDER.understand(f"at {heard if written else said}", Expects.SLOT).slots
    assert slots.get("time") == (heard if written else shown_at)
