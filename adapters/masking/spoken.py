"""Where digits stand in a text, however they are said, and where in the text they came from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_ONES: Final = {
    "zero": "0", "oh": "0", "o": "0", "nought": "0", "nil": "0", "one": "1", "two": "2", "three": "3", "four": "4",
    "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9", "niner": "9",
}  # fmt: skip
_TEENS: Final = {
    word: str(10 + i)
    for i, word in enumerate(
        ["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
    )
}
_TENS: Final = {
    word: str(2 + i)
    for i, word in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"])
}
_TENS_ALL: Final = {**_TENS, "fourty": "4"}
_REPEATS: Final = {"double": 2, "triple": 3, "treble": 3}
_HOMOPHONES: Final = {"for": "4", "to": "2", "too": "2", "ate": "8", "won": "1", "tree": "3", "fore": "4"}
_PIECE: Final = re.compile(r"[A-Za-z']+|\d+")
_GLUE: Final = re.compile(
    r"[\s,.\-\u2010-\u2015()/+#:;*_']*(?:(?:uh|um|er|and|dash|hyphen|space)\b[\s,.\-]*)?", re.IGNORECASE
)
_HUNDRED: Final = frozenset({"hundred", "thousand"})
_NUMBER: Final = "|".join([*_ONES, *_TEENS, *_TENS_ALL, "hundred", "thousand", "million"])
_LARGE: Final = re.compile(
    rf"\b(?:(?:a|{_NUMBER})[\s,-]+(?:and\s+)?)+thousand\b(?:[\s,-]+(?:and\s+)?(?:{_NUMBER})\b)*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Run:
    """Digits said one after another: what they spell and text[start:end] that says them. `figures`: written as such."""

    digits: str
    start: int
    end: int
    figures: bool
    pieces: int
    alone: bool


_DOTTED: Final = re.compile(r"(?<![$€£\d.,])\d{1,3}\.\d(?!\d|\.\d)")


@dataclass(slots=True)
class _Piece:
    digits: str
    start: int
    end: int
    figures: bool
    alone: bool
    guess: bool = False


def large_numbers(text: str) -> list[tuple[int, int]]:
    """Where numbers of thousands are said in words, `one thousand` and its like apart: a code may be said so."""
    return [found.span() for found in _LARGE.finditer(text) if len(found[0].split()) > 2 or "-" in found[0]]


def dotted(text: str) -> list[tuple[int, int]]:
    """Where two or three digits are written as no sum is, `8.0`: an ear writes a slowly said part of a code so."""
    return [found.span() for found in _DOTTED.finditer(text)]


def find_runs(text: str) -> list[Run]:
    """All runs of digits, longest possible; words of money or count are the masker's to judge."""
    runs: list[Run] = []
    open_run: list[_Piece] = []
    for piece in _pieces(text):
        if open_run and not _glued(text[open_run[-1].end : piece.start]):
            runs += _closed(open_run)
            open_run = []
        open_run.append(piece)
    return runs + _closed(open_run)


def _glued(between: str) -> bool:
    return len(between) <= 12 and _GLUE.fullmatch(between) is not None


def _closed(pieces: list[_Piece]) -> list[Run]:
    while pieces and pieces[-1].guess:
        pieces.pop()
    sure = sum(len(piece.digits) for piece in pieces if not piece.guess)
    if sure < 4:
        while pieces and pieces[0].guess:
            pieces.pop(0)
    if not pieces:
        return []
    if sure < 4 and any(piece.guess for piece in pieces):
        split = next(i for i, piece in enumerate(pieces) if piece.guess)
        return _closed(pieces[:split]) + _closed(pieces[split + 1 :])
    digits = "".join(piece.digits for piece in pieces)
    return [
        Run(
            digits,
            pieces[0].start,
            pieces[-1].end,
            all(piece.figures for piece in pieces),
            len(pieces),
            all(piece.alone for piece in pieces),
        )
    ]


def _pieces(text: str) -> list[_Piece]:
    found = list(_PIECE.finditer(text))
    pieces: list[_Piece] = []
    at = 0
    while at < len(found):
        piece, used = _piece(found, at)
        if piece is not None:
            pieces.append(piece)
        at += used
    return pieces


def _piece(found: list[re.Match[str]], at: int) -> tuple[_Piece | None, int]:  # noqa: PLR0911 - a case a word class
    word = found[at][0].lower()
    start, end = found[at].span()
    if word.isdigit():
        return _Piece(word, start, end, figures=True, alone=True), 1
    following = found[at + 1][0].lower() if at + 1 < len(found) else ""
    if word in _REPEATS:
        digit = _ONES.get(following) or (following if len(following) == 1 and following.isdigit() else "")
        if digit:
            return _Piece(digit * _REPEATS[word], start, found[at + 1].end(), figures=False, alone=True), 2
        return None, 1
    if word in _ONES:
        if following == "hundred":
            return None, 2
        return _Piece(_ONES[word], start, end, figures=False, alone=True), 1
    if word in _TENS_ALL:
        ones = _ONES.get(following, "")
        if ones and ones != "0":
            return _Piece(_TENS_ALL[word] + ones, start, found[at + 1].end(), figures=False, alone=False), 2
        return _Piece(_TENS_ALL[word] + "0", start, end, figures=False, alone=False), 1
    if word in _TEENS:
        return _Piece(_TEENS[word], start, end, figures=False, alone=False), 1
    if word in _HOMOPHONES:
        return _Piece(_HOMOPHONES[word], start, end, figures=False, alone=True, guess=True), 1
    return None, 1
