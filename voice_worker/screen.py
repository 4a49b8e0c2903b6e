"""The data channel of the first specification: questions, their states and cards out; answers and cancellations in."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

import structlog
from livekit import rtc
from livekit.rtc.participant import PublishDataError

if TYPE_CHECKING:
    from collections.abc import Callable

_log = structlog.get_logger(__name__)
TOPIC: Final = "countersign"
_LARGEST: Final = 16_384


class RoomScreen:
    """Implements `voice_worker.ports.Screen` for one customer of a room."""

    def __init__(self, room: rtc.Room, customer: str) -> None:
        self._room = room
        self._customer = customer
        self._waiting: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    def show(self, message: dict[str, Any]) -> None:
        """Queue one message: what is shown never holds up what is said."""
        self._waiting.put_nowait(message)

    async def run(self) -> None:
        """Send what is queued, in order, reliably, to the customer alone, until cancelled."""
        while True:
            message = await self._waiting.get()
            try:
                await self._room.local_participant.publish_data(
                    json.dumps(message), reliable=True, topic=TOPIC, destination_identities=[self._customer]
                )
            except PublishDataError:
                _log.warning("screen_unreachable", kind=str(message.get("type", "")))


@dataclass(frozen=True, slots=True)
class Answered:
    """The client answered a question. `response_id` is the client's, empty if it gave none."""

    elicitation_id: str
    data: dict[str, Any]
    response_id: str


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The client cancelled a question."""

    elicitation_id: str


def read_message(data: bytes) -> Answered | Withdrawn | None:
    """What a client sent; None for anything that is not one of the two messages."""
    if len(data) > _LARGEST:
        return None
    try:
        message: Any = json.loads(data)
    except ValueError:
        return None
    if not isinstance(message, dict):
        return None
    return _read(cast("dict[str, Any]", message))


def _read(message: dict[str, Any]) -> Answered | Withdrawn | None:
    payload: Any = message.get("payload", message)
    if not isinstance(payload, dict):
        return None
    body = cast("dict[str, Any]", payload)
    elicitation_id = str(body.get("elicitation_id") or message.get("elicitation_id") or "")
    if not elicitation_id:
        return None
    if message.get("type") == "elicitation_cancel":
        return Withdrawn(elicitation_id)
    given = body.get("data")
    if message.get("type") != "elicitation_response" or not isinstance(given, dict):
        return None
    return Answered(elicitation_id, cast("dict[str, Any]", given), str(body.get("response_id") or ""))


def listen(room: rtc.Room, customer: str, on_message: Callable[[Answered | Withdrawn], None]) -> None:
    """Pass on what the customer's own client sends; what others send is ignored."""

    def received(packet: rtc.DataPacket) -> None:
        if packet.participant is None or packet.participant.identity != customer:
            return
        message = read_message(packet.data)
        if message is not None:
            on_message(message)

    room.on("data_received", received)
