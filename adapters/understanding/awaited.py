"""What digits may mean while a one-time code is awaited: the code, said plainly, or nothing that anyone acts on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from adapters.understanding.digits import CENTS, DOLLARS, cardinal_at, digit_run
from adapters.understanding.tokens import LONGEST_TEXT, tokens_of
from domain.conversation import Expects
from domain.understanding import Intent, Understanding

ASK_AGAIN: Final = Understanding(Intent.UNKNOWN)
"""Complete, so that no second ear's reading replaces it."""

_CODE_LENGTH: Final = 6
_HALF: Final = 3
_RESOLVED: Final = frozenset({"from", "to", "date", "every"})
"""Worked out from what was said, so that none of their digits was heard."""
_TOLD: Final = frozenset({Intent.SPENDING, Intent.TRANSACTIONS, Intent.SCHEDULED, Intent.ALERT, Intent.ALERT_CHANGE})
"""Put as a question or as an alert: the sum in it is no code."""
_SIGHS: Final = frozenset({"oh", "o"})
_SHORTEST: Final = 4
_LONGEST: Final = 8
_LONGEST_SUM: Final = 4
_NOUN: Final = r"(?:code|number|digits|pass code|password|code number)"
_KIND: Final = r"(?:one time |security |verification |six digit |sms |text |access )?"
_FROM_WHOM: Final = (
    r"(?: (?:you sent(?: me)?|they sent me|they texted me|you texted me|they gave me|i got|i received|i have"
    r"|(?:from|in) the text))?"
)
_PAUSE: Final = r"(?:okay|alright|all right|right|so|well|and|then|now|yes|sorry|actually|wait|oops|oh|hi|hello)"
_CORRECTION: Final = rf"(?:(?:no|wrong|correction)(?! (?:one|{_NOUN}))|i mean|i meant|make that)"
_INTRODUCTION: Final = (
    r"(?:(?:it|that|this|here it|here) is|here you go|i got|i have(?: got)?|i received|i see|it says(?: here)?|got it"
    rf"|(?:my|the|your|that|this) {_KIND}{_NOUN}{_FROM_WHOM}(?: is| are| says)?|{_KIND}{_NOUN}(?: is)?"
    r"|(?:my|the|a)? ?(?:text message|text|message|sms) (?:says|said|reads|has)|(?:they|you) sent(?: me)?"
    r"|that would be|i was sent|try|use|enter|okay|so)"
)
_AFTER: Final = (
    r"(?:thanks|thank you|okay|well|sure|then|i see|i got|i was sent|(?:the )?(?:text|message) (?:says|reads)"
    r"|is (?:the|my) code|that is (?:it|the code|my code)"
    r"|is what (?:i got|it says|they sent(?: me)?))"
)
_HARMLESS: Final = re.compile(
    rf"(?:{_PAUSE} |{_CORRECTION} )*(?:{_INTRODUCTION} )*§ (?:(?:(?:and|then|and then|dash|space) )?§ )*(?:{_AFTER} )*"
)
_BOTH_SUMS: Final = re.compile(
    r"(?:[a-z]+ ){0,2}?(?:make|change) (?:it|that)(?: to)? [§¤](?: dollars)? (?:and )?not [§¤](?: dollars)? "
)
"""`Make it fifty, not fifteen`: the old amount is no more a code than the new one."""
_HALT: Final = re.compile(
    r"\b(?:cancel\w*|stop|abort|halt|quit|undo|withdraw|forget (?:it|that|about it)|never ?mind|call it off"
    r"|changed my mind|do not (?:pay|send|do) (?:it|that|this|anything))\b"
)
_NOT_HALTING: Final = re.compile(
    r"\b(?:(?:do|did|does|will|would|can|could|is|was|should) not (?!pay|send|do )|never (?!mind)|if |did |how |what )"
)
_DOUBT: Final = re.compile(r"\b(?:maybe|perhaps)\b", re.IGNORECASE)
_PLAIN: Final = re.compile(r"[\x00-\x7f\u00a0\u2013\u2014\u2018\u2019\u201c\u201d\u2026]*")
_WHOLE_SUM: Final = re.compile(r"-?[$€£]-?\d{1,3}\.\d{1,2}|-?\d{1,3}\.\d\d|\$\d{1,4}\.\d\d|\$?\d,\d{3}\.\d\d")


