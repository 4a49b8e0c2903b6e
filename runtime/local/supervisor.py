"""The process behind `countersign up`: keeps the wanted services running until it is told to stop."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import signal
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from runtime.local.crew import Crew
from runtime.local.layout import Layout, write_private
from runtime.local.site import given_in, make_site

WRITE_S = 0.05


class Supervisor:
    """Obeys `wanted.json` on SIGHUP, stops on SIGTERM and SIGINT, writes `state.json` when something changes."""

    def __init__(self, root: Path) -> None:
        self._site = make_site(root, given_in(os.environ))
        self._layout = self._site.layout
        self._crew = Crew(self._site, supervise=True)
        self._stopping = asyncio.Event()
        self._asked = asyncio.Event()
        self._request = ""
        self._began = time.time()
        self._written: dict[str, Any] = {}

    async def run(self) -> None:
        """Until it is told to stop."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stopping.set)
        loop.add_signal_handler(signal.SIGHUP, self._asked.set)
        await self._crew.guard()
        self._asked.set()
        while not self._stopping.is_set():
            if self._asked.is_set():
                self._asked.clear()
                await self._obey()
            self._write()
            await asyncio.sleep(WRITE_S)
        await self._crew.stop()
        self._layout.state.unlink(missing_ok=True)

    async def _obey(self) -> None:
        wanted = json.loads(self._layout.wanted.read_text())
        await self._crew.repair()
        self._crew.want(wanted["names"])
        self._request = wanted["request"]

    def _write(self) -> None:
        state = {
            "supervisor": os.getpid(),
            "request": self._request,
            "began": self._began,
            "services": {name: asdict(report) for name, report in self._crew.reports().items()},
        }
        if state != self._written:
            self._written = state
            write_private(self._layout.state, json.dumps(state, indent=1))


def hold(layout: Layout) -> int | None:
    """Take the lock that says who supervises; the open file, or None where somebody else has it."""
    handle = os.open(layout.lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    os.ftruncate(handle, 0)
    os.write(handle, str(os.getpid()).encode())
    return handle


def main() -> None:
    """The state directory is the only argument."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # until the loop listens, which then reads what is wanted anyway
    root = Path(sys.argv[1])
    layout = Layout(root)
    layout.make()
    if hold(layout) is not None:
        asyncio.run(Supervisor(root).run())


if __name__ == "__main__":
    main()
