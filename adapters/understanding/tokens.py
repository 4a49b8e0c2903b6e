"""Text to plain lower-case tokens: contractions undone, fillers dropped, figures kept whole."""

from __future__ import annotations

import re
from typing import Final

from domain.grammar.words import FILLERS, SAME

_TOKEN: Final = re.compile(
    r"\d{4}-\d{1,2}-\d{1,2}\b|(?<![\d/])\d{1,2}/\d{1,2}(?:/(?:\d{4}|\d{2}))?(?![\d/])|(?<![\d:$])\d{1,2}:\d{2}(?![\d:])"
    r"|\d+(?:st|nd|rd|th)\b|(?<!\w)-?[$€£]?-?(?<![\d.])\d+(?:,\d{3})*(?:\.\d+)?(?:k\b)?|[$€£]?\d+(?:\.\d+)?"
    r"|[a-z]+(?:['.][a-z]+)*"
)
_QUOTES: Final = str.maketrans({"\u2019": "'", "\u2018": "'", "\u2013": " ", "\u2014": " ", "\u2212": "-", "_": " "})
_ASSENT: Final = re.compile(r"\b(?:uh[ -]huh|mm+[ -]hm+|mhm+|um[ -]hm+)\b")
_NOT_THIS: Final = re.compile(r"\b(not [a-z0-9$. ]{2,40}),")
"""`Not fifty four, forty five`: the comma parts two numbers."""
_IDIOMS: Final = (
    (re.compile(r"\b(?:quick|easy|simple) one\b"), ""),
    (re.compile(r"\b(?:a million thanks|thanks a (?:million|bunch|ton|heap))\b"), "thanks"),
    (re.compile(r"\b(?:(?:a|one) hundred|100) ?(?:percent|per cent|%)"), "absolutely"),
)
"""Numbers that count nothing: `quick one, ten dollars` is no hundred and ten."""
_KEEP_LIKE: Final = frozenset({"would", "i", "sounds", "looks", "feel"})
_ENDINGS: Final = {"n't": " not", "'ll": " will", "'ve": " have", "'re": " are", "'d": " would"}
LONGEST_TEXT: Final = 500
"""Characters. Nobody says more in one breath; what is longer is cut, so that time stays bounded."""


def tokens_of(text: str) -> list[str]:
    """`What's my balance, please?` as `["what", "is", "my", "balance"]`."""
    plain = _ASSENT.sub("yes", text[:LONGEST_TEXT].lower().translate(_QUOTES))
    plain = _NOT_THIS.sub(r"\1 but ", plain)
    for idiom, meaning in _IDIOMS:
        plain = idiom.sub(meaning, plain)
    found: list[str] = []
    for token in _TOKEN.findall(plain):
        for word in SAME.get(token, _spelled_out(token)).split():
            if word not in FILLERS or (word == "like" and found and found[-1] in _KEEP_LIKE):
                found.append(word.removesuffix("'s") if word.endswith("'s") else word)
    return found


def _spelled_out(token: str) -> str:
    """`that'll` as `that will`."""
    for ending, full in _ENDINGS.items():
        if token.endswith(ending):
            return token.removesuffix(ending) + full
    return token
