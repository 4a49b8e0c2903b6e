"""Memory of every process, and of one more call. Proportional set size: shared pages are counted once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import psutil

from bench.report import table
from bench.startup import ROOT, countersign
from runtime.settings import Settings

_OURS: Final = ("temporal_worker", "mcp", "api", "voice_worker")
_MIB: Final = 1024 * 1024
_CALL: Final = ("say:what is my checking balance", "say:show me my last three transactions", "say:help")


def run(_chosen: Settings) -> None:
    """Print the tables."""
    pids = {name: service["pid"] for name, service in json.loads(countersign("status", "--json"))["services"].items()}
    with_call, with_two = _calls(pids["voice_worker"])
    rows: list[list[object]] = []
    ours = 0.0
    for name, pid in pids.items():
        if name in {"temporal_ui", "web"} or not pid:
            continue
        used = _mib(pid)
        ours += used if name in _OURS else 0
        rows.append([name, used])
    rows.append(["ours together", ours])
    table("Memory by process, MiB (goal: ours ≤ 1536)", ["process", "MiB"], rows)
    table(
        "One more call on the running voice worker, MiB",
        ["", "one call", "two calls", "more", "goal"],
        [["voice worker", with_call, with_two, with_two - with_call, "≤ 40"]],
    )


def _calls(pid: int) -> tuple[float, float]:
    """Memory while one call is on, and while a second one is beside it. One call went before, so models are warm."""
    _finished(_call("maya"))
    one = _call("maya")
    alone = _peak(pid, [one])
    first, second = _call("maya"), _call("omar")
    both = _peak(pid, [first, second])
    return alone, both


def _call(user: str) -> subprocess.Popen[bytes]:
    command = [str(Path(sys.executable).parent / "countersign"), "call", user, *_CALL]
    return subprocess.Popen(command, cwd=ROOT, env=os.environ, stdout=subprocess.DEVNULL)


def _finished(call: subprocess.Popen[bytes]) -> None:
    if call.wait(timeout=120):
        raise RuntimeError("a call failed")


def _peak(pid: int, calls: list[subprocess.Popen[bytes]]) -> float:
    most = 0.0
    while any(call.poll() is None for call in calls):
        most = max(most, _mib(pid))
        time.sleep(0.5)
    for call in calls:
        _finished(call)
    return most


def _mib(pid: int) -> float:
    """Of a process and all below it."""
    process = psutil.Process(pid)
    return sum(one.memory_full_info().pss for one in [process, *process.children(recursive=True)]) / _MIB
