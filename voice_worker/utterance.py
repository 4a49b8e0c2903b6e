"""Something that the customer did: said, typed or keyed in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opentelemetry.trace import Span

    from adapters.speech.sounds import Marks
    from domain.understanding import Understanding


@dataclass(frozen=True, slots=True)
class Utterance:
    """Raw words and their meaning. `turn_id` is made once, so that however often it is sent it counts once."""

    turn_id: str
    text: str
    meaning: Understanding
    marks: Marks | None = None
    """When it was said; nothing for what was typed or keyed."""
    span: Span | None = None
    """What its trace begins with."""
    asked: str | None = None
    """The elicitation that was open when the customer began to speak, as in domain.conversation.Turn."""
