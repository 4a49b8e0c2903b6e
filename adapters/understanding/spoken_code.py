"""Which code was said, judged by several hearings of the same sound. None of them is believed alone."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz
from rapidfuzz.distance import Indel

from adapters.understanding.digits import HOMOPHONES, UNITS, digit_run, figures, one_digit
from adapters.understanding.sound import bare_sound
from adapters.understanding.tokens import tokens_of
from domain.schemas import OTP_DIGITS
from domain.understanding import Intent, Understanding

UNCLEAR: Final = Understanding(Intent.CODE, {"unclear": "yes"}, confidence=0.5, complete=False)
"""A code was said, but not even two hearings of it agree. Incomplete: its end may still be to come."""
HIDDEN: Final = "******"
"""Shown instead of a spoken code: digits may hide in words (`it won free`) that no mask would find."""

_ALIKE: Final = 85.0
_ALIKE_ENOUGH: Final = 65.0
"""Where both grammars hear the same six digits."""
_SOUNDS_OF_A_DIGIT: Final = 0.6
_FEW: Final = 2
_NAMES: Final = {str(value): name for name, value in UNITS.items()}
_SHIFTS: Final = re.compile(
    r"\b(?:not?|never|none|wrong|cancel\w*|stop|halt|quit|abort|forget|undo|instead|maybe|perhaps|mean|meant|sorry"
    r"|wait|actually|correction|dollars?|bucks|cents?|pay|send|transfer)\b|n't\b|[$€£%]",
    re.IGNORECASE,
)
"""Beside one of these, digits are no code that is simply said."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """What was heard, and what it means."""

    text: str
    meaning: Understanding

    @property
    def digits(self) -> str:
        """The code, or as much as was heard of it: `one for four` is three digits."""
        if self.meaning.intent is Intent.CODE:
            return self.meaning.slots.get("code", "")
        tokens = tokens_of(self.text)
        plain = [one_digit(token) or figures(token) for token in tokens]
        if sum(map(bool, plain)) < _FEW:
            return ""
        digits = [found or HOMOPHONES.get(token, "") for found, token in zip(plain, tokens, strict=True)]
        return "".join(digits) if all(digits) else ""

    @property
    def count(self) -> int:
        """How many digits stand in it, whatever stands beside them."""
        return sum(len(one_digit(token) or figures(token)) for token in tokens_of(self.text))

    @property
    def beside(self) -> bool:
        """Whether there is a whole code in it, and something that may turn its sense."""
        doubtful = self.meaning.intent is Intent.UNKNOWN and self.count >= OTP_DIGITS and not self.digits
        return doubtful or bool(_SHIFTS.search(self.text))

    @property
    def code(self) -> str:
        """All six digits, or nothing."""
        return self.digits if len(self.digits) == OTP_DIGITS else ""


def code_of(digits: str) -> Understanding:
    """A code, or a part of one."""
    return Understanding(Intent.CODE, {"code": digits, "digits": str(len(digits))}, complete=len(digits) == OTP_DIGITS)


def agreed_code(open_ear: list[Hearing], own_ear: list[Hearing]) -> str:
    """The code that two hearings bear out, one of them the open ear's; empty where there is none.

    `open_ear`: all hearings by an open vocabulary. `own_ear`: those by a grammar, which finds digits in anything: of
    the bank's sentences, of six digits, of any number of digits.
    """
    if any(each.beside for each in open_ear):
        return ""
    if _heard_shorter(open_ear):
        return _longer(open_ear, own_ear)
    said = [each.code for each in open_ear if each.code]
    grammars = [each.code for each in own_ear[:_FEW] if each.code]
    if said:
        votes = Counter(said + grammars)
        twice = [code for code, times in votes.items() if times > 1]
        return twice[0] if len(twice) == 1 and twice[0] in said else ""
    for each in own_ear[:_FEW]:
        twice = grammars.count(each.code) > 1
        if each.code and any(_bears_out(one, each, heard_twice=twice) for one in open_ear):
            return each.code
    return ""


def _heard_shorter(open_ear: list[Hearing]) -> bool:
    """The same few digits twice: the rest is still to come, and a grammar of six would make it up."""
    few = [each.digits for each in open_ear if 0 < len(each.digits) < OTP_DIGITS]
    return len(set(few)) < len(few)


def _longer(open_ear: list[Hearing], own_ear: list[Hearing]) -> str:
    """One of two equal digits was dropped: every grammar hears the same six, all of the heard ones among them."""
    found = {each.code for each in own_ear}
    code = found.pop() if len(found) == 1 and len(own_ear) > _FEW else ""
    rests = [iter(code) for _ in open_ear]
    within = all(all(digit in rest for digit in each.digits) for each, rest in zip(open_ear, rests, strict=True))
    return code if within else ""


def _bears_out(one: Hearing, each: Hearing, *, heard_twice: bool) -> bool:
    # the open ear runs on after slow digits: `4 8 2 9 1 7 7 7 7 7`
    ran_on = len(one.digits) > OTP_DIGITS and one.digits.startswith(each.code)
    return ran_on or bears_out(one.text, each.text, heard_twice=heard_twice)


def agreed_part(open_ear: list[Hearing], own_ear: list[Hearing]) -> str:
    """Fewer digits than a code has, heard alike by both ears; empty where they are not."""
    said = {each.digits for each in open_ear if len(each.digits) < OTP_DIGITS}
    both = {each.digits for each in own_ear if each.digits} & said
    return both.pop() if len(both) == 1 else ""


def may_be_code(open_ear: list[Hearing], own_ear: list[Hearing]) -> bool:
    """Whether digits are what was said, however badly they were heard."""
    if open_ear[0].digits or any(each.count > _FEW for each in open_ear):
        return True
    if any(each.meaning.complete and each.meaning.intent is not Intent.UNKNOWN for each in open_ear[1:]):
        return False
    return any(len(each.digits) > _FEW for each in own_ear)


def bears_out(heard: str, code: str, *, heard_twice: bool = False) -> bool:
    """Whether words that make no sense sound like a code, digit by digit: `it won free` like `eight one three`."""
    spoken = _spelled(heard)
    words = code.split()
    wanted = [bare_sound(word) for word in words]
    alike = fuzz.ratio(spoken, "".join(wanted)) if spoken else 0.0
    if heard_twice or alike < _ALIKE:
        return heard_twice and alike >= _ALIKE_ENOUGH
    return all(_supported(spoken, wanted, at) for at, word in enumerate(words) if digit_run([word], 0)[0])


def _supported(spoken: str, wanted: list[str], at: int) -> bool:
    begin = len("".join(wanted[:at]))
    end = begin + len(wanted[at])
    blocks = Indel.editops("".join(wanted), spoken).as_matching_blocks()
    matched = sum(max(0, min(end, block.a + block.size) - max(begin, block.a)) for block in blocks)
    return matched >= _SOUNDS_OF_A_DIGIT * (end - begin)


def _spelled(text: str) -> str:
    spaced = re.sub(r"[0-9]", lambda found: f" {_NAMES[found[0]]} ", text.lower())
    return "".join(bare_sound(word) for word in re.findall(r"[a-z']+", spaced))
