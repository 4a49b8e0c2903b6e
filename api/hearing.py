"""Typed words, normalised, masked and understood."""

from __future__ import annotations

from api.text_door import Heard
from domain.understanding import Vocabulary


def ears(text: str, vocabulary: Vocabulary, *, expects_code: bool) -> Heard:
    """Raises MaskingFailedError."""
    from adapters.understanding.front import hear_text

    return hear_text(text, vocabulary, expects_code)
