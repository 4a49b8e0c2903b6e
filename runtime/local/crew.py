"""All units of one set, in one event loop."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import suppress
from uuid import uuid4

from runtime.local.catalogue import INFRA, catalogue
from runtime.local.layout import PROJECT
from runtime.local.site import Site
from runtime.local.unit import Report, Unit

LOOK_S = 0.02


class Crew:
    """Starts what is wanted in the order of needs, as much at once as can be."""

    def __init__(self, site: Site, *, supervise: bool) -> None:
        self.site = site
        self.units: dict[str, Unit] = {}
        self._supervise = supervise
        self._run_id = uuid4().hex
        self._guardian: asyncio.subprocess.Process | None = None

    def want(self, names: list[str]) -> None:
        """Add services, and begin to bring them up. A need outside the set is taken to be there."""
        services = catalogue()
        for name in names:
            if name not in self.units:
                self.units[name] = Unit(services[name], self.site, self._run_id, supervise=self._supervise)
        for unit in self.units.values():
            unit.needs = [self.units[need] for need in unit.service.needs if need in self.units]
        for name in names:
            self.units[name].begin()

    async def guard(self) -> None:
        """Start the process that ends ours should we be killed: it waits for the end of its standard input."""
        self._guardian = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "runtime.local.guardian", self._run_id),
            stdin=asyncio.subprocess.PIPE,
            cwd=PROJECT,
            start_new_session=True,
        )

    async def settle(self) -> list[str]:
        """Wait until there is nothing to wait for; the names of those that did not come up."""
        while not all(unit.settled for unit in self.units.values()):  # noqa: ASYNC110 - of many units
            await asyncio.sleep(LOOK_S)
        return [name for name, unit in self.units.items() if unit.hopeless]

    async def repair(self) -> None:
        """Start again what has failed, hangs or is older than its code."""
        await asyncio.gather(*(unit.repair() for unit in self.units.values()))

    def reports(self) -> dict[str, Report]:
        """By name."""
        return {name: unit.report() for name, unit in self.units.items()}

    async def stop(self) -> None:
        """Ours first, so that they can still say good-bye to the servers."""
        ours = [unit for name, unit in self.units.items() if name not in INFRA]
        servers = [unit for name, unit in self.units.items() if name in INFRA]
        for group in (ours, servers):
            await asyncio.gather(*(unit.halt() for unit in group))
        if self._guardian is not None:
            with suppress(ProcessLookupError):
                os.kill(self._guardian.pid, signal.SIGKILL)
            await self._guardian.wait()
            self._guardian = None
