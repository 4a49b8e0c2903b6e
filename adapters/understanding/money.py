"""Reads one amount of money, however it is said."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from adapters.understanding.digits import (
    CENTS,
    DOLLARS,
    FOREIGN,
    LONGEST_RUN,
    NOTES,
    SCALES,
    TENS,
    TWO_DIGITS,
    ZEROS,
    cardinal_at,
    figures,
    one_digit,
)

_THOUSAND = 1000


@dataclass(frozen=True, slots=True)
class Number:
    """A number at tokens[start:end].

    `amounts`: its readings as money (two where it is ambiguous); `digits`: its reading as a code; `count`: as a plain
    whole number; `unit`: a word of money was said; `spelled`: digit by digit.
    """

    start: int
    end: int
    amounts: tuple[Decimal, ...] = ()
    digits: str = ""
    count: int = -1
    unit: bool = False
    foreign: bool = False
    spelled: bool = False


class Money:
    """Reads one amount, left to right. A reader of its own because every step moves the same position."""

    def __init__(self, tokens: list[str], at: int) -> None:
        self.tokens = tokens
        self.start = at
        self.at = at
        self.unit = False
        self.foreign = False
        self.plain = True

    def read(self) -> Number | None:
        """The amount that starts here; None where none does."""
        negative = self._take("minus", "negative")
        values = self._short() or self._long()
        if not values:
            return None
        values = self._fraction(values)
        if self._word() in CENTS:
            self.at += 1
            self.plain = False
            return Number(self.start, self.at, tuple((-v if negative else v) / 100 for v in values), unit=True)
        self._currency()
        values = self._half_dollar(values)
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
        if self._word() == "half" and (self._word(1) in SCALES or self._word(2) in SCALES or self._word(2) in DOLLARS):
            self.at += 2 if self._word(1) in SCALES else 1 + (self._word(1) == "a")
            scale = self.tokens[self.at - 1] if self.tokens[self.at - 1] in SCALES else self._word()
            self.at += scale == self._word() and scale in SCALES
            return (Decimal(SCALES.get(scale, 1)) / 2,)
        counted = self._word() in ("a", "an", "one")
        if self._word(int(counted)) == "couple":
            skip = int(counted) + (2 if self._word(counted + 1) == "of" else 1)
            if self._word(skip) in SCALES or self._word(skip) in DOLLARS:
                self.at += skip
                return (Decimal(2 * self._scale()),)
        if self._word() in NOTES or (self._word() in ("a", "one") and self._word(1) in NOTES):
            self.at += 1 if self._word() in NOTES else 2
            self.unit = True
            return (Decimal(NOTES[self.tokens[self.at - 1]]),)
        if self._word() == "a" and (self._word(1) in DOLLARS or self._word(1) == "grand"):
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
        if self._word() == "a" and (self._word(1) in SCALES or self._word(1) in TENS or self._word(1) == "ten"):
            self.at += 1
        parts: list[Decimal] = []
        literal = False
        while len(parts) < LONGEST_RUN:
            value = self._literal()
            if value is not None:
                literal = True
            elif self._word() in ZEROS and (parts or self._word() == "zero"):
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
        word = self._word()
        written = word.lstrip("-$€£").rstrip("k").replace(",", "")
        if not written or not written[0].isdigit() or not written.replace(".", "", 1).isdigit():
            return None
        if len(written) > 1 and written[0] == "0" and written[1] != ".":
            return None
        self.at += 1
        self.unit = self.unit or word.lstrip("-")[0] in "$€£"
        self.foreign = self.foreign or word.lstrip("-")[0] in "€£"
        self.plain = self.plain and "." not in written
        return Decimal(written) * (1000 if word.endswith("k") else 1)

    def _joined(self, parts: list[Decimal]) -> tuple[Decimal, ...]:
        """`two fifty` is 2.50 or 250; `forty two fifty` is 42.50; `two five zero` is 250."""
        if len(parts) == 1:
            return tuple(parts)
        money = self.unit or self._word() in DOLLARS
        if all(0 <= part <= 9 and part == int(part) for part in parts):
            if len(parts) == 3 and parts[1] == 0 and not money and parts[2]:
                return parts[0] + parts[2] / 100, parts[0] * 100 + parts[2]
            return (Decimal("".join(str(int(part)) for part in parts)),) if parts[0] and len(parts) <= 6 else ()
        if len(parts) == 3 and parts[1] == 0 and 0 < parts[2] <= 9:
            return (parts[0] + parts[2] / 100,)
        if len(parts) != 2 or parts[1] != int(parts[1]) or int(parts[1]) not in TWO_DIGITS:
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
            while after < len(self.tokens) and (digit := one_digit(self.tokens[after]) or figures(self.tokens[after])):
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

    def _half_dollar(self, values: tuple[Decimal, ...]) -> tuple[Decimal, ...]:
        """`two dollars and a half`; a thousand dollars and a half may be either, and is left unread."""
        said = self.tokens[self.at : self.at + 3] == ["and", "a", "half"]
        if not (said and self.unit and len(values) == 1 and values[0] == int(values[0]) and abs(values[0]) < _THOUSAND):
            return values
        self.at += 3
        return (values[0] + Decimal("0.5"),)

    def _currency(self) -> None:
        if self._word() in ("us", "american") and self._word(1) in DOLLARS:
            self.at += 1
        if self._word() in FOREIGN:
            self.foreign = self.unit = True
            self.at += 1
        elif self._word() in DOLLARS:
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
        if word in CENTS:
            self.at = after + 1
        elif skip or value not in TWO_DIGITS or word in DOLLARS or word in SCALES:
            return None
        else:
            self.at = after
        return Decimal(value) / 100

    def _small(self, at: int) -> tuple[int, int]:
        if at < len(self.tokens) and self.tokens[at].isdigit():
            return int(self.tokens[at]), 1
        return cardinal_at(self.tokens, at)
