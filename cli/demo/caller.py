"""The customer of a story: speaks with a synthetic voice into a real room, and hears what is answered."""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from adapters.livekit.caller import MIC_RATE, Caller
from adapters.speech.pcm import VOICE_RATE, resample, silence, trim
from adapters.speech.voice import HibariVoice

if TYPE_CHECKING:
    from collections.abc import Callable

    from cli.client import Bank

ANSWER_S: Final = 30.0
_PAUSE_S: Final = 0.7
_LONGEST_REPLY_S: Final = 30.0
_CODE_WAIT_S: Final = 15.0
_POLL_S: Final = 0.2
_CODE: Final = re.compile(r"\b\d{6}\b")
_TRIES: Final = 5


@dataclass(frozen=True, slots=True)
class Said:
    """One line of the call: `state` is the conversation's after it, empty for the customer's lines."""

    who: str
    text: str
    state: str = ""


class Customer:
    """One call of a signed-in demo user. `show` gets every line as it is heard. Waits raise TimeoutError."""

    def __init__(self, bank: Bank, agent_name: str, show: Callable[[Said], None]) -> None:
        self._bank = bank
        self._agent_name = agent_name
        self._show = show
        self._voice = HibariVoice()
        self._replies: asyncio.Queue[Said] = asyncio.Queue()
        self._caller = Caller(self._on_message)
        self._messages_before = 0
        self.session_id = ""

    async def call(self) -> float:
        """Join a room and wait for the assistant's greeting; seconds that it took."""
        self._messages_before = len(await self._inbox())
        details = await asyncio.to_thread(self._bank.post, "/api/connection-details", {"agent_name": self._agent_name})
        self.session_id = str(details["roomName"])
        began = time.monotonic()
        await self._caller.join(details["serverUrl"], details["participantToken"])
        await self.hear()
        return self._caller.first_heard_at - began

    async def say_until(self, text: str, states: tuple[str, ...]) -> Said:
        """Say it, and again where it was misheard, until the conversation stands where it should."""
        for attempt in range(_TRIES):
            # digits are said more slowly from the second time on: two alike in a row are easily heard as one
            slowly = attempt and text.replace(" ", "").isdigit()
            reply = await self.say(text.replace(" ", ". ") if slowly else text)
            if reply.state in states:
                return reply
        raise TimeoutError(f"the assistant did not understand “{text}”")

    async def say(self, text: str) -> Said:
        """Speak, and hear the answer out."""
        spoken = trim(self._voice.synthesize(text), VOICE_RATE, tail_ms=0)
        sound = resample(np.concatenate([silence(VOICE_RATE, 20), spoken]), VOICE_RATE, MIC_RATE)
        await self._caller.say(sound)
        return await self.hear()

    async def hear(self, timeout_s: float = ANSWER_S) -> Said:
        """The assistant's next sentence, once it is spoken to its end and was audible."""
        async with asyncio.timeout(timeout_s):
            self._caller.listen_anew()
            reply = await self._replies.get()
            await self._caller.first_sound(timeout_s)
        await self._caller.quiet(_PAUSE_S, _LONGEST_REPLY_S)
        while not self._replies.empty():
            reply = self._replies.get_nowait()
        return reply

    async def hear_until(self, beginning: str, timeout_s: float = ANSWER_S) -> Said:
        """The next sentence that begins like this, as soon as it is said."""
        async with asyncio.timeout(timeout_s):
            while not (reply := await self._replies.get()).text.startswith(beginning):
                pass
        return reply

    async def message(self) -> tuple[str, str]:
        """The text message that came since the call began, and the code in it."""
        async with asyncio.timeout(_CODE_WAIT_S):
            while True:
                for body in (await self._inbox())[self._messages_before :]:
                    if found := _CODE.search(body):
                        return body, found[0]
                await asyncio.sleep(_POLL_S)

    async def hang_up(self) -> None:
        """Leave the room."""
        await self._caller.leave()

    async def _inbox(self) -> list[str]:
        found = await asyncio.to_thread(self._bank.get, "/api/demo/inbox")
        return [str(each["body"]) for each in found["messages"]]

    def _on_message(self, message: dict[str, Any]) -> None:
        payload: dict[str, Any] = message.get("payload") or {}
        if message.get("type") == "turn":
            self._show(Said("customer", str(payload["text"])))
        elif message.get("type") == "reply":
            said = Said("assistant", str(payload["text"]), str(payload["state"]))
            self._show(said)
            self._replies.put_nowait(said)
