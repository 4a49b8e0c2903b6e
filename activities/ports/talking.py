"""What conversations need: tools, words nobody asked for, rooms."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from domain.conversation import PaymentNews


class Outcomes(Protocol):
    """Payments that outlive the conversation that began them."""

    async def take(self, user_id: str, session_id: str) -> list[PaymentNews]:
        """What still waits, and what ended without anybody having told of it; the latter is this session's to tell."""
        ...

    async def mark_told(self, payment_id: str, session_id: str) -> None:
        """This session has told how the payment ended."""
        ...

    async def take_alerts(self, user_id: str, session_id: str) -> list[str]:
        """What the customer's alerts have said without anybody having told it: this session's to tell."""
        ...

    async def mark_alerts_told(self, firings: tuple[int, ...], session_id: str) -> None:
        """This session has told what these had to say."""
        ...


@dataclass(frozen=True, slots=True)
class ToolCall:
    """One call of a bank tool on behalf of a user in a session."""

    name: str
    user_id: str
    session_id: str
    scopes: tuple[str, ...]
    arguments: dict[str, Any] = field(default_factory=dict[str, Any])


class Tools(Protocol):
    """The bank's hands: MCP tools, called with a fresh service token."""

    async def call(self, call: ToolCall) -> dict[str, Any]:
        """The tool's structured result. Raises the error that the tool named; UnavailableError if unreachable."""
        ...


class Announcer(Protocol):
    """Says something that nobody asked for just now."""

    async def say(self, session_id: str, user_id: str, key: str, body: dict[str, Any]) -> None:
        """Write an ASSISTANT_SPOKE event, once per key."""
        ...


class Sessions(Protocol):
    """Conversations that are open, so that a token's session can be checked for freshness."""

    async def end(self, session_id: str) -> None:
        """Mark a session as ended."""
        ...


class Rooms(Protocol):
    """LiveKit's server API, as far as the watchdog needs it."""

    async def customer_present(self, room_name: str, user_id: str) -> bool:
        """Whether the customer is in the room."""
        ...

    async def agents_in(self, room_name: str) -> set[str]:
        """The voice agents in the room, dead ones that LiveKit has not missed yet among them."""
        ...

    async def remove(self, room_name: str, agent_id: str) -> None:
        """Remove a participant if it is there."""
        ...

    async def dispatch(self, room_name: str, session_id: str, user_id: str, platform: str) -> None:
        """Ask for a new agent in this room."""
        ...
