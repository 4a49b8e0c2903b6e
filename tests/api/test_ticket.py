"""A customer's ticket at a real LiveKit server: what it lets its bearer do, and what not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from livekit import api, rtc

from adapters.livekit.keys import read_key
from api.rooms import RoomTickets, new_room
from tests.api.test_headers import MAYA

if TYPE_CHECKING:
    from runtime.local.stack import Stack

pytestmark = pytest.mark.servers


async def test_a_customer_speaks_and_writes_and_stays_who_they_are(stack: Stack) -> None:
    stack.start(["livekit"])
    name = new_room()
    ticket = RoomTickets(read_key(stack.site.layout.livekit_key)).mint(name, "agent", MAYA, frozenset({"read"}))
    room = rtc.Room()
    await room.connect(stack.env["COUNTERSIGN_LIVEKIT_URL"], ticket)
    me = room.local_participant
    try:
        before = await _seen_by_others(stack, name)
        await me.set_metadata("{}")
        await me.set_name("Omar")
        await me.set_attributes({"user_id": "user_omar"})
        voice = rtc.LocalAudioTrack.create_audio_track("microphone", rtc.AudioSource(48_000, 1))
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
        assert (await me.publish_track(voice, options)).sid
        await me.publish_data("{}", reliable=True)
        after = await _seen_by_others(stack, name)  # the server answers in order: it has seen the changes by now
        assert after == before
        assert after[:2] == ("user_maya", "Maya")
    finally:
        await room.disconnect()


async def _seen_by_others(stack: Stack, room: str) -> tuple[str, str, str, dict[str, str]]:
    key = read_key(stack.site.layout.livekit_key)
    url = stack.env["COUNTERSIGN_LIVEKIT_URL"].replace("ws", "http", 1)
    async with api.LiveKitAPI(url, key.key, key.secret) as server:
        listed = await server.room.list_participants(api.ListParticipantsRequest(room=room))
    (person,) = listed.participants
    return person.identity, person.name, person.metadata, dict(person.attributes)