@dataclass(frozen=True, slots=True)
class _Digits:
    """`beside`: what was said with each run of digits as `§` and each plain sum as `¤`; `runs`: the digits."""

    beside: str
    runs: tuple[str, ...]

    @property
    def all(self) -> str:
        return "".join(self.runs)


def guarded(text: str, found: Understanding, expects: Expects) -> Understanding:
    """`found`, unless digits stand in `text` that may be a code and anything beside them leaves a doubt.

    No slot of what is returned holds what may be a code, but `code` itself where a code is meant.
    """
    if expects is not Expects.CODE and found.intent is not Intent.CODE:
        return found
    digits = _digits(tokens_of(text))
    if not _may_be_code(digits, found):
        return ASK_AGAIN if _holds_code(found) else found
    if _HALT.search(digits.beside):
        return ASK_AGAIN if _NOT_HALTING.search(digits.beside) else Understanding(Intent.CANCEL)
    if not _is_plain(text) or not _HARMLESS.fullmatch(digits.beside):
        return ASK_AGAIN
    whole = len(digits.all) >= _CODE_LENGTH
    slots = {"code": digits.all, "digits": str(len(digits.all))}
    return found if found.intent is Intent.CODE else Understanding(Intent.CODE, slots, complete=whole)


def without_code(understood: Understanding) -> Understanding:
    """The same, or nothing understood: what was heard before a code was asked for may be that code."""
    return ASK_AGAIN if understood.intent is not Intent.CODE and _holds_code(understood) else understood


def _may_be_code(digits: _Digits, found: Understanding) -> bool:
    if found.intent in _TOLD and _are_sums(digits.runs):
        return False
    if found.intent is Intent.CODE or (found.intent is Intent.UNKNOWN and digits.runs):
        return True
    if found.intent is Intent.AMEND and _BOTH_SUMS.fullmatch(digits.beside) and _are_sums(digits.runs):
        return False
    bare = found.intent is Intent.AMEND or len(digits.all) == _HALF
    half = bare and bool(digits.runs) and "make" not in digits.beside and _HARMLESS.fullmatch(digits.beside)
    many = _SHORTEST <= len(digits.all) <= _LONGEST or any(len(run) >= _SHORTEST for run in digits.runs)
    return many or bool(half)


def _are_sums(runs: tuple[str, ...]) -> bool:
    """Each too short for a code, and not two halves of one."""
    return all(len(run) <= _LONGEST_SUM for run in runs) and len("".join(runs)) != _CODE_LENGTH


def _is_plain(text: str) -> bool:
    return len(text) <= LONGEST_TEXT and _PLAIN.fullmatch(text) is not None and not _DOUBT.search(text)


def _holds_code(found: Understanding) -> bool:
    for name, value in found.slots.items():
        if name in _RESOLVED:
            continue
        for each in value.split("|"):
            whole = each.lstrip("-").removesuffix(".00") if name.startswith("amount") else each
            if sum(character.isdigit() for character in whole) > _LONGEST_SUM:
                return True
    return False


def _digits(tokens: list[str]) -> _Digits:
    words = [_unwritten(token) for token in tokens]
    beside, runs, at = "", list[str](), 0
    while at < len(words):
        run, end = _run(words, at)
        if run and _is_sum(tokens, run, at, end):
            beside += "¤ "
        elif run:
            beside += "$ § " if "$" in tokens[at] else "§ "
            runs.append(run)
        else:
            beside += f"{words[at]} "
        at = max(end, at + 1)
    return _Digits(beside, tuple(runs))


def _unwritten(token: str) -> str:
    """`$303,152` as `303152`; `303.152` as `303152` and `8.0` as `80`, so that it is not taken for a sum."""
    if _WHOLE_SUM.fullmatch(token):
        return token
    bare = token.lstrip("-$€£").replace(",", "").replace(".", "")
    return bare if bare.isdigit() else token


def _run(words: list[str], at: int) -> tuple[str, int]:
    run, end, _ = digit_run(words, at)
    value, used = cardinal_at(words, at)
    if used > end - at:
        run, end = str(value), at + used
    alone = words[at : at + 2] == ["one", "time"] or (end == at + 1 and words[at] in _SIGHS)
    return ("", at) if alone else (run, end)


def _is_sum(tokens: list[str], run: str, at: int, end: int) -> bool:
    """`$1,250`, `fifty dollars`: too short for a code, and money by its unit."""
    marked = "$" in tokens[at] or (end < len(tokens) and tokens[end] in DOLLARS | CENTS)
    return marked and len(run) <= _LONGEST_SUM
