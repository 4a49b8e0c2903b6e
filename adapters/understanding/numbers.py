"""Spoken and written numbers: amounts of money (exact decimals), counts, and strings of digits."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final

from text_to_num import text2num  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType]

UNITS: Final = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
}  # fmt: skip
_ZEROS: Final = frozenset({"oh", "o", "nought", "zero", "nil"})
_TEENS: Final = frozenset(
    ["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
)
_TENS: Final = frozenset(["twenty", "thirty", "forty", "fourty", "fifty", "sixty", "seventy", "eighty", "ninety"])
SCALES: Final = {
    "hundred": 100,
    "thousand": 1000,
    "grand": 1000,
    "k": 1000,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
}
CARDINALS: Final = frozenset(UNITS) | _TEENS | _TENS | (frozenset(SCALES) - {"grand", "k"})
_DOLLARS: Final = frozenset(["dollar", "dollars", "buck", "bucks", "usd"]) | {"$"}
_CENTS: Final = frozenset({"cent", "cents"})
_FOREIGN: Final = frozenset(
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
_NOTES: Final = {"fiver": 5, "tenner": 10}
_REPEATS: Final = {"double": 2, "triple": 3, "treble": 3}
_HOMOPHONES: Final = {
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
_LONGEST_RUN: Final = 24
_TWO_DIGITS: Final = range(10, 100)
NUMBER_WORDS: Final = (
    CARDINALS | _ZEROS | frozenset(_REPEATS) | frozenset(_NOTES) | _DOLLARS | _CENTS | {"grand", "point", "half"}
)


@dataclass(frozen=True, slots=True)
class Number:
    """A number at tokens[start:end]. `amounts`: its readings as money (two where it is ambiguous); `digits`: its
    reading as a code; `count`: as a plain whole number; `unit`: a word of money was said; `spelled`: digit by digit.
    """

    start: int
    end: int
    amounts: tuple[Decimal, ...] = ()
    digits: str = ""
    count: int = -1
    unit: bool = False
    foreign: bool = False
    spelled: bool = False


def decimal_text(amount: Decimal) -> str:
    """`25.00`; more decimals stay as said, so that whoever takes the money can refuse them."""
    exponent = amount.normalize().as_tuple().exponent
    places = max(2, -exponent if isinstance(exponent, int) else 2)
    return f"{amount:.{places}f}"


def find_numbers(tokens: list[str]) -> list[Number]:
    """All numbers in order; none overlaps another."""
    found: list[Number] = []
    at = 0
    while at < len(tokens):
        number = _number(tokens, at)
        if number is None:
            at += 1
        else:
            found.append(number)
            at = number.end
    return found


def _number(tokens: list[str], at: int) -> Number | None:
    money = _Money(tokens, at).read()
    digits, end, spelled = digit_run(tokens, at)
    if money is None or (end > money.end and not money.unit and digits):
        known = len(digits) > 1 or (len(digits) == 1 and tokens[at] not in _ZEROS | frozenset(_HOMOPHONES))
        return Number(at, end, _spelled_amount(digits, spelled), digits, spelled=spelled) if known else None
    if end == money.end and not money.unit:
        return Number(at, end, money.amounts, digits, money.count, spelled=spelled)
    return money


def _spelled_amount(digits: str, spelled: bool) -> tuple[Decimal, ...]:
    fits = spelled and not digits.startswith("0") and len(digits) <= 6
    return (Decimal(digits),) if fits else ()


def digit_run(tokens: list[str], at: int) -> tuple[str, int, bool]:
    """Digits said from here on, where they end, and whether each was said alone (`four eight`, not `forty eight`)."""
    digits = ""
    spelled = True
    guessed = 0
    end = at
    while end < min(len(tokens), at + _LONGEST_RUN):
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
    token = tokens[at]
    if token in _REPEATS and at + 1 < len(tokens):
        digit = _one_digit(tokens[at + 1])
        return (digit * _REPEATS[token], 2, True, 0) if digit else ("", 0, False, 0)
    digit = _one_digit(token)
    if digit:
        return digit, 1, True, 0
    if token.isdigit():
        return token, 1, True, 0
    if token in _HOMOPHONES:
        return _HOMOPHONES[token], 1, True, 1
    value, used = cardinal_at(tokens, at)
    small = used and not any(word in SCALES for word in tokens[at : at + used])
    return (str(value), used, False, 0) if small else ("", 0, False, 0)


def _one_digit(token: str) -> str:
    if token in _ZEROS:
        return "0"
    return str(UNITS[token]) if token in UNITS else ""


def _figures(token: str) -> str:
    return token if token.isdigit() else ""


def _without_guesses(tokens: list[str], at: int, digits: str, end: int, spelled: bool) -> tuple[str, int, bool]:
    """`for eight two nine one seven` is a code only because six digits come of it; otherwise `for` is a word."""
    if len(digits) == 6 and sum(token not in _HOMOPHONES for token in tokens[at:end]) >= 4:
        return digits, end, spelled
    stop = next(i for i in range(at, end) if tokens[i] in _HOMOPHONES)
    return digit_run(tokens[:stop], at)


@lru_cache(maxsize=4096)
def _cardinal(words: str) -> int | None:
    try:
        return int(text2num(words, "en"))
    except ValueError:
        return None


def cardinal_at(tokens: list[str], at: int) -> tuple[int, int]:
    """The longest number in words that starts here, and how many tokens it takes (0: none)."""
    end = at
    while end < min(len(tokens), at + _LONGEST_RUN) and (
        tokens[end] in CARDINALS or (tokens[end] == "and" and end > at)
    ):
        end += 1
    words = [("forty" if token == "fourty" else token) for token in tokens[at:end]]
    if words and words[0] in SCALES:
        words[0] = f"one {words[0]}"
    for stop in range(len(words), 0, -1):
        if words[stop - 1] != "and":
            value = _cardinal(" ".join(words[:stop]))
            if value is not None:
                return value, stop
    return 0, 0


class _Money:
    """Reads one amount, left to right. A reader of its own because every step moves the same position."""

    def __init__(self, tokens: list[str], at: int) -> None:
        self.tokens = tokens
        self.start = at
        self.at = at
        self.unit = False
        self.foreign = False
        self.plain = True

    def read(self) -> Number | None:
        negative = self._take("minus", "negative")
        values = self._short() or self._long()
        if not values:
            return None
        values = self._fraction(values)
        if self._word() in _CENTS:
            self.at += 1
            self.plain = False
            return Number(self.start, self.at, tuple((-v if negative else v) / 100 for v in values), unit=True)
        self._currency()
        cents = self._cents(values) if self.unit else None
        if cents is not None:
            values = tuple(value + cents for value in values)
        if negative or "-" in self.tokens[self.start][:2]:
            values = tuple(-abs(value) for value in values)
        whole = len(values) == 1 and self.plain and not self.unit and values[0] == values[0].to_integral_value()
        count = int(values[0]) if whole and not negative else -1
        return Number(self.start, self.at, values, count=count, unit=self.unit, foreign=self.foreign)

    def _word(self, ahead: int = 0) -> str:
        at = self.at + ahead
        return self.tokens[at] if at < len(self.tokens) else ""

    def _take(self, *words: str) -> bool:
        if self._word() in words:
            self.at += 1
            return True
        return False

    def _short(self) -> tuple[Decimal, ...]:
        """`half a grand`, `a couple of hundred`, `a fiver`, `a hundred`, `fifty cents`."""
        if self._word() == "half" and (self._word(1) in SCALES or self._word(2) in SCALES or self._word(2) in _DOLLARS):
            self.at += 2 if self._word(1) in SCALES else 1 + (self._word(1) == "a")
            scale = self.tokens[self.at - 1] if self.tokens[self.at - 1] in SCALES else self._word()
            self.at += scale == self._word() and scale in SCALES
            return (Decimal(SCALES.get(scale, 1)) / 2,)
        if self._word() in ("a", "an", "one") and self._word(1) == "couple":
            skip = 3 if self._word(2) == "of" else 2
            if self._word(skip) in SCALES or self._word(skip) in _DOLLARS:
                self.at += skip
                return (Decimal(2 * self._scale()),)
        if self._word() in _NOTES or (self._word() in ("a", "one") and self._word(1) in _NOTES):
            self.at += 1 if self._word() in _NOTES else 2
            self.unit = True
            return (Decimal(_NOTES[self.tokens[self.at - 1]]),)
        if self._word() == "a" and (self._word(1) in _DOLLARS or self._word(1) == "grand"):
            self.at += 1
            return (Decimal(self._scale()),)
        return ()

    def _scale(self) -> int:
        scale = 1
        while self._word() in SCALES:
            scale *= SCALES[self._word()]
            self.unit = self.unit or self._word() in ("grand", "k")
            self.plain = False
            self.at += 1
        return scale

    def _long(self) -> tuple[Decimal, ...]:
        if self._word() == "a" and (self._word(1) in SCALES or self._word(1) in _TENS or self._word(1) == "ten"):
            self.at += 1
        parts: list[Decimal] = []
        literal = False
        while len(parts) < _LONGEST_RUN:
            value = self._literal()
            if value is not None:
                literal = True
            elif self._word() in _ZEROS and (parts or self._word() == "zero"):
                value = Decimal(0)
                self.at += 1
            else:
                words, used = cardinal_at(self.tokens, self.at)
                if not used:
                    break
                value = Decimal(words)
                self.at += used
            if self._word() in SCALES:
                value *= self._scale()
            parts.append(value)
            if self._word() == "point":
                break
        if not parts:
            return ()
        self.plain = self.plain and (literal or len(parts) == 1)
        return tuple(parts) if self._word() == "point" and len(parts) == 1 else self._joined(parts)

    def _literal(self) -> Decimal | None:
        token = self._word()
        figures = token.lstrip("-$€£").rstrip("k").replace(",", "")
        if not figures or not figures[0].isdigit() or not figures.replace(".", "", 1).isdigit():
            return None
        if len(figures) > 1 and figures[0] == "0" and figures[1] != ".":
            return None
        self.at += 1
        self.unit = self.unit or token.lstrip("-")[0] in "$€£"
        self.foreign = self.foreign or token.lstrip("-")[0] in "€£"
        self.plain = self.plain and "." not in figures
        return Decimal(figures) * (1000 if token.endswith("k") else 1)

    def _joined(self, parts: list[Decimal]) -> tuple[Decimal, ...]:
        """`two fifty` is 2.50 or 250; `forty two fifty` is 42.50; `two five zero` is 250."""
        if len(parts) == 1:
            return tuple(parts)
        money = self.unit or self._word() in _DOLLARS
        if all(0 <= part <= 9 and part == int(part) for part in parts):
            if len(parts) == 3 and parts[1] == 0 and not money and parts[2]:
                return parts[0] + parts[2] / 100, parts[0] * 100 + parts[2]
            return (Decimal("".join(str(int(part)) for part in parts)),) if parts[0] and len(parts) <= 6 else ()
        if len(parts) == 3 and parts[1] == 0 and 0 < parts[2] <= 9:
            return (parts[0] + parts[2] / 100,)
        if len(parts) != 2 or parts[1] != int(parts[1]) or int(parts[1]) not in _TWO_DIGITS:
            return ()
        return self._pair(parts[0], parts[1], money)

    def _pair(self, first: Decimal, second: Decimal, money: bool) -> tuple[Decimal, ...]:
        cents, run = first + second / 100, first * 100 + second
        if first != int(first) or first == 0:
            return ()
        if first < 10:
            return (run,) if money else (cents, run)
        if first < 100:
            return (cents, run) if money else (cents,)
        return (cents,)

    def _fraction(self, values: tuple[Decimal, ...]) -> tuple[Decimal, ...]:
        if self._word() == "point" and len(values) == 1:
            digits, after = "", self.at + 1
            while after < len(self.tokens) and (
                digit := _one_digit(self.tokens[after]) or _figures(self.tokens[after])
            ):
                digits, after = digits + digit, after + 1
            if not digits and (tail := cardinal_at(self.tokens, after))[1]:
                digits, after = str(tail[0]), after + tail[1]
            if digits:
                self.at = after
                self.plain = False
                values = (values[0] + Decimal(f"0.{digits}"),)
        if self._word() == "and" and self._word(1) == "a" and self._word(2) == "half":
            self.at += 3
            self.plain = False
            step = max((s for s in (10**6, 1000) if values[0] % s == 0 and values[0]), default=1)
            values = (values[0] + Decimal(step) / 2,)
        if self._word() in SCALES:
            scale = self._scale()
            values = tuple(value * scale for value in values)
        return values

    def _currency(self) -> None:
        if self._word() in ("us", "american") and self._word(1) in _DOLLARS:
            self.at += 1
        if self._word() in _FOREIGN:
            self.foreign = self.unit = True
            self.at += 1
        elif self._word() in _DOLLARS:
            self.unit = True
            self.at += 1

    def _cents(self, values: tuple[Decimal, ...]) -> Decimal | None:
        if len(values) != 1 or values[0] != values[0].to_integral_value():
            return None
        skip = 1 if self._word() == "and" else 0
        value, used = self._small(self.at + skip)
        after = self.at + skip + used
        word = self.tokens[after] if after < len(self.tokens) else ""
        if not used or not 0 <= value < 100:
            return None
        if word in _CENTS:
            self.at = after + 1
        elif skip or value not in _TWO_DIGITS or word in _DOLLARS or word in SCALES:
            return None
        else:
            self.at = after
        return Decimal(value) / 100

    def _small(self, at: int) -> tuple[int, int]:
        if at < len(self.tokens) and self.tokens[at].isdigit():
            return int(self.tokens[at]), 1
        return cardinal_at(self.tokens, at)
