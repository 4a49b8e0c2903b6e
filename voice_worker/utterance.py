"""Something that the customer did: said, typed or keyed in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from domain.understanding import Understanding


@dataclass(frozen=True, slots=True)
class Utterance:
    """Raw words and their meaning. `turn_id` is made once, so that however often it is sent it counts once."""

    turn_id: str
    text: str
    meaning: Understanding
    ended_at: float = 0.0
    """When speech ended, on `time.monotonic`'s clock; 0 for what was typed."""
