"""What is asked of the bank: understood with what narrows it, and never taken for an order to pay."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from adapters.understanding.dates.calendar import Calendar
from adapters.understanding.frames import general
from adapters.understanding.inquiring import inquiries
from adapters.understanding.sampler import Sampler
from adapters.understanding.understander import Understander
from domain.conversation import Expects
from domain.understanding import Intent, Vocabulary
from tests.understanding.inquiry_tables import FOLLOWS, INQUIRIES, INTERRUPTING, NO_INQUIRY, NO_ORDER

VOCABULARY = Vocabulary(("Sarah Chen", "John Doe", "City Power"))
WEDNESDAY = Calendar(clock=lambda: datetime(2026, 6, 17, 10, tzinfo=UTC))
UNDERSTANDER = Understander(VOCABULARY, calendar=WEDNESDAY)
MOVES = frozenset({Intent.PAY, Intent.AMEND, Intent.CONFIRM, Intent.MANDATE})
ASKS = ("spending", "transactions", "loans", "credit", "cards", "scheduled", "back", "question", "status")


@pytest.mark.parametrize(("said", "intent", "slots"), INQUIRIES)
def test_an_inquiry_is_known_with_what_narrows_it(said: str, intent: str, slots: dict[str, str]) -> None:
    found = UNDERSTANDER.understand(said)
    kept = {name: value for name, value in found.slots.items() if name not in {"when", "payee_known"}}
    assert (found.intent, kept, found.complete) == (intent, slots, True)


@pytest.mark.parametrize(("said", "slots"), FOLLOWS)
def test_what_follows_an_inquiry_changes_only_what_is_said(said: str, slots: dict[str, str]) -> None:
    found = UNDERSTANDER.understand(said)
    kept = {name: value for name, value in found.slots.items() if name not in {"when", "payee_known"}}
    assert (found.intent, kept) == (Intent.SPENDING, {"follow": "yes", **slots})


@pytest.mark.parametrize("said", [said for said, _ in FOLLOWS])
def test_nothing_follows_an_inquiry_while_a_yes_is_awaited(said: str) -> None:
    assert UNDERSTANDER.understand(said, Expects.CONFIRMATION).slots.get("follow") in {None, "yes"}
    assert UNDERSTANDER.understand(said, Expects.CONFIRMATION).intent is not Intent.CONFIRM


@pytest.mark.parametrize("said", NO_ORDER)
@pytest.mark.parametrize("expects", [Expects.ANYTHING, Expects.CONFIRMATION, Expects.SLOT])
def test_who_asks_of_money_orders_none_to_move(said: str, expects: Expects) -> None:
    assert UNDERSTANDER.understand(said, expects).intent not in MOVES


@pytest.mark.parametrize(("said", "intent"), NO_INQUIRY)
def test_an_order_or_a_story_is_no_inquiry(said: str, intent: str) -> None:
    assert UNDERSTANDER.understand(said).intent == intent


@pytest.mark.parametrize(("said", "intent"), INTERRUPTING)
@pytest.mark.parametrize("expects", [Expects.ANYTHING, Expects.CONFIRMATION, Expects.CODE, Expects.SLOT])
def test_an_inquiry_that_interrupts_is_still_one(said: str, intent: str, expects: Expects) -> None:
    assert UNDERSTANDER.understand(said, expects).intent == intent


@pytest.mark.parametrize(
    ("said", "awaited", "otherwise"),
    [("go on", "confirm", "more"), ("carry on", "confirm", "more"), ("continue", "confirm", "more")],
)
def test_going_on_is_a_yes_only_where_one_is_awaited(said: str, awaited: str, otherwise: str) -> None:
    assert UNDERSTANDER.understand(said, Expects.CONFIRMATION).intent == awaited
    assert UNDERSTANDER.understand(said).intent == otherwise


@pytest.mark.parametrize("intent", ASKS)
@pytest.mark.parametrize("expects", [Expects.ANYTHING, Expects.CONFIRMATION])
def test_no_sentence_that_asks_is_heard_as_one_that_moves_money(intent: str, expects: Expects) -> None:
    sampler = Sampler(VOCABULARY, seed=11)
    said = [sampler.sentence(intent) for _ in range(120)]
    assert [text for text in said if UNDERSTANDER.understand(text, expects).intent in MOVES] == []


@pytest.mark.parametrize(
    "intent", ["spending", "transactions", "loans", "credit", "cards", "scheduled", "more", "back"]
)
def test_what_the_second_ear_hears_is_understood(intent: str) -> None:
    sampler = Sampler(VOCABULARY, seed=5)
    found = [UNDERSTANDER.understand(sampler.sentence(intent)).intent for _ in range(100)]
    assert sum(each == intent for each in found) / len(found) > 0.8


def test_every_concept_that_a_frame_speaks_of_has_words() -> None:
    assert general().named() == {"@code"}
    assert inquiries().named() == set()
