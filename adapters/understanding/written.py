"""Figures as they were typed: whether a sentence holds any that could be read as two different sums."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from adapters.understanding.digits import CARDINALS

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

_SUM: Final = re.compile(
    r"[-+]?(?:us)?\$?-?(?:[0-9]+|[1-9][0-9]{0,2}(?:,[0-9]{3})+)(?:\.(?![0-9]{2}0(?![0-9]))[0-9]+)?"
    r"(?:k|\$|usd|-?(?:dollars?|bucks?|cents?))?"
)
_FOREIGN_SUM: Final = re.compile(r"-?[€£]-?[0-9][0-9.,]*|[0-9][0-9.,]*[€£]")
_ORDINAL: Final = re.compile(r"[0-9]+(?:st|nd|rd|th)")
_CHANGES: Final = frozenset(
    {"k", "m", "mil", "mill", "mln", "mio", "bn", "b", "c", "ct", "cad", "aud", "nzd", "chf", "x"}
)
_OPENS: Final = "\"'"
_CLOSES: Final = "\"'.,;:!?"
_DASHES: Final = str.maketrans({"\u2212": "-", "\u2013": " ", "\u2014": " ", "\u2019": "'", "\u2018": "'"})


def unclear(text: str, names: AbstractSet[str]) -> bool:
    """`1.000,50`, `1.250`, `five k`, `$ 5 . 5 0`, `5-10`, `٣٠`, `25 ¥`.

    `names`: words that may hold figures of their own.
    """
    if any(_strange(character) for character in text):
        return True
    words = text.lower().translate(_DASHES).split()
    before = False
    for at, word in enumerate(words):
        bare = word.lstrip(_OPENS).rstrip(_CLOSES)
        if not any(character.isalnum() for character in word):
            alone = word.strip(_OPENS + _CLOSES)
            if alone not in {"", "$"} and (before or _figures(words, at + 1)):
                return True
            continue
        figures = any(character.isdigit() for character in bare) and bare.removesuffix("'s") not in names
        if figures and (before or not _readable(bare)):
            return True
        if (before and bare in _CHANGES) or (bare == "k" and at and words[at - 1].rpartition("-")[2] in CARDINALS):
            return True
        before = figures
    return False


def _strange(character: str) -> bool:
    """Figures of other scripts, fractions, signs of currencies that no rule reads."""
    if character.isascii():
        return False
    return character.isnumeric() or (unicodedata.category(character) == "Sc" and character not in "€£")


def _readable(word: str) -> bool:
    return any(form.fullmatch(word) for form in (_SUM, _ORDINAL, _FOREIGN_SUM))


def _figures(words: list[str], at: int) -> bool:
    return at < len(words) and any(character.isdigit() for character in words[at])
