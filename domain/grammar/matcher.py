"""Rules to patterns over tagged text: each token is followed by one space, a value is a tag like `§ac3 `.

A tag's letters say what the value can stand for: a(mount), c(ount), d(igits), f(oreign money), p(ayee), k (account),
s(ource account), w(hen: days, however many), m (one day), h (time of day), e(very: a recurrence), b(efore: so many days
ahead), q(uiet: from one time of day to another); its number is the place in the list of values.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from domain.grammar.notation import Choice, Ref, Sequence, Slot, Word
from domain.grammar.words import NOT_NAMES

if TYPE_CHECKING:
    from domain.grammar.notation import Node

_LETTERS: Final = {
    "amount": "a",
    "count": "c",
    "code": "d",
    "foreign": "f",
    "payee": "p",
    "account": "k",
    "source": "s",
    "when": "w",
    "date": "m",
    "time": "h",
    "every": "e",
    "before": "b",
    "quiet": "q",
}
_LONGEST_LEAD: Final = 9
_OPEN: Final = {"words": r"(?:\S+ ){1,6}", "rest": r"(?:\S+ )+", "counterparty": "(?!)"}
"""A shop's name is found by `restrictions`, not by a rule: it is here for the ear."""
_NAME_WORD: Final = rf"(?!(?:{'|'.join(sorted(NOT_NAMES))}) )[a-z][a-z'.]* "
_NAME: Final = rf"(?:{_NAME_WORD}){{1,3}}?"


class Compiler:
    """Writes patterns; counts the groups that capture an unknown name, as a group's name must be unique."""

    def __init__(self, rules: dict[str, Node]) -> None:
        self._rules = rules
        self._names = 0

    def bare(self, name: str) -> re.Pattern[str]:
        """The rule alone."""
        return re.compile(self._rule(name))

    def _rule(self, name: str) -> str:
        return self._pattern(self._rules[name])

    def _pattern(self, node: Node) -> str:
        if isinstance(node, Word):
            return f"{re.escape(node.text)} "
        if isinstance(node, Ref):
            return self._rule(node.name)
        if isinstance(node, Sequence):
            return "".join(self._pattern(part) for part in node.parts)
        if isinstance(node, Choice):
            return f"(?:{'|'.join(self._pattern(option) for option in node.options)}){'?' if node.optional else ''}"
        return self._slot(node)

    def _slot(self, slot: Slot) -> str:
        if slot.name in _OPEN:
            return _OPEN[slot.name]
        if slot.name == "name":
            self._names += 1
            return f"(?P<name{self._names}>{_NAME})"
        return rf"§[a-z]*{_LETTERS[slot.name]}[a-z]*\d+ "


class Edges:
    """Where a request may begin and end, once what people say before and after it is set aside."""

    def __init__(self, lead: re.Pattern[str], tail: re.Pattern[str]) -> None:
        self._lead = lead
        self._tail = tail

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Every (start, end) in which a rule may match, the longest first."""
        breaks = [0, *(i + 1 for i, c in enumerate(text) if c == " ")]
        starts, ends = [0], [len(text)]
        for start in starts:
            following = [end for end in breaks if end > start][:_LONGEST_LEAD]
            starts += [end for end in following if end not in starts and self._lead.fullmatch(text, start, end)]
        for end in ends:
            before = [start for start in breaks if start < end][-_LONGEST_LEAD:]
            ends += [start for start in before if start not in ends and self._tail.fullmatch(text, start, end)]
        return sorted(((s, e) for s in starts for e in ends if s < e), key=lambda span: span[0] - span[1])


def captured_name(match: re.Match[str]) -> str:
    """The unknown name that a match went through, or nothing."""
    return next((text.strip() for text in match.groupdict().values() if text), "")
