"""Passing a customer on to a person, who can talk to them but never answer for them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from domain.conversation import Spoken

PERSON_PREFIX: Final = "person_"
"""What a person's identity in a room begins with; no customer's does."""
_LINES: Final = 10
_LONGEST: Final = 300


class HandoverState(StrEnum):
    """How a case stands."""

    OPEN = "open"
    CLAIMED = "claimed"
    CLOSED = "closed"


class Outcome(StrEnum):
    """How a case ended."""

    SETTLED = "settled"
    CALL_BACK = "call_back"


class Step(StrEnum):
    """What a conversation hears of its case. JOINED and LEFT: the person is in its room, or no longer."""

    JOINED = "joined"
    WILL_CALL = "will_call"
    LEFT = "left"
    SETTLED = "settled"
    CALL_BACK = "call_back"


@dataclass(frozen=True, slots=True)
class HandoverOrder:
    """Argument of the activity that opens a case. `summary` is masked."""

    case_id: str
    user_id: str
    session_id: str
    room_name: str
    reason: str
    dialogue_state: str
    summary: str


@dataclass(frozen=True, slots=True)
class HandoverNews:
    """Signal to a conversation about its case. `case_id` empty: as seen in the room."""

    step: Step
    case_id: str = ""


@dataclass(frozen=True, slots=True)
class ToolRefused:
    """Argument of the activity that notes a tool that may not be called in a state."""

    session_id: str
    user_id: str
    tool: str
    state: str


@dataclass(frozen=True, slots=True)
class Handover:
    """A case as the people who serve see it. Times are ISO 8601, empty where there is none yet."""

    case_id: str
    tenant_id: str
    user_id: str
    customer_name: str
    session_id: str
    room_name: str
    reason: str
    dialogue_state: str
    summary: str
    state: HandoverState
    claimed_by: str
    live: bool
    outcome: str
    note: str
    created_at: str
    claimed_at: str
    closed_at: str

    def to_json(self) -> dict[str, Any]:
        """What the desk shows: neither tenant nor room."""
        hidden = {"tenant_id", "room_name"}
        return {name: getattr(self, name) for name in self.__slots__ if name not in hidden}


def summary_of(lines: Sequence[Spoken]) -> str:
    """The end of a conversation, from its masked lines."""
    return "\n".join(f"{line.who}: {line.text[:_LONGEST]}" for line in lines[-_LINES:])
