"""Alerts without a bank: quiet hours, the calendar, and what a turn is to them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from adapters.calendar import RuleCalendar
from domain.alert_words import confirmed
from domain.alerts import AlertKind, AlertTerms, Due
from domain.conversation import Turn
from domain.dialogue import alerts_told
from domain.dialogue.decide import decide
from domain.dialogue.moves import Arrange, Ask, FindAlert, Pay, Say
from domain.dialogue.state import Dialogue, Person
from domain.quiet import told_at
from domain.understanding import Intent

NEW_YORK = ZoneInfo("America/New_York")
QUIET: list[tuple[str, str, str, str]] = [
    # now, from, to, told at; New York's own time
    ("2026-07-01T23:30", "22:00", "07:00", "2026-07-02T07:00"),
    ("2026-07-02T06:59", "22:00", "07:00", "2026-07-02T07:00"),
    ("2026-07-02T07:00", "22:00", "07:00", "2026-07-02T07:00"),
    ("2026-07-02T21:59", "22:00", "07:00", "2026-07-02T21:59"),
    ("2026-07-02T13:00", "12:00", "14:00", "2026-07-02T14:00"),
    ("2026-07-02T11:59", "12:00", "14:00", "2026-07-02T11:59"),
    ("2026-07-02T12:00", "12:00", "12:00", "2026-07-02T12:00"),
    # clocks go forward at two on 8 March 2026: half past two is not there, and it ends at half past three
    ("2026-03-08T01:00", "22:00", "02:30", "2026-03-08T03:30"),
    # and back at two on 1 November 2026
    ("2026-10-31T23:00", "22:00", "07:00", "2026-11-01T07:00"),
]


@pytest.mark.parametrize(("now", "begin", "end", "told"), QUIET)
def test_quiet_hours(now: str, begin: str, end: str, told: str) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=NEW_YORK)
    found = told_at(at, time.fromisoformat(begin), time.fromisoformat(end), NEW_YORK)
    assert found.astimezone(NEW_YORK) == datetime.fromisoformat(told).replace(tzinfo=NEW_YORK).astimezone(UTC)


def timed(**changes: object) -> AlertTerms:
    return replace(AlertTerms(AlertKind.REMINDER, about="rent", time="09:00", zone="America/New_York"), **changes)


NEXT: list[tuple[AlertTerms, str, str]] = [
    (timed(every="FREQ=MONTHLY;BYMONTHDAY=1", date="2026-01-15"), "2026-02-10T00:00", "2026-03-01T09:00"),
    (timed(every="FREQ=MONTHLY;BYMONTHDAY=31", date="2026-01-15"), "2026-02-10T00:00", "2026-03-31T09:00"),
    (timed(every="FREQ=WEEKLY;BYDAY=MO", date="2026-03-02"), "2026-03-02T09:00", "2026-03-09T09:00"),
    (timed(every="FREQ=DAILY;INTERVAL=2", date="2026-03-01"), "2026-03-04T10:00", "2026-03-05T09:00"),
    (timed(every="FREQ=DAILY;COUNT=2", date="2026-03-01"), "2026-03-02T10:00", ""),
    (timed(every="FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", date="2026-03-01"), "2026-03-01T10:00", "2028-02-29T09:00"),
    (timed(every="FREQ=DAILY;BYSETPOS=2", date="2026-03-01"), "2026-03-01T10:00", ""),
    (timed(date="2026-03-08", time="02:30"), "2026-03-01T00:00", "2026-03-08T03:30"),
    (timed(date="2026-03-08"), "2026-03-08T09:00", ""),
    (timed(kind=AlertKind.PAYMENT_DUE, days_before=3, date="2026-03-08"), "2026-03-01T00:00", "2026-03-05T09:00"),
    (timed(kind=AlertKind.PAYMENT_DUE, days_before=1), "2026-03-01T10:00", "2026-03-09T09:00"),
]


@pytest.mark.parametrize(("terms", "after", "at"), NEXT)
def test_the_calendar(terms: AlertTerms, after: str, at: str) -> None:
    moment = datetime.fromisoformat(after).replace(tzinfo=NEW_YORK)
    dues = [Due("2026-03-02", "City Power"), Due("2026-03-10", "City Power"), Due("2026-03-10", "Loan")]
    found = RuleCalendar().next_of(terms, moment, [] if terms.date else dues)
    if not at:
        assert found is None
        return
    assert found is not None
    assert datetime.fromisoformat(found.at) == datetime.fromisoformat(at).replace(tzinfo=NEW_YORK).astimezone(UTC)
    assert found.payees == (() if terms.date else ("City Power", "Loan"))


@pytest.mark.parametrize(
    ("about", "words"),
    [("Pay the rent", "to pay the rent"), ("call mum", "to call mum"), ("water the plants", "to water the plants")]
    + [(each, f"about {each}") for each in ("rent", "the rent", "my mum's birthday", "car insurance")],
)
def test_what_a_reminder_is_for(about: str, words: str) -> None:
    assert confirmed(timed(about=about, every="FREQ=DAILY")) == f"Done. I'll remind you {words}, every day, at 09:00."


HOME = Dialogue(Person("Maya", ("Sarah Chen", "City Power"), ("checking", "savings")))


def hear(
    dialogue: Dialogue, intent: Intent, text: str = "", confidence: float = 1.0, **slots: str
) -> tuple[Dialogue, Any]:
    return decide(dialogue, Turn("t", text or "words", intent, slots, confidence))


def line(alert_id: str, **changes: object) -> dict[str, Any]:
    plain = {"state": "ACTIVE", "kind": "low_balance", "words": "when your checking balance drops below $200.00"}
    rest = {"payee": "", "about": "", "account": "checking", "amount": "200.00", "missing": []}
    return {"alert_id": alert_id, **plain, **rest, **changes}


def drafted(**missing: object) -> Dialogue:
    draft = line("a1", state="DRAFT", words="", **missing)
    return alerts_told.arranged(HOME, Arrange("create"), {"alerts": [draft]})[0]


def test_a_whole_wish_is_set_up_at_once() -> None:
    _, move = hear(HOME, Intent.ALERT, alert="low_balance", amount="200.00", account="checking")
    assert move == Arrange("create", {"kind": "low_balance", "amount": "200.00", "account": "checking"})
    after, text = alerts_told.arranged(HOME, move, {"alerts": [line("a1")]})
    assert text == "Done. I'll tell you when your checking balance drops below $200.00."
    corrected = after.saying(text)
    assert hear(corrected, Intent.AMEND, amount="300.00")[1] == Arrange(
        "change", {"alert_id": "a1", "amount": "300.00"}
    )
    later = corrected.saying("Your checking balance is $5.00.")
    assert not isinstance(hear(later, Intent.AMEND, amount="300.00")[1], Arrange)


@pytest.mark.parametrize(
    ("missing", "intent", "text", "slots", "said"),
    [
        ("amount", Intent.AMEND, "two hundred", {"amount": "200.00"}, {"amount": "200.00"}),
        ("kind", Intent.ALERT, "a low balance", {"alert": "low_balance"}, {"kind": "low_balance"}),
        ("about", Intent.UNKNOWN, "the rent.", {}, {"about": "the rent"}),
        ("about", Intent.UNKNOWN, "To water the plants,", {}, {"about": "water the plants"}),
        ("date", Intent.UNKNOWN, "every monday", {"every": "FREQ=WEEKLY;BYDAY=MO"}, {"every": "FREQ=WEEKLY;BYDAY=MO"}),
    ],
)
def test_what_is_missing_is_asked_and_taken(
    missing: str, intent: Intent, text: str, slots: dict[str, str], said: dict[str, str]
) -> None:
    asked = drafted(missing=[missing])
    assert asked.stage == "alerting"
    assert hear(asked, intent, text, **slots)[1] == Arrange("change", {"alert_id": "a1", **said})


@pytest.mark.parametrize(
    ("intent", "text", "kind"),
    [
        (Intent.BALANCE, "a low balance", "low_balance"),
        (Intent.UNKNOWN, "when my balance is low", "low_balance"),
        (Intent.UNKNOWN, "large payments", "large_transaction"),
        (Intent.SCHEDULED, "a payment that's due", "payment_due"),
        (Intent.UNKNOWN, "money coming in", "deposit_received"),
        (Intent.UNKNOWN, "something to remind me of my own things", "reminder"),
        (Intent.UNKNOWN, "the second one", "large_transaction"),
    ],
)
def test_the_kind_that_was_asked_for_is_no_inquiry(intent: Intent, text: str, kind: str) -> None:
    asked = drafted(missing=["kind"])
    assert hear(asked, intent, text)[1] == Arrange("change", {"alert_id": "a1", "kind": kind})
    assert isinstance(hear(asked, Intent.BALANCE, "what's my balance")[1], Ask), "a question remains one"


def test_an_unclear_amount_is_asked_about() -> None:
    asked, move = hear(HOME, Intent.ALERT, alert="low_balance", amount_choices="2.50|250.00")
    assert isinstance(move, Say)
    assert "Do you mean" in move.text
    assert hear(asked, Intent.AMEND, amount="250.00")[1] == Arrange(
        "create", {"kind": "low_balance", "amount": "250.00"}
    )


@pytest.mark.parametrize("intent", [Intent.CANCEL, Intent.DENY])
def test_a_draft_is_given_up(intent: Intent) -> None:
    after, move = hear(drafted(missing=["amount"]), intent)
    assert move == Arrange("delete", {"alert_id": "a1"})
    assert after.stage == "idle"


def test_the_second_one_is_deleted() -> None:
    shown = {"alerts": [line("a1"), line("a2", kind="reminder", words="about rent, every day, at 09:00")]}
    listed, text = alerts_told.arranged(HOME, Arrange("list"), shown)
    assert text == (
        "You have two alerts: one, when your checking balance drops below $200.00; "
        "two, about rent, every day, at 09:00."
    )
    _, move = hear(listed, Intent.ALERT_DELETE, which="2")
    assert isinstance(move, FindAlert)
    _, wanted, _ = alerts_told.meant(listed, shown, move)
    assert wanted == Arrange("delete", {"alert_id": "a2"})


def test_which_one_is_asked_and_answered() -> None:
    shown = {"alerts": [line("a1"), line("a2", account="savings", words="when your savings balance drops below $9.00")]}
    going, move = hear(HOME, Intent.ALERT_DELETE, alert="low_balance")
    choosing, wanted, text = alerts_told.meant(going, shown, move)
    assert (wanted, choosing.stage) == (None, "choosing_alert")
    assert text.startswith("Which one? One, when your checking")
    chosen, move = hear(choosing, Intent.UNKNOWN, which="2")
    assert alerts_told.meant(chosen, shown, move)[1] == Arrange("delete", {"alert_id": "a2"})


def test_half_a_deletion_is_asked_about() -> None:
    shown = {"alerts": [line("a1")]}
    going, move = hear(HOME, Intent.ALERT_DELETE, confidence=0.6)
    asking, wanted, text = alerts_told.meant(going, shown, move)
    assert (wanted, asking.stage) == (None, "sure_of_alert")
    assert text == "Shall I delete the alert when your checking balance drops below $200.00?"
    assert hear(asking, Intent.CONFIRM)[1] == Arrange("delete", {"alert_id": "a1"})
    kept, move = hear(asking, Intent.DENY)
    assert (isinstance(move, Say), kept.stage) == (True, "idle")


def test_half_heard_quiet_hours_are_asked_about() -> None:
    hours = {"quiet_from": "22:00", "quiet_to": "07:00"}
    assert hear(HOME, Intent.QUIET, **hours)[1] == Arrange("quiet", hours)
    asking, move = hear(HOME, Intent.QUIET, confidence=0.6, **hours)
    assert move == Say("Shall I keep quiet from 22:00 to 07:00?")
    assert hear(asking, Intent.CONFIRM)[1] == Arrange("quiet", hours)
    assert isinstance(hear(HOME, Intent.QUIET, quiet_from="22:00")[1], Say)


def test_a_payment_goes_before_and_after() -> None:
    asked = drafted(missing=["amount"])
    _, move = hear(asked, Intent.PAY, amount="5.00", payee="Sarah Chen", payee_known="yes")
    assert isinstance(move, Pay)


def test_what_is_due_of_a_loan_is_watched_by_its_name() -> None:
    said = Turn("t", "", Intent.ALERT, {"alert": "payment_due", "account": "loan", "days_before": "3"})
    wished = {"kind": "payment_due", "days_before": "3", "payee": "loan"}
    assert decide(Dialogue(Person()), said)[1] == Arrange("create", wished)
