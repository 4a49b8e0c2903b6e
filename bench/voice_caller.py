"""The bench's caller, a process of its own: requests as JSON lines on standard input, results on standard output.

`{"say": "file.npy"}` speaks and answers `{"first": ms, "fell_silent": ms}` after the end of speech and of quiet;
`{"barge": "file.npy", "over": "file.npy"}` speaks into the assistant's answer and says how it took that.
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

_FINISHED_S = 0.7
_PATIENCE_S = 8.0
_STOPPED_S = 0.12
_BEFORE_S = 0.7
_AFTER_S = 1.6


async def main(url: str, token: str) -> None:
    """Serve requests until the input ends."""
    heard: list[dict[str, Any]] = []
    caller = await Caller(heard.append).join(url, token)
    await asyncio.wait_for(caller.agent_there.wait(), 20)
    await caller.first_sound(20)
    await caller.quiet(_FINISHED_S, 30)
    tell({"ready": True})
    while line := await asyncio.to_thread(sys.stdin.readline):
        wanted = json.loads(line)
        heard.clear()
        if "say" in wanted:
            tell(await ask(caller, wanted["say"], heard))
        else:
            tell(await barge(caller, wanted["over"], wanted["barge"]))
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
    turns = [message["payload"] for message in heard if message.get("type") == "turn"]
    return {
        "ms": None if first is None else round((first - ended) * 1000),
        "early": early,
        "turns": [{key: turn[key] for key in ("text", "intent", "by")} for turn in turns],
    }


async def barge(caller: Caller, over: str, sound: str) -> dict[str, Any]:
    """Speak into a long answer. `silent_ms`: from the first sample of speech to the assistant's last; null if none."""
    caller.listen_anew()
    await caller.say(np.load(over))
    await caller.first_sound(_PATIENCE_S)
    await asyncio.sleep(_BEFORE_S)
    begun = caller.start_saying(np.load(sound))
    last = begun
    resumed = False
    frames = len(caller.recorded)
    stopped = False
    while time.monotonic() - begun < _AFTER_S:
        await asyncio.sleep(0.01)
        for frame in caller.recorded[frames:]:
            loud = rms(frame) > AUDIBLE_RMS
            resumed = resumed or (stopped and loud)
            if loud and not stopped:
                last = time.monotonic()
        frames = len(caller.recorded)
        stopped = stopped or time.monotonic() - last > _STOPPED_S
    await caller.quiet(_FINISHED_S, 30)
    return {"silent_ms": round((last - begun) * 1000) if stopped else None, "went_on": resumed or not stopped}


def tell(result: dict[str, Any]) -> None:
    """Answer a request."""
    print(json.dumps(result), flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
