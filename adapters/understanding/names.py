"""Payees by sound: what was heard is snapped to one of the customer's payees, to several, or to none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from adapters.understanding.sound import likeness

_WHOLE: Final = 74.0
_EACH_WORD: Final = 58.0
_PART: Final = 84.0
_TWINS: Final = 96.0
_TOO_CLOSE: Final = 7.0


@dataclass(frozen=True, slots=True)
class Snapped:
    """`payee`: the one that was meant; `candidates`: several fit. Neither: nobody of that name."""

    payee: str = ""
    candidates: tuple[str, ...] = ()
    whole: bool = False


class PayeeNames:
    """The names of one customer's payees. Immutable, so any thread may ask."""

    def __init__(self, payees: tuple[str, ...]) -> None:
        self._names = {payee: tuple(plain_name(payee).split()) for payee in payees}

    def exact(self, words: tuple[str, ...]) -> Snapped:
        """Payees whose full name, or first or last name, is spelled so."""
        full = tuple(payee for payee, name in self._names.items() if name == words)
        if full:
            return _one_of(full, whole=True)
        part = tuple(
            payee
            for payee, name in self._names.items()
            if len(words) < len(name) and (name[: len(words)] == words or name[-len(words) :] == words)
        )
        return _one_of(part) if part else Snapped()

    def by_sound(self, heard: str) -> Snapped:
        """Payees that sound like this; a lone first or last name will do where it sounds very like."""
        words = tuple(heard.split())
        found = self.exact(words)
        if found.payee or found.candidates or not words:
            return found
        scores = {payee: self._score(words, name) for payee, name in self._names.items()}
        best = max(scores.values(), default=0.0)
        if best <= 0:
            return Snapped()
        near = tuple(payee for payee, score in scores.items() if score > 0 and score >= best - _TOO_CLOSE)
        return _one_of(near, whole=len(words) > 1)

    @staticmethod
    def _score(heard: tuple[str, ...], name: tuple[str, ...]) -> float:
        whole = likeness(" ".join(heard), " ".join(name))
        if len(heard) == len(name):
            each = [likeness(one, other) for one, other in zip(heard, name, strict=True)]
            return whole if whole >= _WHOLE and min(each) >= _EACH_WORD else 0.0
        if len(heard) == 1:
            part = max(likeness(heard[0], name[0]), likeness(heard[0], name[-1]))
            return part if part >= _PART else (whole if whole >= _PART else 0.0)
        return whole if whole >= _WHOLE + 4 else 0.0

    def with_twins(self, found: Snapped) -> Snapped:
        """The same, unless another payee sounds just like the one found: no ear can tell those two apart."""
        if not found.payee:
            return found
        said = plain_name(found.payee)
        twins = tuple(p for p in self._names if p == found.payee or likeness(plain_name(p), said) >= _TWINS)
        return found if len(twins) == 1 else Snapped(candidates=twins)

    def words(self) -> frozenset[str]:
        """Every word of every name."""
        return frozenset(word for name in self._names.values() for word in name)

    def longest(self) -> int:
        """Words of the longest name."""
        return max((len(name) for name in self._names.values()), default=0)


def plain_name(name: str) -> str:
    """A display name as it is tokenised when said: lower case, letters only."""
    kept = "".join(c if c.isalnum() or c in " '" else " " for c in name.lower().replace("\u2019", "'"))
    return " ".join(word.removesuffix("'s") if word.endswith("'s") else word for word in kept.split())


def _one_of(payees: tuple[str, ...], *, whole: bool = False) -> Snapped:
    return Snapped(payees[0], whole=whole) if len(payees) == 1 else Snapped(candidates=payees)
