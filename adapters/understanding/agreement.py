"""Two ears heard the same utterance: agreement acts, disagreement is doubted."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from domain.understanding import Intent, Understanding

CONSEQUENTIAL: Final = frozenset(
    {Intent.PAY, Intent.TRANSFER, Intent.MANDATE, Intent.ORDER, Intent.ORDER_CHANGE, Intent.CONFIRM, Intent.AMEND}
)
_AGREED: Final = 1.0
_ONE_EAR: Final = 0.5
_DOUBTED: Final = 0.3


def same(first: Understanding, second: Understanding) -> bool:
    """Whether two readings mean the same."""
    return first.intent is second.intent and first.slots == second.slots


def agree(first: Understanding, second: Understanding) -> Understanding:
    """One reading of two: `first` is the open-vocabulary ear (moonshine), `second` the grammar's own (trigram).

    1.0 by "ears" where both are complete and equal; else the first if complete, else the second if complete, both
    0.5; what moves money or says yes is 0.3 on the trigram alone, since that ear hears a command in anything, and a
    code on the trigram alone is none.
    """
    if first.complete and second.complete and same(first, second):
        # one ear's slip leaves a sentence loose that the other heard whole
        open_ended = first.open_ended and second.open_ended
        return replace(first, confidence=_AGREED, by="ears", open_ended=open_ended)
    if first.complete or not second.complete or second.intent is Intent.CODE:
        return replace(first, confidence=_ONE_EAR, by="moonshine")
    doubted = second.intent in CONSEQUENTIAL
    return replace(second, confidence=_DOUBTED if doubted else _ONE_EAR, by="trigram")
