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
    if written := _ORDINAL.fullmatch(word):
        return f"o{int(written[1])}", 1
    if word in _TENS and _ORDINALS.get(after, 10) < 10:  # noqa: PLR2004 - twenty first to twenty ninth
        return f"o{_TENS[word] + _ORDINALS[after]}", 2
    if word in _ORDINALS:
        return f"o{_ORDINALS[word]}", 1
    if word.isdigit():
        return f"n{int(word)}", 1
    if word == "q" and after.isdigit():
        return f"q{after}", 2
    if word in ZEROS - {"zero"}:
        return word, 1
    value, used = cardinal_at(tokens, at)
    if used:
        return f"n{value}", used
    return _SAME.get(word, _PLURALS.get(word, word)), 1
