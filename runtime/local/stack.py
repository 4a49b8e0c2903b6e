"""A set of servers for a test session or a benchmark: started, broken and stopped from synchronous code."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from runtime.local.catalogue import names_of
from runtime.local.crew import Crew
from runtime.local.site import make_site

Result = TypeVar("Result")
UNCOUNTED = {"COUNTERSIGN_RATE_ANONYMOUS": "100000/1m"}
"""All of a test session's strangers have one address."""


class StackError(Exception):
    """A service did not come up; the text names it and what it said."""


class Stack:
    """Servers in a state directory of their own, on free ports. `services` may contain `infra`; none is everything."""

    def __init__(
        self,
        state_dir: Path,
        services: list[str] | None = None,
        *,
        supervise: bool = True,
        given: Mapping[str, str] | None = None,
    ) -> None:
        self.site = make_site(state_dir, UNCOUNTED | dict(given or {}), usual_ports=False)
        self.env: dict[str, str] = self.site.settings()
        self._names = names_of(services or [])
        self._loop = asyncio.new_event_loop()
        # children get a signal when the thread that started them ends, so one thread starts them all
        self._thread = threading.Thread(target=self._loop.run_forever, name="stack", daemon=True)
        self._thread.start()
        self._crew = Crew(self.site, supervise=supervise)
        self._call(self._crew.guard())

    def start(self, names: list[str] | None = None) -> None:
        """Bring up these services, or all of the set, and wait until they serve. Raises StackError."""
        self._call(self._start(names_of(names) if names else self._names))

    def stop(self) -> None:
        """Stop everything; the set cannot be started again."""
        if self._thread.is_alive():
            self._call(self._crew.stop())
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()
            self.site.claims.release()

    def kill(self, name: str) -> None:
        """SIGKILL the service's process; a supervised one comes back by itself."""
        self._crew.units[name].kill()

    def restart(self, name: str) -> None:
        """Stop a service, dead or alive, start it and wait until it serves. Raises StackError."""
        self._call(self._restart(name))

    def wait(self, name: str) -> None:
        """Wait until a service that is coming back serves. Raises StackError."""
        self._call(self._settled())
        self._require([name])

    def pid(self, name: str) -> int:
        """The service's process, or 0."""
        return self._crew.units[name].pid

    def serves(self, name: str) -> bool:
        """Whether the service is up and has answered since it was last started."""
        unit = self._crew.units[name]
        return bool(unit.pid) and unit.ready.is_set()

    def __enter__(self) -> Self:
        """Start it."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop it."""
        self.stop()

    def _call(self, work: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _start(self, names: list[str]) -> None:
        self._crew.want(names)
        await self._settled()
        self._require(names)

    async def _restart(self, name: str) -> None:
        unit = self._crew.units[name]
        await unit.halt()
        unit.begin()
        await self._settled()
        self._require([name])

    async def _settled(self) -> None:
        await self._crew.settle()

    def _require(self, names: list[str]) -> None:
        reports = {name: self._crew.units[name].report() for name in names}
        bad = {name: report.error or report.state for name, report in reports.items() if report.state != "ready"}
        if bad:
            raise StackError("; ".join(f"{name}: {reason}" for name, reason in bad.items()))
