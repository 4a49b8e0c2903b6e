"""The bench's caller, a process of its own: requests as JSON lines on standard input, results on standard output.

The first line says where to: `{"url": ..., "token": ...}`. Then `{"say": "file.npy"}` speaks and waits for the answer;
`{"over": "file.npy", "sounds": ["file.npy", ...]}` makes sounds into the assistant's answer and says how it took them.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any

import numpy as np

from adapters.livekit.caller import AUDIBLE_RMS, Caller
from adapters.speech.pcm import rms

_FINISHED_S = 0.6
_PATIENCE_S = 6.0
_STOPPED_S = 0.25
"""Longer than the pauses between the assistant's sentences."""
_BEFORE_S = 0.7
_WATCHED_S = 1.3
_LATE_TURN_S = 0.8


async def main() -> None:
    """Serve requests until the input ends."""
    heard: list[dict[str, Any]] = []
    where = json.loads(sys.stdin.readline())
    caller = await Caller(heard.append).join(where["url"], where["token"])
    await asyncio.wait_for(caller.agent_there.wait(), 20)
    await caller.first_sound(20)
    await caller.quiet(_FINISHED_S, 30)
    tell({"ready": True})
    while line := await asyncio.to_thread(sys.stdin.readline):
        wanted = json.loads(line)
        heard.clear()
        caller.recorded.clear()
        if "say" in wanted:
            tell(await ask(caller, wanted["say"], heard))
        else:
            tell(await interrupt(caller, wanted["over"], wanted["sounds"], heard))
    await caller.leave()


async def ask(caller: Caller, sound: str, heard: list[dict[str, Any]]) -> dict[str, Any]:
    """One turn. `early`: the assistant spoke before the caller had finished, so the turn was cut."""
    caller.listen_anew()
    ended = await caller.say(np.load(sound))
    early = bool(caller.first_heard_at and caller.first_heard_at < ended)
    try:
        first: float | None = await caller.first_sound(_PATIENCE_S)
    except TimeoutError:
        first = None
    await caller.quiet(_FINISHED_S, 30)
    return {"ms": None if first is None else round((first - ended) * 1000), "early": early, "turns": turns(heard)}


async def interrupt(caller: Caller, over: str, sounds: list[str], heard: list[dict[str, Any]]) -> dict[str, Any]:
    """Sounds into a long answer: when, if at all, it fell silent for each, and whether it went on; what became turns.

    `silent_ms`: from the first sample of the sound to the last audible frame of the assistant.
    """
    caller.listen_anew()
    await caller.say(np.load(over))
    await caller.first_sound(_PATIENCE_S)
    taken: list[dict[str, Any]] = []
    for sound in sounds:
        await asyncio.sleep(_BEFORE_S)
        heard.clear()
        taken.append(await _sound(caller, np.load(sound)))
    await asyncio.sleep(_LATE_TURN_S)
    await caller.quiet(_FINISHED_S, 30)
    return {"taken": taken, "turns": turns(heard)}


async def _sound(caller: Caller, sound: Any) -> dict[str, Any]:  # noqa: ANN401
    begun = last = caller.start_saying(sound)
    stopped = went_on = False
    frames = len(caller.recorded)
    while (now := time.monotonic()) - begun < _WATCHED_S:
        for frame in caller.recorded[frames:]:
            loud = rms(frame) > AUDIBLE_RMS
            went_on = went_on or (stopped and loud)
            last = now if loud and not stopped else last
        frames = len(caller.recorded)
        stopped = stopped or now - last > _STOPPED_S
        await asyncio.sleep(0.005)
    return {"silent_ms": round((last - begun) * 1000) if stopped else None, "went_on": went_on or not stopped}


def turns(heard: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the assistant says that it heard."""
    said = [message["payload"] for message in heard if message.get("type") == "turn"]
    return [{key: turn[key] for key in ("turn_id", "text", "intent", "by")} for turn in said]


def tell(result: dict[str, Any]) -> None:
    """Answer a request."""
    print(json.dumps(result), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
