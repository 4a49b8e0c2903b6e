from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import dateparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.understanding.dates.calendar import Calendar
from adapters.understanding.dates.finding import find_moments
from adapters.understanding.sampler import Sampler
from adapters.understanding.tokens import tokens_of
from adapters.understanding.understander import Understander
from domain.conversation import Expects
from domain.understanding import Intent, Vocabulary
from tests.understanding.date_tables import NIGHTS, NO_SUCH_DAY, NO_TIME_AT_ALL, PAST, RULES, TIMES, TO_COME

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
VOCABULARY = Vocabulary(("Sarah Chen", "John Doe", "City Power"))
UNDERSTANDER = Understander(VOCABULARY, calendar=Calendar(clock=lambda: NOW))


dateparser.parse("today")  # it takes its time at the first call


def asked(said: str, slot: str) -> str:
    return UNDERSTANDER.understand(said, Expects.SLOT).slots.get(slot, "")


@pytest.mark.parametrize(("said", "days"), PAST.items())
@pytest.mark.parametrize("frame", ["show my transactions {}", "my transactions {} please"])
def test_days_that_were(said: str, days: tuple[str, str], frame: str) -> None:
    found = UNDERSTANDER.understand(frame.format(said))
    assert (found.intent, found.slots.get("from", ""), found.slots.get("to", "")) == (Intent.TRANSACTIONS, *days)
    assert found.slots["when"]


@pytest.mark.parametrize(("said", "day"), TO_COME.items())
@pytest.mark.parametrize("frame", ["{}", "remind me {} to call the bank", "remind me to call the bank {}"])
def test_a_day_to_come(said: str, day: str, frame: str) -> None:
    assert asked(frame.format(said), "date") == day


@pytest.mark.parametrize(("said", "at"), TIMES.items())
@pytest.mark.parametrize("frame", ["tomorrow {}", "remind me tomorrow {} to call the bank"])
def test_a_time_of_day(said: str, at: str, frame: str) -> None:
    assert asked(frame.format(said), "time") == at


@pytest.mark.parametrize(("said", "rule"), RULES.items())
@pytest.mark.parametrize("frame", ["remind me {} to call the bank", "remind me to call the bank {}"])
def test_again_and_again(said: str, rule: str, frame: str) -> None:
    assert asked(frame.format(said), "every") == rule


@pytest.mark.parametrize(("said", "night"), NIGHTS.items())
@pytest.mark.parametrize("frame", ["no messages {}", "don't disturb me {}", "set quiet hours {}"])
def test_a_quiet_night(said: str, night: str, frame: str) -> None:
    found = UNDERSTANDER.understand(frame.format(said))
    assert found.intent is Intent.QUIET
    assert f"{found.slots.get('quiet_from')}-{found.slots.get('quiet_to')}" == night


@pytest.mark.parametrize("said", NO_SUCH_DAY)
@pytest.mark.parametrize("frame", ["my transactions {}", "remind me {} to call the bank"])
def test_a_day_that_no_calendar_has_is_no_day(said: str, frame: str) -> None:
    slots = UNDERSTANDER.understand(frame.format(said)).slots
    assert not {"from", "to", "date"} & set(slots)
    assert slots.get("date_unclear") == "yes"


@pytest.mark.parametrize("said", NO_TIME_AT_ALL)
def test_words_that_only_look_like_a_time(said: str) -> None:
    assert find_moments(tokens_of(said), NOW.replace(tzinfo=None)) == []


@pytest.mark.parametrize(
    ("weekday", "said", "choices"),
    [("2026-11-23", "next friday", "2026-11-27|2026-12-04"), ("2026-11-25", "next sunday", "2026-11-29|2026-12-06")],
)
def test_next_friday_said_before_friday_is_asked(weekday: str, said: str, choices: str) -> None:
    calendar = Calendar(clock=lambda: datetime.fromisoformat(f"{weekday}T12:00:00+00:00"))
    slots = Understander(VOCABULARY, calendar=calendar).understand(f"remind me {said} to call the bank").slots
    assert slots.get("date_choices") == choices
    assert "date" not in slots


def test_the_bank_may_write_the_day_first() -> None:
    understander = Understander(VOCABULARY, calendar=Calendar(day_first=True, clock=lambda: NOW))
    assert understander.understand("my transactions since 5/6/2026").slots["from"] == "2026-06-05"


def test_midnight_ends_what_today_meant() -> None:
    times = iter([NOW, NOW + timedelta(days=1)])
    understander = Understander(VOCABULARY, calendar=Calendar(clock=lambda: next(times)))
    said = [understander.understand("my transactions today").slots["from"] for _ in range(2)]
    assert said == ["2026-11-21", "2026-11-22"]


