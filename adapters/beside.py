"""What runs beside a process's own work as long as it does."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import structlog

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

_AGAIN_S: Final = 5.0
_log = structlog.get_logger(__name__)


async def kept_going(work: Callable[[], Awaitable[None]], name: str, again_s: float = _AGAIN_S) -> None:
    """Until cancelled. A loop survives the loss of its servers by itself; whatever else ends it, it is begun anew."""
    while True:
        try:
            await work()
        except Exception:  # noqa: BLE001 - one event that nobody thought of must not silence all that come after
            _log.exception("a loop failed", loop=name)
        await asyncio.sleep(again_s)


def beside(work: Callable[[], Awaitable[None]], name: str) -> asyncio.Task[None]:
    """`kept_going` as a task, to be cancelled when the process ends."""
    return asyncio.create_task(kept_going(work, name), name=name)
