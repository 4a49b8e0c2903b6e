"""The answer door and the events' slower source, as one session may reach them: with its own service token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import httpx

from adapters.http_clients.answer_door import AnswerDoor
from adapters.http_clients.refusal import object_or_refusal
from adapters.redis.stream import event_from
from adapters.tokens import API_AUDIENCE, ServiceTokens
from domain.errors import BankError, SessionStaleError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from domain.events import Event

_SCOPES: Final = ("read", "transact")


@dataclass(frozen=True, slots=True)
class SessionDoor:
    """Implements `voice_worker.ports.Door` for one user in one session."""

    client: httpx.AsyncClient
    tokens: ServiceTokens
    user_id: str
    session_id: str

    async def answer(self, elicitation_id: str, data: Mapping[str, Any], response_id: str) -> dict[str, Any]:
        """Submit an answer on behalf of the customer."""
        return await AnswerDoor(self.client).answer(elicitation_id, data, response_id, self._token())

    async def backlog(self, after_seq: int) -> list[Event]:
        """The session's events after this one, from the database. Raises UnavailableError."""
        try:
            reply = await self.client.get(
                "/api/events/backlog",
                params={"after": after_seq, "session_id": self.session_id},
                headers={"Authorization": f"Bearer {self._token()}"},
            )
        except httpx.TransportError as error:
            raise UnavailableError("the event backlog did not answer") from error
        found: list[dict[str, Any]] = object_or_refusal(reply).get("events", [])
        return [event_from(event) for event in found]

    async def is_open(self, after_seq: int) -> bool:
        """A ticket may outlive the sign-in that it was given to. Where nobody can say so, the tools ask again."""
        try:
            await self.backlog(after_seq)
        except SessionStaleError:
            return False
        except BankError:
            return True
        return True

    def _token(self) -> str:
        return self.tokens.mint(self.user_id, self.session_id, _SCOPES, (API_AUDIENCE,))
