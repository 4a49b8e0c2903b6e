"""Tokens to tagged text: numbers, payees and accounts become tags that the grammar's slots match."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from adapters.understanding.dates.finding import find_moments
from adapters.understanding.dates.moments import Moment
from adapters.understanding.digits import NUMBER_WORDS
from adapters.understanding.money import Number
from adapters.understanding.names import Snapped
from adapters.understanding.numbers import find_numbers
from domain.grammar import RULES, inquiry_frames, moving
from domain.grammar.frames import CONCEPTS, GLUE
from domain.grammar.notation import words_of
from domain.grammar.words import ACCOUNT_FORMS, NOT_NAMES

if TYPE_CHECKING:
    from datetime import date, datetime

    from adapters.understanding.names import PayeeNames

Value = Number | Snapped | Moment | str
SOUNDS_LIKE_A_NAME: Final = frozenset({"sir"})
LEXICON: Final[frozenset[str]] = (
    frozenset(word for node in RULES.values() for word in words_of(node))
    | NOT_NAMES
    | NUMBER_WORDS
    | moving.WORDS
    | frozenset(part for word in f"{CONCEPTS} {inquiry_frames.CONCEPTS}".split() for part in word.split("_"))
    | GLUE
) - SOUNDS_LIKE_A_NAME
"""Every word that the grammar knows; a word outside it may be a misheard name."""

CODE_LENGTH: Final = 6
_SHORTEST_SPELLED: Final = 3
_COUNTABLE: Final = range(1, 101)
_NOT_A_SURNAME: Final = frozenset(["to", "for", "from", "the", "a", "an", "and", "please", "my"])
_ACCOUNTS: Final = sorted(
    ((tuple(form.split()), kind) for kind, forms in ACCOUNT_FORMS.items() for form in forms), key=lambda f: -len(f[0])
)
_BEFORE_PRONOUN_ONE: Final = frozenset(
    [
        "the",
        "another",
        "that",
        "this",
        "new",
        "which",
        "right",
        "wrong",
        "first",
        "second",
        "no",
        "any",
        "some",
        "real",
        "different",
        "fresh",
    ]
)
_AFTER_PRONOUN_ONE: Final = frozenset({"more", "moment", "second", "time", "sec", "of", "new"})
_BEFORE_COUNTED_ONE: Final = frozenset(
    ["last", "recent", "is", "pay", "send", "give", "to", "it", "make", "latest", "past"]
)
_SOURCE: Final = re.compile(
    r"(?:from|out of|using|with|off|off of|through|via|on|by|use) (?:my |the |our )?(§k\d+) (?:account )?"
)


_OOPS: Final = (
    r"(?:(?:no|wait|sorry|actually|i mean|i meant|make that|make it|rather|scratch that|correction|oh|hang on|hold on"
    r"|oops|i am|well) )+"
)
_SAID_AGAIN: Final = tuple(
    re.compile(rf"§[a-z]*{kind}[a-z]*\d+ {_OOPS}(?:to |for |from |my )?(§[a-z]*{kind}[a-z]*\d+ )") for kind in "apk"
)


@dataclass(frozen=True, slots=True)
class Tagged:
    """`plain`: accounts left as words; `tagged`: accounts as tags; `sourced`: `from my savings` as one tag.

    `dated`: the same with phrases about time as tags; None where there are none. `today`: when it was said.
    """

    plain: str
    tagged: str
    sourced: str
    values: tuple[Value, ...]
    dated: Tagged | None = None
    today: date | None = None

    @property
    def unsourced(self) -> str:
        """Without the account that money comes from."""
        return re.sub(r"§s\d+ ", "", self.sourced)


class Tagger:
    """Finds values for one customer's vocabulary. Immutable."""

    def __init__(self, names: PayeeNames, *, day_first: bool = False) -> None:
        self._names = names
        self._day_first = day_first
        self._known = LEXICON - names.words()

    def tag(self, tokens: list[str], now: datetime, *, code_expected: bool = False, choosing: bool = False) -> Tagged:
        """All values of an utterance, numbers first, then payees, then accounts; and once more with times before all.

        `choosing`: the customer was just asked which of two payees, so the spelling of a whole name decides.
        """
        tagged = self._tag(tokens, [], code_expected=code_expected, choosing=choosing)
        moments = find_moments(tokens, now, day_first=self._day_first)
        if not moments:
            return tagged
        out: list[str] = []
        at = 0
        for index, moment in enumerate(moments):
            out += [*tokens[at : moment.start], f"§{moment.letters}{index}"]
            at = moment.end
        dated = self._tag(out + tokens[at:], list(moments), code_expected=code_expected, choosing=choosing)
        return replace(tagged, dated=dated, today=now.date())

    def _tag(self, tokens: list[str], values: list[Value], *, code_expected: bool, choosing: bool) -> Tagged:
        out = self._numbers(tokens, values, code_expected=code_expected)
        out = self._payees(out, values)
        if not choosing:
            values = [self._names.with_twins(value) if isinstance(value, Snapped) else value for value in values]
        plain = _last_said("".join(f"{word} " for word in out))
        tagged = _last_said("".join(f"{word} " for word in _accounts(out, values)))
        return Tagged(plain, tagged, _SOURCE.sub(lambda m: f"{m[1].replace('k', 's')} ", tagged), tuple(values))

    @staticmethod
    def _numbers(tokens: list[str], values: list[Value], *, code_expected: bool) -> list[str]:
        out: list[str] = []
        at = 0
        for number in find_numbers(tokens):
            if _is_pronoun(tokens, number):
                continue
            letters = _letters(number, code_expected=code_expected)
            out += [*tokens[at : number.start], f"§{letters}{len(values)}"]
            values.append(number)
            at = number.end
        return out + tokens[at:]

    def _payees(self, tokens: list[str], values: list[Value]) -> list[str]:
        out: list[str] = []
        at = 0
        while at < len(tokens):
            used, found = self._payee_at(tokens, at)
            out.append(f"§p{len(values)}" if found else tokens[at])
            if found:
                values.append(found)
            at += max(1, used)
        return out

    def _payee_at(self, tokens: list[str], at: int) -> tuple[int, Snapped | None]:
        for size in range(min(self._names.longest(), len(tokens) - at), 0, -1):
            window = tuple(tokens[at : at + size])
            if any(word.startswith("§") for word in window):
                continue
            found = self._names.exact(window)
            if (found.payee or found.candidates) and self._stands_alone(tokens, at, size, whole=found.whole):
                return size, found
            if size > 1 and self._may_be_misheard(window):
                found = self._names.by_sound(" ".join(window))
                if found.whole or len(found.candidates) > 1:
                    return size, found
        return 0, None

    def _stands_alone(self, tokens: list[str], at: int, size: int, *, whole: bool) -> bool:
        """`Sarah Jones` is not Sarah Chen, nor is Peter Chen: part of a name counts only alone."""
        beside = (tokens[at - 1 : at] if at else []) + tokens[at + size : at + size + 1]
        return whole or all(word.startswith("§") or word in self._known for word in beside)

    def _may_be_misheard(self, window: tuple[str, ...]) -> bool:
        if window[0] in self._known:
            return False
        strange = any(word not in LEXICON for word in window)
        return strange and not any(word in _NOT_A_SURNAME for word in window)


