"""Tokens to the pieces that date patterns are written in: `n9` a number, `o22` an ordinal, anything else as it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from adapters.understanding.digits import ZEROS, cardinal_at

_ORDINALS: Final = {
    word: at + 1
    for at, word in enumerate(
        (
            *("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"),
            *("eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth"),
            *("eighteenth", "nineteenth", "twentieth"),
        )
    )
} | {"thirtieth": 30}
_TENS: Final = {"twenty": 20, "thirty": 30}
_ORDINAL: Final = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th)")
_SAME: Final = {
    "fortnight": "n2 week", "fortnights": "n2 week", "couple": "n2", "p.m": "pm", "a.m": "am", "noontime": "noon",
    "midday": "noon", "hrs": "hours", "hr": "hour", "mins": "minutes", "min": "minute", "tues": "tuesday",
    "weds": "wednesday", "thur": "thursday", "thurs": "thursday", "fri": "friday", "tue": "tuesday", "wed": "wednesday",
    "thu": "thursday", "jan": "january", "feb": "february", "apr": "april", "jun": "june", "jul": "july",
    "aug": "august", "sep": "september", "sept": "september", "oct": "october", "nov": "november", "dec": "december",
    "tmrw": "tomorrow", "tomorow": "tomorrow", "yest": "yesterday", "xmas": "christmas", "bi-weekly": "biweekly",
}  # fmt: skip
_PLURALS: Final = {
    f"{unit}s": unit for unit in ("day", "week", "month", "quarter", "year", "hour", "minute", "weekend")
}  # fmt: skip


_TEN: Final = 10


@dataclass(frozen=True, slots=True)
class Pieces:
    """`text`: each piece followed by a space; `starts` and `ends`: offset in `text` to token."""

    text: str
    starts: dict[int, int]
    ends: dict[int, int]


def pieces_of(tokens: list[str]) -> Pieces:
    """`["the", "twenty", "second", "of", "may"]` as `the o22 of may`."""
    text = ""
    starts: dict[int, int] = {}
    ends: dict[int, int] = {}
    at = 0
    while at < len(tokens):
        piece, used = _piece(tokens, at)
        starts[len(text)] = at
        text += f"{piece} "
        at += used
        ends[len(text)] = at
    return Pieces(text, starts, ends)


def _piece(tokens: list[str], at: int) -> tuple[str, int]:
    word = tokens[at]
    after = tokens[at + 1] if at + 1 < len(tokens) else ""
    ordinal, used = _ordinal(word, after)
    if used:
        return f"o{ordinal}", used
    if word.isdigit():
        return f"n{int(word)}", 1
    if word == "q" and after.isdigit():
        return f"q{after}", 2
    value, used = (0, 0) if word in ZEROS - {"zero"} else cardinal_at(tokens, at)
    return (f"n{value}", used) if used else (_SAME.get(word, _PLURALS.get(word, word)), 1)


def _ordinal(word: str, after: str) -> tuple[int, int]:
    if written := _ORDINAL.fullmatch(word):
        return int(written[1]), 1
    if word in _TENS and _ORDINALS.get(after, _TEN) < _TEN:
        return _TENS[word] + _ORDINALS[after], 2
    return _ORDINALS.get(word, 0), int(word in _ORDINALS)
