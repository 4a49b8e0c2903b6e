"""`python -m voice_worker`: speech to turns, replies to speech."""

from __future__ import annotations

import asyncio
import ctypes
import importlib
import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from runtime.loading import loading

if TYPE_CHECKING:
    from collections.abc import Coroutine

_MALLOC: Final = {-8: 2, -3: 131_072, -1: 1_048_576}
"""glibc: two arenas; large blocks, and what is free at the top, go back to the system."""
_SWITCH_S: Final = 0.001


def _tune() -> None:
    """Every thread of a native library would keep a heap of its own; every busy one would keep a call waiting 5 ms."""
    sys.setswitchinterval(_SWITCH_S)
    if sys.platform == "linux":
        library = ctypes.CDLL(None)
        for parameter, value in _MALLOC.items():
            library.mallopt(parameter, value)


async def _until_told(serve: Coroutine[Any, Any, None]) -> None:
    serving = asyncio.ensure_future(serve)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, serving.cancel)
    with suppress(asyncio.CancelledError):
        await serving


def main() -> None:
    """Serve calls until told to stop."""
    _tune()
    with loading():
        from runtime import telemetry
        from runtime.settings import settings
        from voice_worker.compose import words
        from voice_worker.server import serve

        telemetry.setup("voice_worker")
        # httpx would load it on first use, in the middle of somebody's call
        importlib.import_module("anyio._backends._asyncio")
        chosen = settings()
    asyncio.run(_until_told(serve(chosen, words(chosen))))


if __name__ == "__main__":
    main()
