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

from adapters.edge.idempotency import derived_id, first_seen_ms
from domain.errors import InvalidRequestError
from domain.ids import ROOM_PREFIX, is_room

if TYPE_CHECKING:
    from adapters.livekit.keys import LiveKitKey
    from domain.accounts import Customer

TICKET_LIVES: Final = timedelta(hours=1)


class RoomTickets:
    """Mints participant tokens with the LiveKit server's own key."""

    def __init__(self, key: LiveKitKey) -> None:
        self._key = key

    def mint(self, room: str, agent_name: str, customer: Customer, scopes: frozenset[str]) -> str:
        """A token that lets the customer into this room alone, and brings the agent there.

        Raises InvalidRequestError for a room that is no customer's.
        """
        if not is_room(room):
            raise InvalidRequestError("that is no customer's room")
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
            .with_grants(_grants(room))
            .with_room_config(RoomConfiguration(agents=[dispatch]))
            .to_jwt()
        )

    def mint_for_person(self, room: str, identity: str, name: str) -> str:
        """A token that lets a person of the bank talk in a customer's room, and nothing else."""
        grants = _grants(room)
        grants.can_publish_data = False  # what a customer taps and answers is the customer's alone
        token = AccessToken(self._key.key, self._key.secret).with_identity(identity).with_name(name)
        return token.with_ttl(TICKET_LIVES).with_grants(grants).to_jwt()


def _grants(room: str) -> VideoGrants:
    """Speak, write, listen. Who one is stands in the ticket, and the agent believes it: it cannot be changed inside."""
    return VideoGrants(
        room_join=True,
        room=room,
        can_publish=True,
        can_publish_sources=["microphone"],
        can_publish_data=True,
        can_subscribe=True,
        can_update_own_metadata=False,
    )


def new_room() -> str:
    """A name that nobody can guess: `voice_assistant_room_{timestamp}_{random}`; for one Idempotency-Key the same."""
    derived = derived_id("room").replace("-", "")
    random = derived[-16:] or secrets.token_hex(8)
    return f"{ROOM_PREFIX}{first_seen_ms() // 1000 or int(time.time())}_{random}"
