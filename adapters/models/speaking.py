"""An answer on its way to the customer: whole sentences, fit for the ear, each looked at before it is said."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from adapters.masking import Masker

MOST_SENTENCES: Final = 4
MOST_LETTERS: Final = 500
_LONGEST_SENTENCE: Final = 320
_END: Final = re.compile(
    r"(?<=[^\s.!?][.!?])[\"')\]]?(?<!\b[A-Z]\.)(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\bvs\.)(?<!\b\d\.)\s+|\n+"
)
_FORMATTING: Final = re.compile(r"[*_`#>|~]+|^\s*(?:[-\u2022]|\d+[.)])\s+", re.MULTILINE)
_FIGURES: Final = re.compile(r"\d(?:[ .,-]?\d){4,}")
_LINK: Final = re.compile(r"https?:|www\.|\b[\w-]+\.(?:com|net|org|io|co)\b|@\w", re.IGNORECASE)
_CODE: Final = re.compile(r"[{}<>=\\\[\]^]")
_DONE: Final = (
    r"(?:paid|pay|paying|sent|send|sending|transferr?(?:ed|ing)?|moved|moving|wired|confirm(?:ed|ing)?|approved?"
    r"|cancel\w*|booked|blocked|unblocked|ordered|refund\w*|reversed|scheduled|set up|changed|made (?:the|your|that)"
    r"|authori[sz]ed)"
)
_CLAIM: Final = re.compile(
    rf"\b(?:i|we)(?:'ve|'ll|'m|'re)?(?: have| had| will| am| are| can| just| now| already| also)* ?{_DONE}\b"
    r"|\b(?:your|the|that|this) (?:[a-z]+ )?(?:payment|transfer|transaction|money|order|request|refund)s?\b"
    r"[^.?!]{0,40}?\b(?:(?:has|have|had) been|was|were|is|are)(?: now| just| already| being)* "
    r"(?:made|sent|paid|done|completed?|confirmed|approved|cancell?ed|executed|posted|on its way)\b"
    r"|^(?:done|confirmed|approved|paid|sent|transferred|cancell?ed)\b"
    r"|\byour (?:[a-z]+ )?(?:balance|account number|card number|pin|code|password|limit) (?:is|was|of)\b",
    re.IGNORECASE,
)
_ASKED_FOR: Final = (
    r"(?:codes?|passwords?|pins?|passcodes?|passphrase|card number|account number|cvv|cvc|social security|ssn|otp"
    r"|security answer|maiden name|date of birth|six digits)"
)
_ASKING: Final = re.compile(
    r"(?<!never )(?<!not )(?<!n't )(?<!nobody )"
    r"\b(?:tell|give|say|send|read|share|provide|enter|type|text|need|confirm|verify|repeat)"
    r"(?! (?:any|no)(?:one|body))\b"
    rf"[^.?!]{{0,40}}\b(?:your|the) (?:[a-z-]+ ){{0,2}}{_ASKED_FOR}\b",
    re.IGNORECASE,
)
"""`Never tell anyone your code` is good advice."""


class Sentences:
    """Parts of a text in, whole sentences out."""

    def __init__(self) -> None:
        self._open = ""

    def take(self, part: str) -> list[str]:
        """What is whole with this part."""
        self._open += part
        *whole, self._open = _END.split(self._open)
        if len(self._open) > _LONGEST_SENTENCE:  # nobody listens to that
            whole, self._open = [*whole, self._open], ""
        return [each for each in map(plain, whole) if each]

    def rest(self) -> list[str]:
        """What is left when no more will come."""
        left, self._open = plain(self._open), ""
        return [left] if left else []


def plain(text: str) -> str:
    """Without formatting."""
    return " ".join(_FORMATTING.sub(" ", text).split())


def may_be_said(sentence: str, masker: Masker) -> bool:
    """Whether it claims nothing done, asks for no secret, and holds no number, link or personal data.

    Raises MaskingFailedError.
    """
    if len(sentence) > _LONGEST_SENTENCE or any(not (each.isprintable()) for each in sentence):
        return False
    if any(pattern.search(sentence) for pattern in (_CODE, _FIGURES, _LINK, _CLAIM, _ASKING)):
        return False
    return not masker.mask(sentence).entities
