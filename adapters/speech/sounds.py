"""What a listener tells of what it hears."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adapters.speech.endpoint import Decision
    from domain.understanding import Understanding


@dataclass(frozen=True, slots=True)
class Suspected:
    """Perhaps somebody speaks."""


@dataclass(frozen=True, slots=True)
class Started:
    """Somebody speaks."""


@dataclass(frozen=True, slots=True)
class Guessed:
    """What the turn would be if it ended now. `final_ms`: the silence after which it does."""

    decision: Decision


@dataclass(frozen=True, slots=True)
class Resumed:
    """Speech went on after a guess: the guess is void."""


@dataclass(frozen=True, slots=True)
class Marks:
    """When things happened, on `time.monotonic`'s clock; 0 for what did not. `ended_at`: the last voiced sound came."""

    ended_at: float = 0.0
    guess_at: float = 0.0
    guessed_at: float = 0.0
    decided_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Heard:
    """A finished turn, raw: it must be masked before it goes anywhere."""

    text: str
    meaning: Understanding
    agreed: bool
    marks: Marks
    silence_ms: int
    first: str = ""
    second: str = ""


@dataclass(frozen=True, slots=True)
class Dismissed:
    """What seemed to be speech was a noise."""


@dataclass(frozen=True, slots=True)
class Deaf:
    """Somebody spoke, and the first ear failed: what was said is lost."""


Sound = Suspected | Started | Guessed | Resumed | Heard | Dismissed | Deaf