def _last_said(text: str) -> str:
    """`Pay Sarah, no, John`: of two values of one kind with a correction between them the last one counts."""
    for said_again in _SAID_AGAIN:
        text = said_again.sub(r"\1", text)
    return text


def _is_pronoun(tokens: list[str], number: Number) -> bool:
    """`the one`, `another one`, `one more time` count nothing."""
    if number.end - number.start != 1 or tokens[number.start] != "one":
        return False
    before = tokens[number.start - 1] if number.start else ""
    after = tokens[number.end] if number.end < len(tokens) else ""
    if not before and not after:
        return False
    return before not in _BEFORE_COUNTED_ONE or before in _BEFORE_PRONOUN_ONE or after in _AFTER_PRONOUN_ONE


def _letters(number: Number, *, code_expected: bool) -> str:
    letters = ("a" if number.amounts else "") + ("f" if number.foreign else "")
    if number.count in _COUNTABLE:
        letters += "c"
    spelled = number.spelled and len(number.digits) >= _SHORTEST_SPELLED and number.end - number.start > 1
    if number.digits and (code_expected or spelled or len(number.digits) == CODE_LENGTH):
        letters += "d"
    return letters or "n"


def _accounts(tokens: list[str], values: list[Value]) -> list[str]:
    out: list[str] = []
    at = 0
    while at < len(tokens):
        for form, kind in _ACCOUNTS:
            if tuple(tokens[at : at + len(form)]) == form:
                out.append(f"§k{len(values)}")
                values.append(kind)
                at += len(form)
                break
        else:
            out.append(tokens[at])
            at += 1
    return out
