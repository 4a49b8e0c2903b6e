"""Mends what a recogniser or a hurried mouth spoils: courtesies between, doubled words, homophones, lost beginnings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from rapidfuzz import fuzz

from adapters.understanding.digits import CARDINALS, DOLLARS, SCALES, TENS
from adapters.understanding.tagging import LEXICON
from domain.grammar.moving import COURTESY
from domain.grammar.words import ACCOUNT_FORMS

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

_COURTESY: Final = re.compile(rf"\b(?:{'|'.join(re.escape(c) for c in sorted(COURTESY, key=len, reverse=True))}) ")
_DOING: Final = (
    r"(?:i|we|you) (?:do|pay|confirm|answer|say|go|send|decide|continue|carry|make|approve|agree|commit|sign|accept"
    r"|proceed|finish)"
)
_MEANWHILE: Final = re.compile(
    rf"^(?:hang on|hold on|one (?:moment|second|sec|minute)|just a (?:moment|second|sec|minute)"
    rf"|(?:a )?quick question|question|first off"
    rf"|first of all|first things first|first|before (?:that|this|anything else|we go on|{_DOING}(?: it| that| this"
    rf"| yes| on| ahead"
    r"| anything| with (?:it|that|this))?)|while (?:i|you|we) (?:am|are) (?:at it|here)|by the way|oh and|wait|but"
    r"|meanwhile|sorry|let me think|in the meantime) "
    rf"|(?:and )?(?:first|first off|before (?:that|this|anything else|{_DOING}[a-z' ]*)|beforehand|in the meantime"
    rf"|while (?:i|we|you) (?:am|are) (?:at it|here)) $"
)
"""What is said around a question that interrupts something else."""
_TO: Final = frozenset({"two", "too", "2"})
_ACCOUNTS: Final = sorted({form for forms in ACCOUNT_FORMS.values() for form in forms if " " not in form})
_BEGINNINGS: Final = ("pay", "send", "give", "transfer", "wire", "balance", "show", "cancel", "what", "how")
_I_LOST: Final = frozenset({"need", "want", "would", "am", "will", "owe", "got", "lost"})
"""`Haven't got it`, `need to pay John`: begun without `I`."""
_NEAR: Final = 84.0
_SHORTEST: Final = 5


def mended(tokens: list[str], names: AbstractSet[str]) -> list[str]:
    """The tokens as they were probably meant; the same where nothing is amiss. `names`: every word of a payee's."""
    words = _COURTESY.sub("", "".join(f"{token} " for token in tokens)).split()
    words = [word for at, word in enumerate(words) if not _doubled(words, at)]
    words = [_homophone(words, at, names) for at in range(len(words))]
    words = _beginning(words, names)
    lost = words and (words[0] in _I_LOST or (words[0] in ("have", "did") and words[1:2] in (["not"], ["got"])))
    return ["i", *words] if lost else words


def straight(tokens: list[str]) -> list[str]:
    """A digression without the words that make it one: `hang on, what's my balance before I do that`."""
    words = "".join(f"{token} " for token in tokens)
    while (shorter := _MEANWHILE.sub("", words, count=1)) != words and shorter:
        words = shorter
    return words.split()


def with_accounts(words: list[str], names: AbstractSet[str]) -> list[str]:
    """`Savins` as `savings`."""
    return [word if word in names else _account(word) for word in words]


def _doubled(words: list[str], at: int) -> bool:
    return at > 0 and words[at] == words[at - 1] and words[at] not in CARDINALS and not words[at].isdigit()


def _homophone(words: list[str], at: int, names: AbstractSet[str]) -> str:
    word = words[at]
    after = words[at + 1] if at + 1 < len(words) else ""
    if word in _TO and after in names:
        return "to"
    if word in ("to", "too") and after in SCALES:
        return "two"
    if word in ("for", "fore") and (after in DOLLARS or after in SCALES):
        return "four"
    if word in ("for", "fore") and at and words[at - 1] in TENS and after not in names:
        return "four"
    return word


def _account(word: str) -> str:
    if word in LEXICON or len(word) < _SHORTEST or not word.isalpha():
        return word
    near = max(_ACCOUNTS, key=lambda form: fuzz.ratio(word, form))
    return near if fuzz.ratio(word, near) >= _NEAR else word


def _beginning(words: list[str], names: AbstractSet[str]) -> list[str]:
    """`ay Sarah Chen twenty`: the first sound was cut off."""
    if len(words) < 2 or words[0] in LEXICON or words[0] in names:
        return words
    whole = next((verb for verb in _BEGINNINGS if verb.endswith(words[0]) and len(words[0]) > 1), "")
    return [whole, *words[1:]] if whole else words
