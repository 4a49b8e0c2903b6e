"""A one-time code as people write it: six digits, with spaces or hyphens between them, or in words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from adapters.understanding.digits import digit_run
from domain.errors import AnswerMalformedError
from domain.schemas import OTP_DIGITS

if TYPE_CHECKING:
    from collections.abc import Mapping

_SEPARATORS: Final = re.compile(r"[\s-]")
_CODE: Final = re.compile(rf"[0-9]{{{OTP_DIGITS}}}", re.ASCII)
_LONGEST: Final = 80


def code_in(data: Mapping[str, Any]) -> str:
    """The digits of `otp_code`. Raises AnswerMalformedError where it is anything but a code."""
    typed = data.get("otp_code")
    if not isinstance(typed, str) or len(typed) > _LONGEST:
        raise AnswerMalformedError
    code = _SEPARATORS.sub("", typed)
    if _CODE.fullmatch(code) is None:
        code = _in_words(typed)
    if _CODE.fullmatch(code) is None:
        raise AnswerMalformedError
    return code


def _in_words(typed: str) -> str:
    """`four two five, one seven oh`; nothing else may stand beside the digits."""
    words = re.sub(r"[,.-]", " ", typed.lower()).split()
    digits, end, _ = digit_run(words, 0)
    return digits if words and end == len(words) else ""
