"""People of the bank in the customer's room: the assistant and the conversation are told when they come and go."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from domain.errors import BankError
from domain.handovers import PERSON_PREFIX, HandoverNews, Step
from voice_worker.patience import insist

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from livekit import rtc

    from voice_worker.dialogue import Dialogue

_log = structlog.get_logger(__name__)


class Company:
    """Watches one room. `tell` takes the news to the conversation."""

    def __init__(
        self, room: rtc.Room, dialogue: Dialogue, tell: Callable[[HandoverNews], Awaitable[None]], *, known: bool
    ) -> None:
        """`known`: whether the conversation believes that a person is there."""
        self._here = known
        self._room = room
        self._dialogue = dialogue
        self._tell = tell
        self._changed = asyncio.Event()
        self._changed.set()  # who came before this agent
        room.on("participant_connected", self._look)
        room.on("participant_disconnected", self._look)

    async def run(self) -> None:
        """Pass on who comes and goes, until cancelled."""
        if self._here:
            self._dialogue.person(here=True)
        while True:
            await self._changed.wait()
            self._changed.clear()
            if self._somebody() is not self._here:
                self._here = not self._here
                self._dialogue.person(here=self._here)
                await self._pass_on(HandoverNews(Step.JOINED if self._here else Step.LEFT))

    async def _pass_on(self, news: HandoverNews) -> None:
        try:
            await insist(lambda: self._tell(news), lambda: None)
        except BankError as error:
            _log.warning("company_untold", code=error.code)

    def _look(self, _participant: object) -> None:
        self._changed.set()

    def _somebody(self) -> bool:
        return any(identity.startswith(PERSON_PREFIX) for identity in self._room.remote_participants)
