"""Carries the schedule out, and says what was done when."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from chaos.schedule import KILL, KILLED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from chaos.links import Links
    from chaos.schedule import Fault
    from runtime.local.stack import Stack

_BACK_S: Final = 90.0
_LOOK_S: Final = 0.1
_DOWN_AT_ONCE: Final = 2


@dataclass
class Breaking:
    """Kills processes and poisons links, one fault after another, each at its time."""

    stack: Stack
    links: Links
    say: Callable[[str], None]
    now_s: Callable[[], float]
    starving: Callable[[], bool]
    kills: Counter[str] = field(default_factory=Counter[str])
    toxics: Counter[str] = field(default_factory=Counter[str])
    late_s: float = 0.0
    _cures: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])

    async def run(self, faults: Iterator[Fault]) -> None:
        """Until cancelled; what was poisoned is then cured at once."""
        try:
            for fault in faults:
                await asyncio.sleep(max(0.0, fault.at_s + self.late_s - self.now_s()))
                await self._let_recover()
                await self._do(fault)
        finally:
            for cure in self._cures:
                cure.cancel()
            await asyncio.to_thread(self.links.cure_all)

    async def all_back(self) -> None:
        """Everything that was killed serves. Raises TimeoutError."""
        async with asyncio.timeout(_BACK_S):
            await self._at_most_down(0)

    async def _let_recover(self) -> None:
        """On a slow machine the schedule waits: a bank of which nothing is up would only show that.

        It waits as well until somebody has been served for whom there was no bank for so long.
        """
        while self.starving():  # noqa: ASYNC110 - so many customers set no event
            await asyncio.sleep(_LOOK_S)
        with suppress(TimeoutError):
            async with asyncio.timeout(_BACK_S):
                await self._at_most_down(_DOWN_AT_ONCE - 1)

    async def _at_most_down(self, most: int) -> None:
        while sum(not self.stack.serves(name) for name in KILLED) > most:  # noqa: ASYNC110 - processes set no event
            await asyncio.sleep(_LOOK_S)

    async def _do(self, fault: Fault) -> None:
        late_s = self.late_s = max(self.late_s, self.now_s() - fault.at_s)
        if fault.what != KILL:
            self.toxics[fault.what] += 1
            self.say(f"{fault} (+{late_s:.2f} s)")
            await self._poison(fault)
            return
        pid = self.stack.pid(fault.target)
        self.stack.kill(fault.target)
        self.kills[fault.target] += bool(pid)
        self.say(f"{fault} (+{late_s:.2f} s, {f'process {pid}' if pid else 'it was down already'})")

    async def _poison(self, fault: Fault) -> None:
        name = await asyncio.to_thread(self.links.poison, fault.target, fault.what, fault.grade)
        cure = asyncio.create_task(self._cure(fault, name))
        self._cures.add(cure)
        cure.add_done_callback(self._cures.discard)

    async def _cure(self, fault: Fault, name: str) -> None:
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(fault.lasts_s)
            await asyncio.to_thread(self.links.cure, fault.target, name)
