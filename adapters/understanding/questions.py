"""Open questions: clearly put as one, about banking, and about nothing that a tool could look up."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from domain.grammar.questions import ABOUT, CERTAIN, LIKELY, OWN
from domain.understanding import Intent, Understanding

if TYPE_CHECKING:
    from adapters.understanding.tagging import Tagged

_SOMEBODY: Final = re.compile(r"§[a-z]*[pf]")
_OWN_WORDS: Final = re.compile(r"\b(?:my|mine|i|me|we|our) ")
_ADVICE: Final = re.compile(r"\bshould (?:i|we) (?!have |owe )")
_QUESTION: Final = Understanding(Intent.QUESTION, open_ended=True)


def by_question(tagged: Tagged, *, certain: bool) -> Understanding | None:
    """The question; None where it is none, or where a payee or a sum is spoken of.

    `certain`: only what is put as a question about things as such, whatever else the words might mean.
    """
    text = tagged.plain
    beginning = CERTAIN if certain else LIKELY
    if (
        _SOMEBODY.search(text)
        or (OWN.search(text) and not _ADVICE.search(text))
        or not beginning.match(text)
        or text.startswith("you ")
    ):
        return None
    if not certain and _OWN_WORDS.search(text):
        return None
    return _QUESTION if ABOUT.search(text) else None
