"""Spoken and written numbers: strings of digits and whole numbers in words."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from text_to_num import text2num  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType]

UNITS: Final = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
}  # fmt: skip
ZEROS: Final = frozenset({"oh", "o", "nought", "zero", "nil"})
_TEENS: Final = frozenset(
    ["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
)
TENS: Final = frozenset(["twenty", "thirty", "forty", "fourty", "fifty", "sixty", "seventy", "eighty", "ninety"])
SCALES: Final = {
    "hundred": 100,
    "thousand": 1000,
    "grand": 1000,
    "k": 1000,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
}
CARDINALS: Final = frozenset(UNITS) | _TEENS | TENS | (frozenset(SCALES) - {"grand", "k"})
DOLLARS: Final = frozenset(["dollar", "dollars", "buck", "bucks", "usd"]) | {"$"}
CENTS: Final = frozenset({"cent", "cents"})
FOREIGN: Final = frozenset(
    [
        "euro",
        "euros",
        "eur",
        "pound",
        "pounds",
        "gbp",
        "quid",
        "sterling",
        "yen",
        "jpy",
        "peso",
        "pesos",
        "franc",
        "francs",
        "rupee",
        "rupees",
        "yuan",
        "won",
        "kroner",
        "krona",
    ]
)
NOTES: Final = {"fiver": 5, "tenner": 10}
_REPEATS: Final = {"double": 2, "triple": 3, "treble": 3}
HOMOPHONES: Final = {
    "for": "4",
    "fore": "4",
    "to": "2",
    "too": "2",
    "ate": "8",
    "won": "1",
    "tree": "3",
    "free": "3",
    "sex": "6",
    "nein": "9",
}
LONGEST_RUN: Final = 24
TWO_DIGITS: Final = range(10, 100)
NUMBER_WORDS: Final = (
    CARDINALS | ZEROS | frozenset(_REPEATS) | frozenset(NOTES) | DOLLARS | CENTS | {"grand", "point", "half"}
)


def digit_run(tokens: list[str], at: int) -> tuple[str, int, bool]:
    """Digits said from here on, where they end, and whether each was said alone (`four eight`, not `forty eight`)."""
    digits = ""
    spelled = True
    guessed = 0
    end = at
    while end < min(len(tokens), at + LONGEST_RUN):
        piece, used, alone, guess = _digits_at(tokens, end)
        if not used:
            break
        digits += piece
        spelled = spelled and alone
        guessed += guess
        end += used
    if guessed:
        return _without_guesses(tokens, at, digits, end, spelled)
    return digits, end, spelled


def _digits_at(tokens: list[str], at: int) -> tuple[str, int, bool, int]:
    word = tokens[at]
    if word in _REPEATS and at + 1 < len(tokens):
        digit = one_digit(tokens[at + 1])
        return (digit * _REPEATS[word], 2, True, 0) if digit else ("", 0, False, 0)
    digit = one_digit(word)
    if digit:
        return digit, 1, True, 0
    if word.isdigit():
        return word, 1, True, 0
    if word in HOMOPHONES:
        return HOMOPHONES[word], 1, True, 1
    value, used = cardinal_at(tokens, at)
    small = used and not any(word in SCALES for word in tokens[at : at + used])
    return (str(value), used, False, 0) if small else ("", 0, False, 0)


def one_digit(word: str) -> str:
    """A word for one digit as that digit; empty for any other."""
    if word in ZEROS:
        return "0"
    return str(UNITS[word]) if word in UNITS else ""


def figures(word: str) -> str:
    """A word that is written in figures; empty for any other."""
    return word if word.isdigit() else ""


def _without_guesses(tokens: list[str], at: int, digits: str, end: int, spelled: bool) -> tuple[str, int, bool]:
    """`for eight two nine one seven` is a code only because six digits come of it; otherwise `for` is a word."""
    if len(digits) == 6 and sum(word not in HOMOPHONES for word in tokens[at:end]) >= 4:
        return digits, end, spelled
    stop = next(i for i in range(at, end) if tokens[i] in HOMOPHONES)
    return digit_run(tokens[:stop], at)


@lru_cache(maxsize=4096)
def _cardinal(words: str) -> int | None:
    try:
        return int(text2num(words, "en"))  # pyright: ignore[reportUnknownArgumentType]
    except ValueError:
        return None


def cardinal_at(tokens: list[str], at: int) -> tuple[int, int]:
    """The longest number in words that starts here, and how many tokens it takes (0: none)."""
    end = at
    while end < min(len(tokens), at + LONGEST_RUN) and (
        tokens[end] in CARDINALS or (tokens[end] == "and" and end > at)
    ):
        end += 1
    words = [("forty" if word == "fourty" else word) for word in tokens[at:end]]
    if words and words[0] in SCALES:
        words[0] = f"one {words[0]}"
    for stop in range(len(words), 0, -1):
        if words[stop - 1] != "and":
            value = _cardinal(" ".join(words[:stop]))
            if value is not None:
                return value, stop
    return 0, 0
