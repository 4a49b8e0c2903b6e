"""Tickets into a LiveKit room, each with an agent asked for by name."""

from __future__ import annotations

import json
import secrets
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from livekit.api import AccessToken, VideoGrants
from livekit.protocol.agent_dispatch import RoomAgentDispatch
from livekit.protocol.room import RoomConfiguration

from domain.ids import ROOM_PREFIX

if TYPE_CHECKING:
    from adapters.livekit.keys import LiveKitKey
    from domain.accounts import Customer

TICKET_LIVES: Final = timedelta(hours=1)


class RoomTickets:
    """Mints participant tokens with the LiveKit server's own key."""

    def __init__(self, key: LiveKitKey) -> None:
        self._key = key

    def mint(self, room: str, agent_name: str, customer: Customer, scopes: frozenset[str]) -> str:
        """A token that lets the customer into this room alone, and brings the agent there."""
        about = {"session_id": room, "user_id": customer.user_id, "platform": customer.platform}
        person = {
            "user_id": customer.user_id,
            "email": customer.email,
            "roles": [customer.role],
            "permissions": sorted(scopes),
            "session_type": "voice_assistant",
            "platform": customer.platform,
        }
        dispatch = RoomAgentDispatch(agent_name=agent_name, metadata=json.dumps(about))
        return (
            AccessToken(self._key.key, self._key.secret)
            .with_identity(customer.user_id)
            .with_name(customer.display_name)
            .with_ttl(TICKET_LIVES)
            .with_metadata(json.dumps(person))
            .with_grants(VideoGrants(room_join=True, room=room))
            .with_room_config(RoomConfiguration(agents=[dispatch]))
            .to_jwt()
        )


def new_room() -> str:
    """A name that nobody can guess: `voice_assistant_room_{timestamp}_{random}`."""
    return f"{ROOM_PREFIX}{int(time.time())}_{secrets.token_hex(8)}"
