"""Is the voice agent still there? Its worker runs `hold_presence` and heartbeats; silence means that it died."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from temporalio import activity

from activities.ports import Rooms
from activities.refusals import refusals


@dataclass(frozen=True, slots=True)
class PresenceWatch:
    """One agent in one room."""

    session_id: str
    room_name: str
    agent_id: str
    user_id: str
    platform: str = "web"


class Registry(Protocol):
    """The calls that a voice worker has."""

    def is_live(self, session_id: str, agent_id: str) -> bool:
        """Whether this agent's job still runs in this worker."""
        ...


@dataclass(frozen=True, slots=True)
class Presence:
    """Runs in the voice worker, on its own task queue."""

    registry: Registry

    @activity.defn(name="hold_presence")
    async def hold_presence(self, watch: PresenceWatch) -> None:
        """Heartbeat while the agent's job lives; return when it has ended in good order."""
        timeout = activity.info().heartbeat_timeout or timedelta(seconds=3)
        try:
            while self.registry.is_live(watch.session_id, watch.agent_id):
                activity.heartbeat()
                await asyncio.sleep(timeout.total_seconds() / 4)
        except asyncio.CancelledError:
            why = activity.cancellation_details()
            if why is None or not why.not_found:
                raise
            # the conversation is over, as conversations are: nobody is left to be told that this failed


@dataclass(frozen=True, slots=True)
class Watchdog:
    """Runs in the Temporal worker: brings a new agent to a customer who was left alone."""

    rooms: Rooms

    @activity.defn(name="bring_agent")
    async def bring_agent(self, watch: PresenceWatch) -> bool:
        """Remove the dead agent and dispatch a new one, unless one is on its way in; False where nobody is left."""
        with refusals():
            if not await self.rooms.customer_present(watch.room_name, watch.user_id):
                return False
            await self.rooms.remove(watch.room_name, watch.agent_id)
            if await self.rooms.agents_in(watch.room_name) - {watch.agent_id}:
                return True
            await self.rooms.dispatch(watch.room_name, watch.session_id, watch.user_id, watch.platform)
        return True
