"""What a call needs from outside, so that a test can hold the other end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from adapters.models.helping import Helped
    from domain.conversation import ConversationStart, Join, Joined, Reply, Turn
    from domain.understanding import Understanding


class Conversations(Protocol):
    """The ConversationWorkflow, as `adapters.temporal.gateways.ConversationGateway` reaches it."""

    async def open(self, start: ConversationStart) -> None:
        """Start the session's workflow unless it runs already."""
        ...

    async def join(self, session_id: str, join: Join) -> Joined:
        """Say that this agent is there."""
        ...

    async def turn(self, session_id: str, turn: Turn) -> Reply:
        """Say something; a repeated turn id gets the first reply."""
        ...

    async def leave(self, session_id: str, agent_id: str) -> None:
        """Say that the customer has left."""
        ...


class Door(Protocol):
    """The answer door, for one session."""

    async def answer(self, elicitation_id: str, data: Mapping[str, Any], response_id: str) -> dict[str, Any]:
        """Submit an answer; returns ElicitationStatusUpdate JSON. Raises the door's BankError."""
        ...


class Mouth(Protocol):
    """What the customer hears."""

    def say(self, text: str, speech: str) -> None:
        """Queue speech; `text` is what is shown of it."""
        ...

    def hush(self) -> None:
        """Drop what is being said."""
        ...


class Screen(Protocol):
    """What the customer's client shows."""

    def show(self, message: dict[str, Any]) -> None:
        """Send one data-channel message, after those before it."""
        ...


class Front(Protocol):
    """One session's way from words to meaning."""

    def understand(self, text: str) -> Understanding:
        """What raw words mean."""
        ...

    async def helped(self, text: str, meaning: Understanding, stage: str) -> Helped:
        """What raw words mean that were not understood."""
        ...

    def explain(self, text: str, meaning: Understanding) -> AsyncGenerator[str]:
        """Sentences about an open question, as they come."""
        ...

    def mask(self, text: str) -> str:
        """Raw words made fit for history, logs and models. Raises MaskingFailedError."""
        ...

    def slots(self, understanding: Understanding) -> dict[str, str]:
        """What may leave the process of an understanding's slots."""
        ...
