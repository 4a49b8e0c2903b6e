"""Words made fit for somebody else's model: whom and what they name is covered, and found again afterwards."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from adapters.understanding.names import PayeeNames, plain_name
from adapters.understanding.tagging import LEXICON

if TYPE_CHECKING:
    from collections.abc import Iterator

    from adapters.masking import Masker

_WORD: Final = re.compile(r"[^\W\d_]+(?:['\u2019.-][^\W\d_]+)*")
_PLACEHOLDER: Final = re.compile(r"\[[A-Z]+_\d+\]")
_SECRET: Final = frozenset({"code", "password"})
_DIGIT: Final = re.compile(r"\d")
_BEGINNINGS: Final = frozenset(
    """
    also although another any anything are aren't because been before being both but could couldn't didn't does doesn't
    every everything few give going got had hadn't has hasn't having here here's how's i'd i'll i'm i've instead isn't
    it's its just keep later least less let let's long make many maybe might more most much must need needs never none
    now of off often old on once only open or our out over own perhaps put quick quite rather really remind same shall
    she should since so something soon still such take than that's their them then there there's these they they'd
    they're thing think this those through till too toss under until up us use very wanna was wasn't way we we'd we'll
    we're we've well went were weren't what's when when's whenever where where's which while who's whose why will won't
    wondering work would wouldn't you'd you'll you're you've your
    january february march april may june july august september october november december
    monday tuesday wednesday thursday friday saturday sunday today tomorrow yesterday christmas easter
    """.split()  # noqa: SIM905
)
_TERMS: Final = frozenset(
    """
    ach aml amex apr apy atm atms bic cd cds cvv debit dd ecb eft esg etf etfs eu eur faq fdic fed fico gbp gdpr heloc
    iban ibans id ira isa kyc libor mastercard otp paypal pin pto ok roth sepa sms sofr ssl swift uk us usa usd vat
    venmo visa zelle
    """.split()  # noqa: SIM905
)
"""Has a capital, and is nobody's name; as is what may stand at the beginning of a sentence."""


@dataclass(frozen=True, slots=True)
class Covered:
    """`text` may leave the house. `names`: what each placeholder stands for. `secret`: it may not leave after all."""

    text: str
    names: dict[str, str] = field(default_factory=dict[str, str])
    secret: bool = False

    def __repr__(self) -> str:
        """Without the names."""
        return f"Covered({self.text!r})"

    def found(self, value: str) -> str:
        """A model's words with the names in them again."""
        return _PLACEHOLDER.sub(lambda match: self.names.get(match[0], ""), value).strip()


class Cover:
    """Covers what one customer says. A name that is nobody's we know shows by its capital."""

    def __init__(self, payees: tuple[str, ...], masker: Masker) -> None:
        self._names = PayeeNames(payees)
        self._known = self._names.words()
        self._longest = max(self._names.longest(), 1)
        self._masker = masker

    def cover(self, text: str) -> Covered:
        """Raises MaskingFailedError."""
        masked = self._masker.mask(text)
        spans = [(each.start, each.end, each.kind.upper()) for each in masked.entities]
        secret = any(each.kind in _SECRET for each in masked.entities)
        spans += [
            span for span in self._people(text) if not any(span[0] < end and start < span[1] for start, end, _ in spans)
        ]
        return self._covered(text, sorted(spans), secret=secret)

    def _covered(self, text: str, spans: list[tuple[int, int, str]], *, secret: bool) -> Covered:
        parts: list[str] = []
        names: dict[str, str] = {}
        at = 0
        for number, (start, end, kind) in enumerate(spans, start=1):
            placeholder = f"[{kind}_{number}]"
            if kind in {"PAYEE", "NAME"}:
                names[placeholder] = text[start:end]
            parts += [text[at:start], placeholder]
            at = end
        return Covered("".join((*parts, text[at:])), names, secret)

    def _people(self, text: str) -> Iterator[tuple[int, int, str]]:
        words = list(_WORD.finditer(text))
        at = 0
        while at < len(words):
            used, kind = self._person(text, words[at:])
            if used:
                yield words[at].start(), words[at + used - 1].end(), kind
            at += used or 1

    def _person(self, text: str, words: list[re.Match[str]]) -> tuple[int, str]:
        """How many of the next words name somebody, and whom: a payee, or somebody."""
        for length in range(min(self._longest, len(words)), 0, -1):
            said = plain_name(text[words[0].start() : words[length - 1].end()])
            strange = any(word not in LEXICON and word not in _BEGINNINGS for word in said.split())
            found = self._names.by_sound(said) if strange else self._names.exact(tuple(said.split()))
            if (found.payee or found.candidates) and (strange or length > 1):
                return length, "PAYEE"
        length = 0
        while length < len(words) and _is_name(words[length][0]) and _next_to(text, words, length):
            length += 1
        return length, "NAME"


def _next_to(text: str, words: list[re.Match[str]], at: int) -> bool:
    return at == 0 or not text[words[at - 1].end() : words[at].start()].strip()


def _is_name(word: str) -> bool:
    plain = plain_name(word)
    known = plain in LEXICON or plain in _TERMS or word.lower().replace("\u2019", "'") in _BEGINNINGS
    return word[0].isupper() and not known


def only_figures(text: str) -> bool:
    """Whether hardly anything but figures was said: no model can know more about those than the grammar."""
    words = [word for word in _WORD.findall(text) if len(word) > 1]
    return not words or (len(words) < 2 and _DIGIT.search(text) is not None)
