"""When a turn is over, as a table: what each ear heard, and the silence that is then enough."""

from __future__ import annotations

import pytest

from adapters.speech.endpoint import NOTHING, EndpointSettings, Reading, decide
from domain.understanding import Intent, Understanding

S = EndpointSettings()


def reading(text: str, intent: Intent, *, complete: bool = True, open_ended: bool = False, **slots: str) -> Reading:
    return Reading(text, Understanding(intent, slots, complete=complete, open_ended=open_ended))


PAY = reading("pay sarah chen twenty five dollars", Intent.PAY, amount="25.00", payee="Sarah Chen")
OTHER_PAY = reading("pay john doe twenty five dollars", Intent.PAY, amount="25.00", payee="John Doe")
HALF_PAY = reading("pay sarah chen", Intent.PAY, complete=False, payee="Sarah Chen")
OPEN_PAY = reading("pay sarah chen two hundred", Intent.PAY, open_ended=True, amount="200.00", payee="Sarah Chen")
YES = reading("yes please", Intent.CONFIRM)
NO = reading("No.", Intent.DENY)
UNKNOWN = reading("the weather in boston", Intent.UNKNOWN, complete=False)
HELP = reading("help", Intent.HELP)
STRANGE = reading("What is the weather like?", Intent.UNKNOWN, complete=False)
LOOSE = reading("what's the balance on there", Intent.BALANCE, open_ended=True)
"""Words that fit no rule, only what they have to do with."""
UNLIKE = reading("take those affections", Intent.UNKNOWN, complete=False)
ALIKE = reading("What's the ballad on there", Intent.UNKNOWN, complete=False)
DIGITS = reading("four eight two", Intent.CODE, complete=False, code="482")
CODE = reading("four eight two nine one seven", Intent.CODE, code="482917")

TABLE = [
    # first, second, silence, intent, by
    (PAY, PAY, S.agreed, Intent.PAY, "ears"),
    (YES, YES, S.agreed, Intent.CONFIRM, "ears"),
    (CODE, CODE, S.agreed, Intent.CODE, "ears"),
    (NO, NO, S.open_ended, Intent.DENY, "ears"),
    (OPEN_PAY, OPEN_PAY, S.open_ended, Intent.PAY, "ears"),
    (PAY, OTHER_PAY, S.one_complete, Intent.PAY, "moonshine"),
    (PAY, HALF_PAY, S.one_complete, Intent.PAY, "moonshine"),
    (PAY, NOTHING, S.one_complete, Intent.PAY, "moonshine"),
    (HALF_PAY, PAY, S.incomplete, Intent.PAY, "trigram"),
    (UNKNOWN, YES, S.incomplete, Intent.CONFIRM, "trigram"),
    (UNKNOWN, HELP, S.one_unsure, Intent.HELP, "trigram"),
    (UNLIKE, LOOSE, S.incomplete, Intent.UNKNOWN, "moonshine"),
    (ALIKE, LOOSE, S.open_ended, Intent.BALANCE, "trigram"),
    (STRANGE, NOTHING, S.sentence, Intent.UNKNOWN, "moonshine"),
    (HALF_PAY, HALF_PAY, S.incomplete, Intent.PAY, "moonshine"),
    (UNKNOWN, NOTHING, S.incomplete, Intent.UNKNOWN, "moonshine"),
    (DIGITS, DIGITS, S.digits, Intent.CODE, "moonshine"),
    (NOTHING, YES, S.incomplete, Intent.UNKNOWN, "moonshine"),
    (NOTHING, NOTHING, S.incomplete, Intent.UNKNOWN, "moonshine"),
]


@pytest.mark.parametrize(("first", "second", "silence_ms", "intent", "by"), TABLE)
def test_what_was_understood_sets_the_silence(
    first: Reading, second: Reading, silence_ms: int, intent: Intent, by: str
) -> None:
    decision = decide(first, second, S)
    assert (decision.silence_ms, decision.meaning.intent, decision.meaning.by) == (silence_ms, intent, by)


@pytest.mark.parametrize(("first", "second", "silence_ms", "intent", "by"), TABLE)
def test_only_agreement_is_sure(first: Reading, second: Reading, silence_ms: int, intent: Intent, by: str) -> None:
    del silence_ms, intent
    decision = decide(first, second, S)
    assert decision.agreed == (by == "ears")
    assert (decision.meaning.confidence == 1.0) == decision.agreed


def test_the_grammars_own_ear_never_acts_alone() -> None:
    assert decide(NOTHING, PAY, S).meaning.intent is Intent.UNKNOWN


@pytest.mark.parametrize(
    ("text", "waits"),
    [
        ("What is the weather like?", S.sentence),
        ("The train was late again today.", S.sentence),
        ("What is the weather like", S.incomplete),
        ("There is something wrong with my.", S.incomplete),
        ("Show me.", S.incomplete),
    ],
)
def test_a_strange_but_whole_sentence_is_waited_for_less(text: str, waits: int) -> None:
    strange = Reading(text, Understanding(Intent.UNKNOWN, confidence=0.0, complete=False))
    assert decide(strange, NOTHING, S).silence_ms == waits
