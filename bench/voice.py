"""End of speech to first audible reply, through a real room with the workflow in the loop; barge-in; wrong cuts; noise.

    countersign up && python bench/voice.py [--turns 45] [--peer]

Needs the servers of `countersign up`. The caller is a process of its own. With `--peer` the library's defaults
(its own VAD, endpointing, turn detector and output, with the same recogniser and voice) answer in the same run.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import httpx
from voice_sounds import BARGES, COMPLETE, NOISES, OPEN, PAUSED, Booth

from runtime.local.layout import Layout, state_dir
from runtime.local.site import load_site
from runtime.settings import settings

HERE = Path(__file__).parent


class Line:
    """A caller's process in a room of its own."""

    def __init__(self, agent: str = "") -> None:
        url, token = ticket(agent)
        self._process = subprocess.Popen(
            [sys.executable, str(HERE / "voice_caller.py"), url, token],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._read()

    def ask(self, **wanted: str) -> dict[str, Any]:
        """One request to the caller's process."""
        assert self._process.stdin is not None  # noqa: S101
        self._process.stdin.write(json.dumps(wanted) + "\n")
        self._process.stdin.flush()
        return self._read()

    def close(self) -> None:
        """Hang up."""
        assert self._process.stdin is not None  # noqa: S101
        self._process.stdin.close()
        self._process.wait(timeout=15)

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None  # noqa: S101
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the caller's process ended")
        return json.loads(line)


def ticket(agent: str) -> tuple[str, str]:
    """Address and token of a new room; of one with the peer's agent where `agent` names it."""
    if agent:
        from voice_peer import peer_ticket  # noqa: PLC0415

        return peer_ticket(agent)
    with httpx.Client(base_url=settings().api_url, timeout=10) as api:
        credentials = {"username": "maya", "password": settings().demo_password}
        token = api.post("/api/login", json=credentials).raise_for_status().json()["access_token"]
        details = api.post(
            "/api/connection-details",
            json={"agent_name": settings().voice_agent_name},
            headers={"Authorization": f"Bearer {token}"},
        )
        found = details.raise_for_status().json()
    return found["serverUrl"], found["participantToken"]


def spread(values: list[int]) -> str:
    """Count, median, p95 and maximum."""
    if not values:
        return "-"
    ordered = sorted(values)
    p95 = ordered[min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))]
    return f"n {len(ordered):3d}   median {statistics.median(ordered):5.0f}   p95 {p95:5d}   max {ordered[-1]:5d} ms"


def latency(line: Line, booth: Booth, turns: int) -> None:
    """End of speech to first audible reply."""
    chosen = [(text, voice) for text in (*COMPLETE, *OPEN) for voice in booth.voices]
    random.Random(1).shuffle(chosen)  # noqa: S311
    line.ask(say=booth.file(COMPLETE[0], booth.voices[0]))
    complete: list[int] = []
    everything: list[int] = []
    unanswered = agreed = 0
    for text, voice in chosen[:turns]:
        result = line.ask(say=booth.file(text, voice))
        if result["ms"] is None:
            unanswered += 1
            continue
        everything.append(result["ms"])
        agreed += any(turn["by"] == "ears" for turn in result["turns"])
        if text in COMPLETE:
            complete.append(result["ms"])
    print(f"  complete commands   {spread(complete)}")
    print(f"  everything          {spread(everything)}   both ears agreed {agreed}, unanswered {unanswered}")


def wrong_cuts(line: Line, booth: Booth) -> None:
    """Turns that ended in a speaker's pause."""
    for ms in (400, 700, 1200):
        cut = 0
        cases = [(parts, voice) for parts in PAUSED for voice in booth.voices]
        for parts, voice in cases:
            result = line.ask(say=booth.paused(parts, voice, ms))
            cut += result["early"] or len(result["turns"]) > 1
        print(f"  pauses of {ms:4d} ms    cut {cut} of {len(cases)}")


def barge_in(line: Line, booth: Booth) -> None:
    """How soon the assistant falls silent, and that noise does not silence it for good."""
    long_answer = booth.file("show me my last five transactions", booth.voices[0])
    silent = [
        result["silent_ms"]
        for text in BARGES
        for voice in booth.voices
        if (result := line.ask(over=long_answer, barge=booth.file(text, voice)))["silent_ms"] is not None
    ]
    print(f"  barge-in, silent    {spread(silent)}   of {len(BARGES) * len(booth.voices)}")
    for name, noise in NOISES.items():
        stops = sum(not line.ask(over=long_answer, barge=booth.noise(name, noise))["went_on"] for _ in range(5))
        print(f"  {name:<18}  stopped for good {stops} of 5")


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=45)
    parser.add_argument("--peer", action="store_true", help="also the library's defaults, in the same run")
    parser.add_argument("--only", choices=["latency", "cuts", "barge"], default="")
    chosen = parser.parse_args()
    for name, value in load_site(Layout(state_dir())).settings_of("bench").items():
        os.environ.setdefault(name, value)
    with tempfile.TemporaryDirectory() as folder:
        booth = Booth(Path(folder))
        print("Countersign: workflow in the loop, caller in its own process, loopback")
        line = Line()
        parts = {"latency": lambda: latency(line, booth, chosen.turns), "cuts": lambda: wrong_cuts(line, booth)}
        parts["barge"] = lambda: barge_in(line, booth)
        for name, part in parts.items():
            if chosen.only in ("", name):
                part()
        line.close()
        if chosen.peer:
            from voice_peer import serving_peer  # noqa: PLC0415

            print("livekit-agents' defaults, same ear and voice, answer at hand")
            with serving_peer() as agent:
                line = Line(agent)
                latency(line, booth, min(chosen.turns, 20))
                line.close()


if __name__ == "__main__":
    main()
