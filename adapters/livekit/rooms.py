"""LiveKit's rooms, as far as the watchdog needs them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self, cast

import aiohttp
from livekit import api

from domain.errors import UnavailableError

if TYPE_CHECKING:
    from adapters.livekit.keys import LiveKitKey

_TIMEOUT_S = 4.0
_AGENT = api.ParticipantInfo.Kind.AGENT


@dataclass
class LiveKitRooms:
    """Implements Rooms. `url` may be the ws:// address that clients use."""

    url: str
    key: LiveKitKey
    agent_name: str
    _api: api.LiveKitAPI | None = None

    async def __aenter__(self) -> Self:
        """Open the HTTP session."""
        self._api = api.LiveKitAPI(
            self.url.replace("ws", "http", 1),
            self.key.key,
            self.key.secret,
            timeout=aiohttp.ClientTimeout(total=_TIMEOUT_S),
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close it."""
        if self._api is not None:
            await self._api.aclose()

    async def customer_present(self, room_name: str, user_id: str) -> bool:
        """Whether a participant of this user is in the room."""
        return any(user_of(participant.metadata) == user_id for participant in await self._participants(room_name))

    async def agents_in(self, room_name: str) -> set[str]:
        """Identities of the agents in the room."""
        return {each.identity for each in await self._participants(room_name) if each.kind == _AGENT}

    async def _participants(self, room_name: str) -> list[api.ParticipantInfo]:
        try:
            listed = await self._server().room.list_participants(api.ListParticipantsRequest(room=room_name))
        except api.TwirpError as error:
            if error.code == api.TwirpErrorCode.NOT_FOUND:
                return []
            raise UnavailableError("LiveKit refused") from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise UnavailableError("LiveKit does not answer") from error
        return list(listed.participants)

    async def remove(self, room_name: str, agent_id: str) -> None:
        """Remove the participant, if it is still there."""
        try:
            await self._server().room.remove_participant(api.RoomParticipantIdentity(room=room_name, identity=agent_id))
        except api.TwirpError as error:
            if error.code != api.TwirpErrorCode.NOT_FOUND:
                raise UnavailableError("LiveKit refused") from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise UnavailableError("LiveKit does not answer") from error

    async def close(self, room_name: str) -> None:
        """Send everybody out, if there is such a room."""
        try:
            await self._server().room.delete_room(api.DeleteRoomRequest(room=room_name))
        except api.TwirpError as error:
            if error.code != api.TwirpErrorCode.NOT_FOUND:
                raise UnavailableError("LiveKit refused") from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise UnavailableError("LiveKit does not answer") from error

    async def dispatch(self, room_name: str, session_id: str, user_id: str, platform: str) -> None:
        """Ask for a new agent. LiveKit forgets the wish if no worker is registered, so it is asked again."""
        metadata = json.dumps({"session_id": session_id, "user_id": user_id, "platform": platform})
        try:
            await self._server().agent_dispatch.create_dispatch(
                api.CreateAgentDispatchRequest(agent_name=self.agent_name, room=room_name, metadata=metadata)
            )
        except api.TwirpError as error:
            raise UnavailableError("LiveKit refused") from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise UnavailableError("LiveKit does not answer") from error

    def _server(self) -> api.LiveKitAPI:
        if self._api is None:
            raise UnavailableError("LiveKit's session is not open")
        return self._api


def user_of(metadata: str) -> str:
    """The user id in a participant's metadata; empty where there is none."""
    try:
        found: object = json.loads(metadata or "{}")
    except json.JSONDecodeError:
        return ""
    return str(cast("dict[str, object]", found).get("user_id", "")) if isinstance(found, dict) else ""
