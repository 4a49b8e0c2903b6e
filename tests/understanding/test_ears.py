from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapters.masking import Masker
from adapters.understanding.agreement import agree
from adapters.understanding.awaited import ASK_AGAIN, without_code
from adapters.understanding.front import CodeCollector, Collected, hear_text
from adapters.understanding.language_model import arpabet, build, pronunciations
from adapters.understanding.sampler import Sampler
from adapters.understanding.understander import Understander
from domain.conversation import Expects
from domain.understanding import Intent, Understanding, Vocabulary

if TYPE_CHECKING:
    from pathlib import Path

VOCABULARY = Vocabulary(("Sarah Chen", "John Doe", "Siobhan Nguyen"))
UNDERSTANDER = Understander(VOCABULARY)
PAY = Understanding(Intent.PAY, {"amount": "25.00", "payee": "Sarah Chen"})
OTHER = Understanding(Intent.PAY, {"amount": "75.00", "payee": "Sarah Chen"})
PART = Understanding(Intent.PAY, {"amount": "25.00"}, complete=False)
CODE = Understanding(Intent.CODE, {"code": "482917", "digits": "6"})
BALANCE = Understanding(Intent.BALANCE)
YES = Understanding(Intent.CONFIRM)
NOTHING = Understanding(Intent.UNKNOWN, complete=False)


@pytest.mark.parametrize(
    ("first", "second", "intent", "confidence", "by"),
    [
        (PAY, PAY, Intent.PAY, 1.0, "ears"),
        (PAY, OTHER, Intent.PAY, 0.5, "moonshine"),
        (PAY, NOTHING, Intent.PAY, 0.5, "moonshine"),
        (NOTHING, PAY, Intent.PAY, 0.3, "trigram"),
        (NOTHING, YES, Intent.CONFIRM, 0.3, "trigram"),
        (NOTHING, BALANCE, Intent.BALANCE, 0.5, "trigram"),
        (NOTHING, NOTHING, Intent.UNKNOWN, 0.5, "moonshine"),
        (ASK_AGAIN, CODE, Intent.UNKNOWN, 0.5, "moonshine"),
        (PART, NOTHING, Intent.PAY, 0.5, "moonshine"),
    ],
)
def test_agreement(first: Understanding, second: Understanding, intent: Intent, confidence: float, by: str) -> None:
    found = agree(first, second)
    assert (found.intent, found.confidence, found.by) == (intent, confidence, by)


@pytest.mark.parametrize(
    ("slots", "kept"),
    [({"amount": "626628.00"}, False), ({"payee": "482917"}, False), ({"amount": "1250.00"}, True), ({}, True)],
)
def test_what_may_be_a_code_is_no_slot_once_one_is_awaited(slots: dict[str, str], kept: bool) -> None:
    heard = Understanding(Intent.PAY, slots)
    assert without_code(heard) == (heard if kept else ASK_AGAIN)


@pytest.mark.parametrize(
    ("turns", "last"),
    [
        (["482917"], Collected("482917", missing=0)),
        (["four eight two", "nine one seven"], Collected("482917", missing=0)),
        (["four eight two"], Collected(missing=3)),
        (["four eight two", "four eight two nine one seven"], Collected("482917", missing=0)),
        (["four eight two", "say that again", "nine one seven"], Collected(missing=3)),
        (["four eight two nine one seven three"], Collected(error_code="answer_malformed")),
        (["four eight two nine", "one seven three"], Collected(error_code="answer_malformed")),
        (["yes"], Collected()),
    ],
)
def test_digits_are_gathered_over_turns(turns: list[str], last: Collected) -> None:
    collector, masker = CodeCollector(), Masker()
    found = [collector.take(hear_text(text, UNDERSTANDER, masker, Expects.CODE)) for text in turns]
    assert found[-1] == last


@pytest.mark.parametrize(
    "text", ["my code is 482917", "four eight two nine one seven", "four eight two", "4 8 2 - 9 1 7"]
)
def test_nothing_that_is_heard_carries_a_code_on(text: str) -> None:
    heard = hear_text(text, UNDERSTANDER, Masker(), Expects.CODE)
    assert heard.code in {"482917", "482"}
    assert "code" not in heard.understanding.slots
    assert heard.masked.text.endswith("******")


def test_a_collector_does_not_show_its_digits() -> None:
    collector = CodeCollector()
    collector.take(hear_text("four eight two", UNDERSTANDER, Masker(), Expects.CODE))
    assert "482" not in repr(collector)


def test_a_language_model_is_built_once(tmp_path: Path) -> None:
    model = build(VOCABULARY, tmp_path)
    written = model.arpa.stat().st_mtime_ns
    assert build(VOCABULARY, tmp_path) == model
    assert model.arpa.stat().st_mtime_ns == written
    words = {line.split()[0].partition("(")[0] for line in model.dictionary.read_text().splitlines()}
    assert {"sarah", "siobhan", "nguyen", "dollars", "yes", "cancel"} <= words
    assert "\\3-grams:" in model.arpa.read_text()
    assert build(Vocabulary(("Bob Miller",)), tmp_path) != model


def test_a_name_outside_the_dictionary_is_spelled_out() -> None:
    assert pronunciations("oluwaseun") == [f"oluwaseun {arpabet('oluwaseun')}"]
    assert all(phone.isalpha() and phone.isupper() for phone in arpabet("oluwaseun").split())


def test_what_the_model_is_made_from_is_understood() -> None:
    sampler = Sampler(VOCABULARY, seed=3)
    for intent, least in (
        ("pay", 0.85),
        ("confirm", 0.8),
        ("cancel", 0.85),
        ("balance", 0.85),
        ("code", 0.75),
        ("mandate", 0.85),
    ):
        found = [UNDERSTANDER.understand(sampler.sentence(intent)).intent for _ in range(200)]
        assert sum(each == intent for each in found) / len(found) > least, intent
