"""The agent of a session that has its turns served elsewhere."""

from __future__ import annotations

from livekit.agents import Agent, StopResponse, llm


class Silent(Agent):
    """The session's agent has nothing to say of its own: turns go to the dialogue as they are heard."""

    def __init__(self) -> None:
        super().__init__(instructions="")

    async def on_user_turn_completed(
        self,
        turn_ctx: llm.ChatContext,  # noqa: ARG002
        new_message: llm.ChatMessage,  # noqa: ARG002
    ) -> None:
        """The dialogue has the turn already."""
        raise StopResponse
