"""What a command line does to a supervisor: start it, ask it, read what it knows, stop it."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from uuid import uuid4

from runtime.local import launch, sweep
from runtime.local.layout import PROJECT, Layout, write_private

LOOK_S = 0.05
STOP_S = 40.0
State = dict[str, Any]


def supervisor_pid(layout: Layout) -> int:
    """The running supervisor, or 0: the lock knows, whatever an old file says."""
    if not layout.lock.exists():
        return 0
    with layout.lock.open("r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return int(file.read() or 0)
    return 0


def read_state(layout: Layout) -> State:
    """What the running supervisor last wrote; empty where none runs."""
    if not supervisor_pid(layout):
        return {}
    with suppress(FileNotFoundError):
        return json.loads(layout.state.read_text())
    return {}


def ask(layout: Layout, names: list[str]) -> None:
    """Say what is wanted, in addition to what already runs."""
    layout.make()
    running: list[str] = json.loads(layout.wanted.read_text())["names"] if supervisor_pid(layout) else []
    everything = running + [name for name in names if name not in running]
    write_private(layout.wanted, json.dumps({"names": everything, "request": uuid4().hex}))


def start(layout: Layout, *, attached: bool) -> subprocess.Popen[bytes] | None:
    """Start a supervisor, or wake the one that runs. An attached one ends with this process."""
    if pid := supervisor_pid(layout):
        os.kill(pid, signal.SIGHUP)
        return None
    command = [sys.executable, "-m", "runtime.local.supervisor", str(layout.root)]
    if attached:
        tie = [sys.executable, "-I", "-S", launch.__file__, str(os.getpid()), str(int(signal.SIGTERM)), "keep"]
        command = tie + command
    with (layout.logs / "supervisor.log").open("ab") as log:
        return subprocess.Popen(  # noqa: S603 - our own module
            command, cwd=PROJECT, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )


def follow(layout: Layout, process: subprocess.Popen[bytes] | None) -> Iterator[State]:
    """States until the last request is settled. Raises RuntimeError where the supervisor ended."""
    while True:
        state = read_state(layout)
        if state:
            yield state
        last = json.loads(layout.wanted.read_text())["request"]
        if state.get("request") == last and is_settled(state):
            return
        ended = process.poll() is not None if process else not supervisor_pid(layout)
        if ended and not supervisor_pid(layout):
            raise RuntimeError(f"the supervisor ended; see {layout.logs / 'supervisor.log'}")
        time.sleep(LOOK_S)


def is_settled(state: State) -> bool:
    """Every service serves, has failed, or waits for one that has."""
    states = [report["state"] for report in state["services"].values()]
    busy = "starting" in states or ("waiting" in states and "failed" not in states)
    return not busy


def stop(layout: Layout) -> int:
    """Stop the supervisor and whatever else belongs to this state directory; how many processes there were."""
    there = len(sweep.of_stack(layout.root))
    if pid := supervisor_pid(layout):
        os.kill(pid, signal.SIGTERM)
        until = time.monotonic() + STOP_S
        while supervisor_pid(layout) == pid:
            if time.monotonic() > until:
                os.kill(pid, signal.SIGKILL)
            time.sleep(LOOK_S)
    asyncio.run(sweep.end(sweep.of_stack(layout.root), grace_s=5))
    layout.state.unlink(missing_ok=True)
    return there


def stale(layout: Layout) -> list[int]:
    """Processes of this state directory that nobody supervises."""
    return [] if supervisor_pid(layout) else list(sweep.pids(sweep.of_stack(layout.root)))


def kill(layout: Layout, name: str) -> int:
    """SIGKILL a service's process, as a fault would, and return its id, or 0. The supervisor restarts it."""
    pid = int(read_state(layout).get("services", {}).get(name, {}).get("pid", 0))
    if pid:
        os.kill(pid, signal.SIGKILL)
    return pid


def wait_ready(layout: Layout, name: str, but_not: int, patience_s: float = 60) -> int:
    """Wait until a service serves in another process than `but_not`; its id. Raises TimeoutError."""
    until = time.monotonic() + patience_s
    while time.monotonic() < until:
        report = read_state(layout).get("services", {}).get(name, {})
        if report.get("state") == "ready" and report["pid"] != but_not:
            return int(report["pid"])
        time.sleep(LOOK_S)
    raise TimeoutError(f"{name} did not come back within {patience_s:.0f} s")
