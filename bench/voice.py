"""End of speech to first audible reply, through a real room with the workflow in the loop; barge-in; wrong cuts; noise.

    countersign up && python bench/voice.py [--turns 42] [--peer]

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
from dataclasses import dataclass, field
from itertools import cycle, pairwise
from pathlib import Path
from typing import Any

import httpx
from report import console, percentile, table
from voice_sounds import BARGES, COMPLETE, NOISES, OPEN, PAUSED, Booth

from runtime.local.layout import Layout, state_dir
from runtime.local.site import load_site
from runtime.settings import settings
from voice_worker.stopwatch import STAGES

HERE = Path(__file__).parent
_PAUSES_MS = (400, 700, 1200)
_NOISES_AN_ANSWER = 3
_ROBOTS_TURNS = 10
_PEERS_TURNS = 15
_LOGINS = 1000
_TURNS_BESIDE_LOGINS = 16


class Line:
    """A caller's process in a room of its own."""

    def __init__(self, agent: str = "") -> None:
        url, token = ticket(agent)
        self._process = subprocess.Popen(
            [sys.executable, str(HERE / "voice_caller.py")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        # not on the command line, which everybody may read
        self.ask(url=url, token=token)

    def ask(self, **wanted: str | list[str]) -> dict[str, Any]:
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
        from voice_peer import peer_ticket  # noqa: PLC0415 - it loads models

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


@dataclass
class Latencies:
    """What one agent's turns took, in ms at the caller."""

    complete: list[int] = field(default_factory=list[int])
    everything: list[int] = field(default_factory=list[int])
    by_turn: dict[str, int] = field(default_factory=dict[str, int])
    agreed: int = 0
    unanswered: int = 0
    split: int = 0


def latency(line: Line, booth: Booth, voices: tuple[str, ...], turns: int) -> Latencies:
    """End of speech to first audible reply, the first turn (cold) left out."""
    chosen = [(text, voice) for text in (*COMPLETE, *OPEN) for voice in voices]
    random.Random(1).shuffle(chosen)  # noqa: S311
    line.ask(say=booth.file(COMPLETE[0], booth.voices[0]))
    found = Latencies()
    for text, voice in chosen[:turns]:
        result = line.ask(say=booth.file(text, voice))
        if result["ms"] is None:
            found.unanswered += 1
            continue
        found.split += result["early"] or len(result["turns"]) > 1
        found.agreed += any(turn["by"] == "ears" for turn in result["turns"])
        found.everything.append(result["ms"])
        found.by_turn |= {turn["turn_id"]: result["ms"] for turn in result["turns"][:1]}
        if text in COMPLETE:
            found.complete.append(result["ms"])
    return found


def spread(values: list[int]) -> tuple[object, ...]:
    """Count, median, p95 and maximum."""
    if not values:
        return 0, "-", "-", "-"
    return len(values), round(statistics.median(values)), percentile(values, 0.95), max(values)


def show_latencies(found: dict[str, Latencies]) -> None:
    """Every agent beside the others."""
    rows = [
        (f"{name}, {kind}", *spread(values), each.agreed, each.split, each.unanswered)
        for name, each in found.items()
        for kind, values in (("complete commands", each.complete), ("everything", each.everything))
    ]
    columns = ("end of speech to first audible reply", "n", "median", "p95", "max", "agreed", "cut", "unanswered")
    table("Latency, ms at the caller", columns, rows)


def show_stages(found: Latencies) -> None:
    """Where the time goes: medians of each stage of the turns above, from the worker's log."""
    log = Layout(state_dir()).logs / "voice_worker.log"
    lines = [json.loads(line) for line in log.read_text(errors="replace").splitlines() if '"turn_timed"' in line]
    timed = [line for line in lines if line.get("turn_id") in found.by_turn]
    names = [f"{stage}_ms" for stage in STAGES]
    rows: list[tuple[object, ...]] = []
    for before, name in pairwise(["", *names]):
        at = [line[name] for line in timed if name in line]
        step = [line[name] - line.get(before, 0) for line in timed if name in line]
        if at:
            rows.append((name.removesuffix("_ms"), round(statistics.median(at)), percentile(at, 0.95), *_step(step)))
    legs = [found.by_turn[line["turn_id"]] - line["sounding_ms"] for line in timed]
    if legs:
        rows.append(("both ways through the room", "", "", *_step(legs)))
    columns = ("since the last voiced sound", "median", "p95", "step", "step p95")
    table(f"Where the time goes, ms, {len(timed)} turns", columns, rows)


def _step(values: list[int]) -> tuple[int, float]:
    return round(statistics.median(values)), percentile(values, 0.95)


def wrong_cuts(line: Line, booth: Booth) -> None:
    """Turns that ended in a speaker's pause."""
    rows: list[tuple[object, ...]] = []
    for ms in _PAUSES_MS:
        cases = list(zip(PAUSED * 2, cycle(booth.voices), strict=False))
        results = [line.ask(say=booth.paused(parts, voice, ms)) for parts, voice in cases]
        rows.append((f"{ms} ms", len(cases), sum(each["early"] or len(each["turns"]) > 1 for each in results)))
    table("Phrases with a pause", ("pause", "phrases", "cut"), rows)


def barge_in(line: Line, booth: Booth) -> None:
    """How soon the assistant falls silent, and whether what was said is then answered."""
    long_answer = booth.file("show me my last five transactions", booth.voices[0])
    silent: list[int] = []
    rows: list[tuple[object, ...]] = []
    for text in BARGES:
        results = [line.ask(over=long_answer, sounds=[booth.file(text, voice)]) for voice in booth.voices]
        found = [each["taken"][0]["silent_ms"] for each in results]
        stopped = [ms for ms in found if ms is not None]
        silent += stopped
        rows.append((f"“{text}”", *spread(stopped), len(results), sum(bool(each["turns"]) for each in results)))
    rows.append(("all", *spread(silent), "", ""))
    columns = ("speech into an answer", "silenced", "median", "p95", "max", "of", "answered")
    table("Barge-in, ms from the first sample of speech to the last of the answer", columns, rows)


def noise(line: Line, booth: Booth) -> None:
    """Noises must not silence the assistant for good."""
    long_answer = booth.file("show me my last five transactions", booth.voices[0])
    rows: list[tuple[object, ...]] = []
    for name, made in NOISES.items():
        sounds = [booth.noise(name, made)] * _NOISES_AN_ANSWER
        taken = [each for _ in range(2) for each in line.ask(over=long_answer, sounds=sounds)["taken"]]
        rows.append((name, len(taken), sum(not each["went_on"] for each in taken)))
    table("Noise into an answer", ("noise", "times", "stopped for good"), rows)


def beside_logins(line: Line, booth: Booth) -> None:
    """The same turns without and with sign-ins at the rate that the bank must bear."""
    quiet = latency(line, booth, booth.voices, _TURNS_BESIDE_LOGINS).everything
    pouring = subprocess.Popen(
        [sys.executable, str(HERE / "logins.py"), str(_LOGINS)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    busy = latency(line, booth, booth.voices, _TURNS_BESIDE_LOGINS).everything
    poured = json.loads(pouring.communicate()[0])
    rows = [("alone", *spread(quiet)), (f"beside {_LOGINS} sign-ins a minute", *spread(busy))]
    table("End of speech to first audible reply, ms", ("", "n", "median", "p95", "max"), rows)
    rate = 60 * poured["logins"] / poured["seconds"]
    given = (rate, poured["refused"], poured["p95_ms"], statistics.median(busy) / statistics.median(quiet))
    columns = ("sign-ins a minute, meanwhile", "refused", "p95, ms", "voice's median, ratio")
    table("Sign-ins", ("", *columns), [("argon2", *(f"{each:.2f}" for each in given))])


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=42)
    parser.add_argument("--peer", action="store_true", help="also the library's defaults, in the same run")
    parser.add_argument("--only", choices=["latency", "cuts", "barge", "noise", "logins"], default="")
    chosen = parser.parse_args()
    for name, value in load_site(Layout(state_dir())).settings_of("bench").items():
        os.environ.setdefault(name, value)
    with tempfile.TemporaryDirectory() as folder:
        booth = Booth(Path(folder))
        voices = ", ".join((*booth.voices, *booth.robots))
        console.print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores, voices {voices}")
        line = Line()
        if chosen.only in ("", "latency"):
            _latencies(line, booth, chosen.turns, peer=chosen.peer)
        for name, part in (("cuts", wrong_cuts), ("barge", barge_in), ("noise", noise), ("logins", beside_logins)):
            if chosen.only in ("", name):
                part(line, booth)
        line.close()
        console.print(f"load {os.getloadavg()[0]:.1f}")


def _latencies(line: Line, booth: Booth, turns: int, *, peer: bool) -> None:
    found = {
        "Countersign": latency(line, booth, booth.voices, turns),
        "the same, robots' voices": latency(line, booth, booth.robots, _ROBOTS_TURNS),
    }
    if peer:
        from voice_peer import serving_peer  # noqa: PLC0415 - it loads models

        with serving_peer() as agent:
            other = Line(agent)
            found["livekit-agents' defaults"] = latency(other, booth, booth.voices, min(turns, _PEERS_TURNS))
            other.close()
    show_latencies(found)
    show_stages(found["Countersign"])


if __name__ == "__main__":
    main()
