"""One service under watch: brought up after what it needs, started again when it dies."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from runtime.local import child
from runtime.local.find import MissingProgramError
from runtime.local.service import PreparationError, Service
from runtime.local.site import Site

FIRST_DELAY_S = 0.2
LONGEST_DELAY_S = 10.0
STEADY_S = 10.0
LOOK_S = 0.03
TRIES_BEFORE_FAILED = 3

State = Literal["waiting", "starting", "ready", "failed", "stopped"]


@dataclass(frozen=True, slots=True)
class Report:
    """What is known of one service; times in milliseconds."""

    state: State
    pid: int
    url: str
    version: str
    took_ms: int
    restarts: int
    error: str


class Unit:
    """A service and the process that runs it now."""

    def __init__(self, service: Service, site: Site, run_id: str, *, supervise: bool) -> None:
        self.service = service
        self.state: State = "waiting"
        self.needs: list[Unit] = []
        self.ready = asyncio.Event()
        self._site = site
        self._run_id = run_id
        self._supervise = supervise
        self._process: asyncio.subprocess.Process | None = None
        self._task: asyncio.Task[None] | None = None
        self._version = ""
        self._error = ""
        self._took_ms = 0
        self._starts = 0
        self._failures = 0
        self._fingerprint = ""

    @property
    def pid(self) -> int:
        """The running process, or 0."""
        alive = self._process is not None and self._process.returncode is None
        return self._process.pid if alive and self._process else 0

    @property
    def settled(self) -> bool:
        """Nothing more will come of waiting: it serves, it has failed, or something that it needs has."""
        return self.ready.is_set() or self.state == "failed" or any(need.hopeless for need in self.needs)

    @property
    def hopeless(self) -> bool:
        """Settled, and not ready."""
        return self.settled and not self.ready.is_set()

    def report(self) -> Report:
        """What to show."""
        url = self.service.url(self._site)
        return Report(self.state, self.pid, url, self._version, self._took_ms, max(self._starts - 1, 0), self._error)

    def begin(self) -> None:
        """Bring it up, in the background; nothing happens where it serves, has been done, or is under way."""
        if not self.ready.is_set() and (self._task is None or self._task.done()):
            self.state, self._failures = "waiting", 0
            self._task = asyncio.create_task(self._live(), name=self.service.name)

    async def repair(self) -> None:
        """Start it again where it has failed, hangs, or runs older code."""
        stale = self._fingerprint != self.service.fingerprint()
        if self.state == "ready" and not stale and (self.service.job or await self.service.healthy(self._site)):
            return
        await self.halt()
        self.begin()

    async def halt(self) -> None:
        """Stop it, and whatever it started."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        await self._end(self.service.stop_signal, self.service.grace_s)
        self.state = "stopped"

    def kill(self) -> None:
        """SIGKILL to the process alone, as a fault would."""
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)

    async def _live(self) -> None:
        for need in self.needs:
            await need.ready.wait()
        delay_s = FIRST_DELAY_S
        while True:
            came_up = await self._attempt()
            if came_up and (self.service.job or self._process is None):
                return
            since = time.monotonic()
            if came_up and self._process is not None:
                code = await self._process.wait()
                self._error = f"ended with {code}: {child.last_line(self._site, self.service.name)}"
            self._note_end(came_up=came_up)
            if not self._supervise:
                return
            delay_s = FIRST_DELAY_S if time.monotonic() - since > STEADY_S else delay_s
            await asyncio.sleep(delay_s)
            delay_s = min(delay_s * 2, LONGEST_DELAY_S)

    def _note_end(self, *, came_up: bool) -> None:
        self.ready.clear()
        self._failures = 0 if came_up else self._failures + 1
        hopeless = self._failures >= TRIES_BEFORE_FAILED or not self._supervise
        self.state = "failed" if hopeless else "waiting"

    async def _attempt(self) -> bool:
        """One start, from preparation to health. A false return has put the reason in `_error`."""
        began = time.monotonic()
        self.state = "starting"
        self._starts += 1
        self._fingerprint = self.service.fingerprint()
        try:
            await self._end(signal.SIGKILL, 0)
            if self.service.is_given(self._site):
                await self._until_healthy()
            else:
                await self._start()
        except (PreparationError, MissingProgramError, TimeoutError, OSError) as error:
            self._error = str(error) or type(error).__name__
            await self._end(signal.SIGKILL, 0)
            return False
        self._took_ms = round((time.monotonic() - began) * 1000)
        self.state, self._error = "ready", ""
        self.ready.set()
        return True

    async def _start(self) -> None:
        site, service = self._site, self.service

        async def run(command: list[str]) -> None:
            await child.run(service, command, site, self._run_id)

        await service.prepare(site, run)
        program = await asyncio.to_thread(service.program)
        self._version = program.version
        self._process = await child.spawn(service, service.command(program, site), site, self._run_id)
        if service.job:
            await self._until_done(self._process)
            return
        await self._until_healthy()

    async def _until_done(self, process: asyncio.subprocess.Process) -> None:
        async with asyncio.timeout(self.service.patience_s):
            if code := await process.wait():
                raise PreparationError(f"ended with {code}: {child.last_line(self._site, self.service.name)}")

    async def _until_healthy(self) -> None:
        try:
            async with asyncio.timeout(self.service.patience_s):
                while not await self.service.healthy(self._site):
                    self._check_alive()
                    await asyncio.sleep(LOOK_S)
        except TimeoutError as error:
            raise TimeoutError(f"did not answer within {self.service.patience_s:.0f} s") from error
        self._check_alive()

    def _check_alive(self) -> None:
        if self._process is not None and self._process.returncode is not None:
            said = child.last_line(self._site, self.service.name)
            raise PreparationError(f"ended with {self._process.returncode}: {said}")

    async def _end(self, gently: signal.Signals, grace_s: float) -> None:
        if self._process is not None:
            await child.stop(self._process, gently, grace_s)
        self._process = None
        self.ready.clear()
