"""A patient customer on the phone: says a thing again when it was not understood, as people do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import cycle, islice
from typing import Any, Self

import httpx
import numpy as np

from adapters.livekit.caller import HEARD_RATE, MIC_RATE, Caller
from adapters.speech.pcm import Pcm, resample

Says = Callable[[str], Pcm]
"""Text to sound at the microphone's rate."""
_ATTEMPTS = 4
_NAMES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_WAYS: tuple[Callable[[str], str], ...] = (
    " ".join,
    lambda code: ", ".join(_NAMES[int(digit)] for digit in code),
    lambda code: " ".join(_NAMES[int(digit)] for digit in code),
    lambda code: f"my code is {', '.join(_NAMES[int(digit)] for digit in code)}",
    ". ".join,
    " ".join,
)
"""How digits are said at the first attempt, and at those that follow."""


@dataclass
class Customer:
    """One call. `says` is the customer's own voice."""

    api: httpx.AsyncClient
    token: str
    says: Says
    replies: asyncio.Queue[dict[str, Any]] = field(default_factory=asyncio.Queue[dict[str, Any]])
    told: list[str] = field(default_factory=list[str])
    messages: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    turned: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once the assistant shows what it heard: a reply from before that is none to what was said last."""
    caller: Caller | None = None

    async def __aenter__(self) -> Self:
        wanted = {"agent_name": "banking-assistant"}
        details = (await self.post("/api/connection-details", wanted)).raise_for_status().json()
        self.caller = Caller(self._on_message)
        await self.caller.join(details["serverUrl"], details["participantToken"])
        await asyncio.wait_for(self.caller.agent_there.wait(), 60)
        await asyncio.wait_for(self.replies.get(), 60)
        await self._hear_out()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._line().leave()

    async def post(self, path: str, body: dict[str, Any]) -> httpx.Response:
        return await self.api.post(path, json=body, headers={"Authorization": f"Bearer {self.token}"})

    async def get(self, path: str) -> Any:  # noqa: ANN401 - JSON
        answer = await self.api.get(path, headers={"Authorization": f"Bearer {self.token}"})
        return answer.raise_for_status().json()

    async def says_until(
        self, text: str, wanted: Callable[[dict[str, Any]], bool], *otherwise: str, refuse: bool = True
    ) -> dict[str, Any]:
        """Speak until a reply is what was wanted; a wrong read-back is refused first, where `refuse`.

        `otherwise`: the same in other words, for whoever was not understood.
        """
        code = text.replace(" ", "")
        words = islice(cycle((text, *otherwise)), _ATTEMPTS)
        for said in [way(code) for way in _WAYS] if code.isdigit() else words:
            reply = await self._turn(said)
            if wanted(reply):
                return reply
            if refuse and reply["state"] == "confirming" and "I'll pay" in reply["text"]:
                await self._turn("no")
        raise AssertionError(f"{text!r} was never understood: {self.told}")

    async def next_reply(self) -> dict[str, Any]:
        """Whatever is said next, asked for or not."""
        reply = await asyncio.wait_for(self.replies.get(), 60)
        await self._hear_out()
        return reply

    async def code(self) -> str:
        """The newest code that was sent."""
        inbox = await self.get("/api/demo/inbox")
        return inbox["messages"][-1]["body"].split("code is ")[1][:6]

    def heard(self, last_s: float = 6.0) -> Pcm:
        """The end of what the assistant said, for an ear at 16 kHz."""
        sound = np.concatenate(self._line().recorded)[-int(last_s * HEARD_RATE) :]
        return resample(sound, HEARD_RATE, 16_000)

    async def _turn(self, text: str) -> dict[str, Any]:
        self.turned.clear()
        await self._line().say(self.says(text))
        try:
            await asyncio.wait_for(self.turned.wait(), 60)
            reply = await asyncio.wait_for(self.replies.get(), 60)
        except TimeoutError:
            return {"text": "", "state": "", "intent": ""}
        await self._hear_out()
        return reply

    async def _hear_out(self) -> None:
        await self._line().quiet(0.7, 30)

    def _line(self) -> Caller:
        assert self.caller is not None
        return self.caller

    def _on_message(self, message: dict[str, Any]) -> None:
        self.messages.append(message)
        if message.get("type") == "turn":
            self.turned.set()
            while not self.replies.empty():
                self.replies.get_nowait()
        if message.get("type") == "reply":
            self.told.append(message["payload"]["text"])
            self.replies.put_nowait(message["payload"])


def at_the_microphone(pcm: Pcm, rate: int) -> Pcm:
    """Sound of any rate, as the microphone takes it."""
    return resample(pcm, rate, MIC_RATE)
