"""Signing out hangs up: the call ends with the sign-in that its ticket was given to, on the real LiveKit."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import httpx
import psycopg
import pytest
from livekit import rtc

from adapters.postgres.sessions import PgSessions
from adapters.postgres.sign_ins import PgSignIns
from adapters.tokens import ServiceTokens, Signer
from api.hanging_up import HangingUp
from domain.errors import UnavailableError
from tests.bank import found_bank
from voice_worker.door import SessionDoor

if TYPE_CHECKING:
    from collections.abc import Callable

    from adapters.postgres.pool import Pool
    from runtime.local.stack import Stack
    from runtime.settings import Settings

pytestmark = pytest.mark.servers


async def signed_in(bank: str, stack: Stack) -> tuple[httpx.AsyncClient, str]:
    login = {"username": "maya", "password": stack.env["COUNTERSIGN_DEMO_PASSWORD"]}
    async with httpx.AsyncClient(base_url=bank, timeout=60) as client:
        given = (await client.post("/api/login", json=login)).json()
    bearer = {"Authorization": f"Bearer {given['access_token']}"}
    return httpx.AsyncClient(base_url=bank, timeout=60, headers=bearer), given["sign_in_id"]


async def call(client: httpx.AsyncClient) -> tuple[rtc.Room, asyncio.Event, str]:
    """Somebody in a room with a ticket, the event of being sent out, and the room's name."""
    ticket = (await client.post("/api/connection-details", json={"agent_name": "banking-assistant"})).json()
    room, out = rtc.Room(), asyncio.Event()
    room.on("disconnected", lambda _: out.set())
    await room.connect(ticket["serverUrl"], ticket["participantToken"])
    return room, out, ticket["roomName"]


@pytest.mark.parametrize("how", ["logout", "logout/all", "by id", "in the database"])
async def test_a_call_ends_with_its_sign_in(bank: str, typed_bank: Stack, how: str) -> None:
    gone, sign_in_id = await signed_in(bank, typed_bank)
    kept, _ = await signed_in(bank, typed_bank)
    async with gone, kept:
        room, out, name = await call(gone)
        other, other_out, other_name = await call(kept)
        if how == "by id":
            await kept.delete(f"/api/sign-ins/{sign_in_id}")
        elif how == "in the database":  # as a token that was used twice does it
            await asyncio.to_thread(_end, typed_bank, sign_in_id)
        else:
            await gone.post(f"/api/{how}")
        await asyncio.wait_for(out.wait(), 60)
        if how == "logout/all":
            await asyncio.wait_for(other_out.wait(), 60)
        else:
            assert not other_out.is_set()
        assert await asyncio.to_thread(_ended, typed_bank, name)
        assert await asyncio.to_thread(_ended, typed_bank, other_name) is (how == "logout/all")
        await room.disconnect()
        await other.disconnect()


def _end(stack: Stack, sign_in_id: str) -> None:
    with psycopg.connect(stack.env["COUNTERSIGN_MIGRATIONS_URL"]) as owner:
        owner.execute("SELECT end_sign_ins('user_maya', %s, 'revoked')", [sign_in_id])


def _ended(stack: Stack, session_id: str) -> bool:
    """Written down just after the room is closed."""
    with psycopg.connect(stack.env["COUNTERSIGN_MIGRATIONS_URL"], autocommit=True) as owner:
        for _ in range(40):
            found = owner.execute("SELECT ended_at FROM sessions WHERE session_id = %s", [session_id]).fetchone()
            if found and found[0]:
                return True
            owner.execute("SELECT pg_sleep(0.01)")
    return False


class Rooms:
    """LiveKit, away at first."""

    def __init__(self) -> None:
        self.away = True
        self.closed: list[str] = []

    async def close(self, room_name: str) -> None:
        if self.away:
            raise UnavailableError
        self.closed.append(room_name)


async def test_what_could_not_be_hung_up_is_tried_again(owner: psycopg.Connection, api_pool: Pool) -> None:
    found_bank(owner)
    sign_ins = PgSignIns(api_pool, lives_s=86_400, idle_s=3600, grace_s=30)
    sessions, rooms = PgSessions(api_pool), Rooms()
    hanging_up = HangingUp(sessions, rooms)
    begun = await sign_ins.begin("u1", "password", "a browser", "127.0.0.1")
    await sessions.open("call", "u1", "voice", "web", "room", begun.sign_in_id)
    await sessions.open("text", "u1", "text", "web", "", begun.sign_in_id)
    await hanging_up.now()
    assert not (await sessions.get("call")).ended
    owner.execute("UPDATE sign_ins SET ends_at = now()")  # its time runs out: nobody signs out
    await hanging_up.now()
    assert not (await sessions.get("call")).ended
    rooms.away = False
    await hanging_up.now()
    await hanging_up.now()
    assert rooms.closed == ["room"]
    assert (await sessions.get("call")).ended
    assert not (await sessions.get("text")).ended  # goes on elsewhere, with the sign-in that speaks next


async def test_nobody_greets_who_comes_with_a_ticket_that_outlived_its_sign_in(
    api: str, chosen: Settings, sign_in: Callable[[str], httpx.Client]
) -> None:
    """A ticket is LiveKit's to take back, and it takes none back: the agent asks, before it says a word."""
    omar = sign_in("omar")
    room = omar.post("/api/connection-details", json={"agent_name": "banking-assistant"}).json()["roomName"]
    tokens = ServiceTokens(Signer.from_files(chosen.service_key_file, chosen.jwks_file))
    async with httpx.AsyncClient(base_url=api) as client:
        door = SessionDoor(client, tokens, "user_omar", room)
        assert await door.is_open(0)
        omar.post("/api/logout")
        assert not await door.is_open(0)
