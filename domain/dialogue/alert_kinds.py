"""Which kind of alert is meant by the answer to what it should be about."""

from __future__ import annotations

import re
from typing import Final

from domain.grammar.alerts import KINDS, REMIND, SORTS

_IN_ORDER: Final = ("low_balance", "large_transaction", "payment_due", "deposit_received", "reminder")
"""As the question names them."""
_PLACES: Final = {"first": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4, "last": 4}
_PLACE: Final = re.compile(rf"\b(?:the )?({'|'.join(_PLACES)})(?: one)?\W*$")
_ASKS: Final = re.compile(r"^(?:and |so |but )*(?:what|how|which|where|who|show|list|is|are|do|did|can|could)\b")
_TELLING: Final = 2


def kind_meant(text: str) -> str:
    """`When money comes in`, `the first one`: the kind; empty where none or several fit as well."""
    words = frozenset(re.findall(r"[a-z]+", text.lower()))
    if words & frozenset(REMIND):
        return "reminder"
    if place := _PLACE.search(text.lower()):
        return _IN_ORDER[_PLACES[place[1]]]
    scores = {kind: _score(kind, words) for kind in SORTS}
    best = max(scores.values())
    fitting = [kind for kind, score in scores.items() if score == best]
    return fitting[0] if best and len(fitting) == 1 else ""


def asks_now(text: str) -> bool:
    """Whether it is a question of its own."""
    return bool(_ASKS.match(text.lower().strip()))


def _score(kind: str, words: frozenset[str]) -> int:
    of, happens = next((of, happens) for each, of, happens in KINDS if each == kind)
    return len(words & of) + _TELLING * len(words & happens) + _TELLING * len(words & frozenset(SORTS[kind].split()))