def test_today_is_where_the_bank_is() -> None:
    late = datetime(2026, 11, 22, 2, tzinfo=UTC)
    understander = Understander(VOCABULARY, calendar=Calendar("America/New_York", clock=lambda: late))
    assert understander.understand("my transactions today").slots["from"] == "2026-11-21"


def test_in_two_hours_is_by_the_clock() -> None:
    slots = UNDERSTANDER.understand("remind me in two hours to call the bank").slots
    assert (slots["date"], slots["time"]) == ("2026-11-21", "14:00")


@pytest.mark.parametrize(
    "said",
    [
        *("pay Sarah ten dollars on friday", "send John 20 on the first of december", "pay Sarah on the 5th fifty"),
        *("pay Sarah on the fifth fifty dollars", "pay Sarah ten dollars in january", "pay Sarah 10 in the new year"),
        *("pay Sarah ten dollars in the morning", "pay Sarah 10 in an hour", "move ten dollars to savings in january"),
    ],
)
def test_a_payment_on_another_day_is_none_today(said: str) -> None:
    assert UNDERSTANDER.understand(said).intent not in {Intent.PAY, Intent.TRANSFER, Intent.AMEND}


@pytest.mark.parametrize("said", ["pay Sarah ten dollars for the trip in june", "pay Sarah 10 for this month"])
def test_what_a_payment_is_for_is_not_its_day(said: str) -> None:
    assert UNDERSTANDER.understand(said).intent is Intent.PAY


@given(
    st.dates(date(1990, 1, 1), date(2090, 12, 31)), st.sampled_from(("%B %d %Y", "%d %B %Y", "%m/%d/%Y", "%Y-%m-%d"))
)
def test_a_date_is_read_as_another_library_reads_it(day: date, form: str) -> None:
    said = day.strftime(form)
    theirs = dateparser.parse(said, languages=["en"], settings={"DATE_ORDER": "MDY"})
    assert theirs is not None
    assert asked(said, "date") == theirs.date().isoformat()


def test_what_the_second_ear_listens_for_is_understood() -> None:
    sampler = Sampler(VOCABULARY, 7)
    said = [sampler.sentence(intent) for intent in ("alert", "alert_delete", "quiet", "alerts") for _ in range(60)]
    meant = [UNDERSTANDER.understand(text).intent for text in said]
    assert sum(intent in {Intent.ALERT, Intent.ALERT_DELETE, Intent.QUIET, Intent.ALERTS} for intent in meant) > 200


@pytest.mark.parametrize(
    ("said", "day", "last"),
    [
        ("every week starting friday", "2026-11-27", None),
        ("every month starting in january", "2027-01-01", None),
        ("every month from january", "2027-01-01", None),
        ("every month starting next month", "2026-12-01", None),
        ("monthly from january to june", "2027-01-01", "2027-06-30"),
        ("every month until december", None, "2026-12-31"),
        ("once a month", None, None),
    ],
)
def test_from_when_on_again_and_again(said: str, day: str | None, last: str | None) -> None:
    found = UNDERSTANDER.understand(f"pay Sarah ten dollars {said}")
    assert (found.intent, found.slots.get("date"), found.slots.get("ends_on")) == (Intent.ORDER, day, last)


@pytest.mark.parametrize(
    ("said", "day", "last"),
    [
        ("on the first of each month until december", None, "2026-12-31"),
        ("every friday starting in january", "2027-01-01", None),
        ("every friday from january to june", "2027-01-01", "2027-06-30"),
    ],
)
def test_the_answer_to_when_has_its_first_and_last_day(said: str, day: str | None, last: str | None) -> None:
    found = UNDERSTANDER.understand(said, Expects.SLOT)
    assert (found.intent, found.slots.get("date"), found.slots.get("ends_on")) == (Intent.AMEND, day, last)


@pytest.mark.parametrize(
    "said",
    [
        *("every month for six months", "every month for a year", "every month for the next year", "monthly six times"),
        *("every month for 12 payments", "every month except december", "every friday in december"),
        *("every year in march", "tomorrow and 30 on friday"),
    ],
)
def test_an_order_that_leaves_out_what_was_said_is_none(said: str) -> None:
    assert UNDERSTANDER.understand(f"pay Sarah ten dollars {said}").intent in {Intent.NOT_OFFERED, Intent.UNKNOWN}


@pytest.mark.parametrize(
    "said", ["sixty from december", "sixty starting next month", "sixty from the first of december"]
)
def test_a_change_of_an_order_from_a_later_day_on_is_none_at_once(said: str) -> None:
    found = UNDERSTANDER.understand(f"change my standing order to Sarah to {said}")
    assert found.intent in {Intent.NOT_OFFERED, Intent.UNKNOWN}
