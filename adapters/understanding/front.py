"""The one way from words to meaning: understood raw inside this process, masked for everything after it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from adapters.traces import TRACER
from domain.conversation import Expects
from domain.understanding import Intent, Understanding

if TYPE_CHECKING:
    from adapters.masking import Masked, Masker
    from adapters.understanding.understander import Understander

CODE_LENGTH: Final = 6
_SUMS: Final = ("amount", "amount_choices", "least", "most")
_NUMBER: Final = re.compile(r"(?<!\d)(?!\d+000(?!\d))\d{8,}")
"""Ten millions or more, and not round: whoever said it said the number of an account or a card."""


@dataclass(frozen=True, slots=True)
class Heard:
    """`understanding` without digits of a code, `masked` text, and `code`: the digits, only for the answer door."""

    understanding: Understanding
    masked: Masked
    code: str = ""


def hear_text(text: str, understander: Understander, masker: Masker, expects: Expects = Expects.ANYTHING) -> Heard:
    """Understand and mask one utterance. Raises MaskingFailedError; then nothing of it may go anywhere."""
    with TRACER.start_as_current_span("llm_request", attributes={"provider": "grammar"}, record_exception=False):
        understanding = understander.understand(text, expects)
    code = understanding.slots.get("code", "")
    with TRACER.start_as_current_span("presidio_mask", record_exception=False):
        masked = masker.mask(text, code_expected=expects is Expects.CODE or understanding.intent is Intent.CODE)
        slots = safe_slots(understanding, masker)
    return Heard(replace(understanding, slots=slots), masked, code)


def safe_slots(understanding: Understanding, masker: Masker) -> dict[str, str]:
    """The slots, fit to leave the process: no code, no account's number as a sum, and what is loosely said masked."""
    slots = {name: value for name, value in understanding.slots.items() if name != "code"}
    slots = {name: value for name, value in slots.items() if name not in _SUMS or not _NUMBER.search(value)}
    if understanding.intent is Intent.OUTSIDE:
        return {name: value if name == "tool" else masker.mask(value).text for name, value in slots.items()}
    loose = {"about", "counterparty"} | ({"payee"} if slots.get("payee_known") == "no" else set[str]())
    return slots | {name: masker.mask(slots[name]).text for name in loose & slots.keys()}


@dataclass(frozen=True, slots=True)
class Collected:
    """`code` once there are six digits; `missing` until then; `error_code` where there are too many."""

    code: str = ""
    missing: int = CODE_LENGTH
    error_code: str = ""


class CodeCollector:
    """Gathers a code's digits over turns. Holds a secret: one per conversation, never stored, never logged."""

    def __init__(self) -> None:
        self._digits = ""

    def __repr__(self) -> str:
        """Without the digits."""
        return f"CodeCollector({len(self._digits)} digits)"

    def take(self, heard: Heard) -> Collected:
        """Add a turn's digits. Six at once replace what was there; any other intent forgets it all."""
        if heard.understanding.intent is not Intent.CODE:
            self.reset()
            return Collected()
        self._digits = heard.code if len(heard.code) >= CODE_LENGTH else self._digits + heard.code
        digits = self._digits
        if len(digits) < CODE_LENGTH:
            return Collected(missing=CODE_LENGTH - len(digits))
        self.reset()
        if len(digits) > CODE_LENGTH:
            return Collected(error_code="answer_malformed")
        return Collected(digits, missing=0)

    def reset(self) -> None:
        """Forget the digits."""
        self._digits = ""
