"""Understands by cues what no rule fits as a whole: words around them are tolerated up to a limit."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from adapters.understanding.money import Number
from adapters.understanding.tagging import CODE_LENGTH, LEXICON
from domain.grammar import RULES
from domain.grammar.cues import GLUE, MOST_OUTSIDE, MOST_STRANGE
from domain.grammar.matcher import Compiler
from domain.understanding import Intent

if TYPE_CHECKING:
    from adapters.understanding.tagging import Tagged

_PREFIX: Final = "cue."


@lru_cache(maxsize=1)
def cues() -> tuple[tuple[Intent, str, re.Pattern[str]], ...]:
    """Compiled cues in the order in which they are tried: stopping before moving money."""
    compiler = Compiler(RULES)
    found: list[tuple[Intent, str, re.Pattern[str]]] = []
    for rule in RULES:
        if rule.startswith(_PREFIX):
            intent, _, topic = rule.removeprefix(_PREFIX).partition(".")
            found.append((Intent(intent), topic, compiler.island(rule)))
    return tuple(found)


def by_cue(tagged: Tagged) -> tuple[Intent, str] | None:
    """The intent and topic that a cue gives away; None where there is none, or too much else was said."""
    for intent, topic, pattern in cues():
        for variant in dict.fromkeys((tagged.tagged, tagged.plain)):
            match = pattern.search(variant)
            if match and _fits(intent, variant, match, tagged):
                return intent, topic
    return None


def _fits(intent: Intent, text: str, match: re.Match[str], tagged: Tagged) -> bool:
    words = [word for word in text.split() if not word.startswith("§")]
    if sum(word not in LEXICON for word in words) > MOST_STRANGE:
        return False
    if intent is Intent.BALANCE and "if" in words:
        return False
    if intent is Intent.NOT_OFFERED and text.startswith("how much ") and "spend" not in text and "spent" not in text:
        return False
    outside = (text[: match.start()] + text[match.end() :]).split()
    if sum(word not in GLUE and not word.startswith("§") for word in outside) > MOST_OUTSIDE:
        return False
    if intent is Intent.CODE:
        return sum(len(value.digits) for value in tagged.values if isinstance(value, Number)) == CODE_LENGTH
    return True
