"""Mandates as tables: periods, hashes, last days, what may be allowed in a month."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from domain.dialogue import standing
from domain.dialogue.state import Asked, Dialogue, Draft, Person
from domain.elicitation import ElicitationRequest, ElicitationType
from domain.errors import BankError, InvalidRequestError, PeriodUnknownError
from domain.factors import standing_countersigns
from domain.mandates import (
    Allowed,
    Mandate,
    MandateRequest,
    Period,
    last_day,
    mandate_hash,
    most_in_a_month,
    over_at,
    period_begin,
    period_end,
    period_of,
)
from domain.money import Money

PERIODS = [
    # at, period, begin, end
    ("2028-02-29T23:59:59.999999", Period.DAY, "2028-02-29", "2028-03-01"),
    ("2028-02-29T12:00:00", Period.MONTH, "2028-02-01", "2028-03-01"),
    ("2027-02-28T12:00:00", Period.MONTH, "2027-02-01", "2027-03-01"),
    ("2027-01-31T23:00:00", Period.MONTH, "2027-01-01", "2027-02-01"),
    ("2027-04-30T00:00:00", Period.MONTH, "2027-04-01", "2027-05-01"),
    ("2027-12-31T23:59:59", Period.MONTH, "2027-12-01", "2028-01-01"),
    ("2028-12-31T23:59:59", Period.YEAR, "2028-01-01", "2029-01-01"),
    ("2027-12-31T23:59:59", Period.YEAR, "2027-01-01", "2028-01-01"),
    ("2027-01-03T23:59:59", Period.WEEK, "2026-12-28", "2027-01-04"),
    ("2027-01-04T00:00:00", Period.WEEK, "2027-01-04", "2027-01-11"),
    ("2026-03-29T01:30:00", Period.DAY, "2026-03-29", "2026-03-30"),
]


@pytest.mark.parametrize(("at", "period", "begin", "end"), PERIODS)
def test_periods_are_the_calendars(at: str, period: Period, begin: str, end: str) -> None:
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
    found = period_begin(period, moment), period_end(period, moment)
    assert [each.isoformat() for each in found] == [f"{day}T00:00:00+00:00" for day in (begin, end)]


def test_a_period_is_utcs_wherever_it_is_asked() -> None:
    at = datetime.fromisoformat("2026-10-31T20:30:00-04:00")
    assert period_begin(Period.MONTH, at) == datetime(2026, 11, 1, tzinfo=UTC)


@pytest.mark.parametrize("period", list(Period))
def test_periods_follow_each_other_without_a_gap(period: Period) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    for _ in range(400):
        end = period_end(period, at)
        assert period_begin(period, end) == end > at
        assert period_begin(period, end - timedelta(microseconds=1)) <= at
        at = end


MANDATE = Mandate("m", 1, 100_00, "USD", Period.MONTH, (Allowed("shop", "Shop"),), "a1", "2027-12-31")
CHANGES = [
    {"mandate_id": "n"},
    {"version": 2},
    {"budget_minor": 100_01},
    {"currency": "EUR"},
    {"period": Period.WEEK},
    {"payees": (Allowed("mill", "Shop"),)},
    {"payees": (Allowed("shop", "Mill"),)},
    {"payees": (Allowed("shop", "Shop"), Allowed("mill", "Mill"))},
    {"account": ""},
    {"ends_on": ""},
]


@pytest.mark.parametrize("changes", CHANGES)
def test_every_term_is_bound(changes: dict[str, object]) -> None:
    assert mandate_hash(replace(MANDATE, **changes)) != mandate_hash(MANDATE)


def test_the_hash_is_the_same_everywhere() -> None:
    assert mandate_hash(replace(MANDATE)) == mandate_hash(MANDATE)
    assert len(mandate_hash(MANDATE)) == 64


@pytest.mark.parametrize(
    ("budget", "period", "cents"),
    [
        (Money(100_00), Period.MONTH, 100_00),
        (Money(100_00), Period.YEAR, 100_00),
        (Money(100_00), Period.WEEK, 600_00),
        (Money(100_00), Period.DAY, 3_100_00),
        (Money(500, "JPY"), Period.MONTH, 500_00),
    ],
)
def test_what_may_be_paid_in_one_month(budget: Money, period: Period, cents: int) -> None:
    assert most_in_a_month(budget, period) == cents


TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(("text", "day"), [("", ""), ("2026-11-21", "2026-11-21"), ("2028-02-29", "2028-02-29")])
def test_a_last_day(text: str, day: str) -> None:
    assert last_day(text, TODAY) == day


@pytest.mark.parametrize("text", ["2026-11-20", "2027-02-29", "tomorrow", "2027-13-01", "21.11.2027"])
def test_no_last_day(text: str) -> None:
    with pytest.raises(InvalidRequestError):
        last_day(text, TODAY)


def test_it_is_over_when_the_last_day_is() -> None:
    assert over_at("2027-12-31") == datetime(2028, 1, 1, tzinfo=UTC)
    assert over_at("") is None


@pytest.mark.parametrize("text", ["", "Month", "fortnight", "months"])
def test_no_period(text: str) -> None:
    with pytest.raises(PeriodUnknownError):
        period_of(text)


def test_a_wish_is_known_by_what_is_wanted() -> None:
    wish = MandateRequest("m", "u", ("Shop",), "100.00", "month", session_id="s1")
    assert wish.digest() == replace(wish, session_id="s2", tool_call_id="t", trace_id="x").digest()
    for changes in (
        {"budget": "1.00"},
        {"payees": ("Shop", "Mill")},
        {"account": "savings"},
        {"ends_on": "2030-01-01"},
    ):
        assert replace(wish, **changes).digest() != wish.digest()


@pytest.mark.parametrize(
    ("platform", "has_passkey", "factor"),
    [
        ("web", False, ElicitationType.OTP),
        ("web", True, ElicitationType.OTP),
        ("phone", True, ElicitationType.OTP),
        ("mobile", False, ElicitationType.OTP),
        ("mobile", True, ElicitationType.BIOMETRIC),
    ],
)
def test_one_yes_and_one_factor(platform: str, has_passkey: bool, factor: ElicitationType) -> None:
    found = standing_countersigns(platform, has_passkey=has_passkey)
    passkey = factor is ElicitationType.BIOMETRIC  # before everything else
    assert found == ((factor, ElicitationType.CONFIRMATION) if passkey else (ElicitationType.CONFIRMATION, factor))


@pytest.mark.parametrize(("period", "ends_on"), [("", ""), ("month", ""), ("week", "2027-12-31")])
def test_a_question_is_read_back_as_it_was_written(period: str, ends_on: str) -> None:
    asked = ElicitationRequest(
        *("e", "t", ElicitationType.OTP, "m", 0, "", "100.00", "USD", "City Power", "checking", "a", "b", 300),
        transaction_type="mandate" if period else "payment",
        period=period,
        ends_on=ends_on,
    )
    assert ElicitationRequest.from_json(asked.to_json(), "m") == asked
    assert set(asked.to_json()["context"]) == {"amount", "payee", "account", "transaction_type"}


ASKED = [
    (Draft(standing=True), "Who may be paid from your account?"),
    (Draft("100.00", period="month", standing=True), "Who may be paid up to $100.00 a month?"),
    (Draft(payee="City Power", period="week", standing=True), "Up to how much a week may City Power be paid?"),
    (Draft("100.00", "City Power", standing=True), "Up to $100.00 to City Power: a day, a week, a month or a year?"),
]


@pytest.mark.parametrize(("draft", "question"), ASKED)
def test_what_is_missing(draft: Draft, question: str) -> None:
    assert not draft.whole
    assert standing.next_question(draft) == question


def row(mandate_id: str, *payees: str, state: str = "ACTIVE") -> dict[str, object]:
    terms = {"budget": "100.00", "currency": "USD", "period": "month", "account": "any", "ends_on": "", "left_minor": 5}
    return {"mandate_id": mandate_id, "state": state, "payees": list(payees), **terms}


MEANT = [
    # mandates, payee, sure -> the one revoked, asked about
    ([row("m", "A")], "A", True, "m", ""),
    ([row("m", "A")], "A", False, "", "m"),
    ([row("m", "A")], "", True, "", "m"),
    ([row("m", "A"), row("n", "B")], "B", True, "n", ""),
    ([row("m", "A"), row("n", "B")], "", True, "", ""),
    ([row("m", "A"), row("n", "A", "B")], "A", True, "", ""),
    ([row("m", "A", state="REVOKED")], "A", True, "", ""),
    ([], "", True, "", ""),
]


@pytest.mark.parametrize(("found", "payee", "sure", "revoked", "asked"), MEANT)
def test_which_one_is_meant(found: list[dict[str, object]], payee: str, sure: bool, revoked: str, asked: str) -> None:
    dialogue, mandate_id, text = standing.meant(Dialogue(Person()), {"mandates": found}, payee, sure=sure)
    assert (mandate_id, dialogue.revoking) == (revoked, asked)
    assert dialogue.asked == (Asked.REVOKE if asked else Asked.NOTHING)
    assert bool(text) is not bool(mandate_id)


def test_each_refusal_has_a_code_of_its_own() -> None:
    codes = [error.code for error in BankError.__subclasses__() if "andate" in error.__name__]
    assert len(codes) == len(set(codes)) == 10
