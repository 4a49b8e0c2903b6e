"""An event loop in a thread of its own: what takes seconds to load, or blocks now and then, holds up nobody's call."""

from __future__ import annotations

import asyncio
import threading
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Coroutine

T = TypeVar("T")


class _End(Generic[T]):
    """Nothing more comes; or this went wrong."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


class LoopThread:
    """Runs coroutines and generators of its loop for any other. `name` is the thread's."""

    def __init__(self, name: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    async def call(self, work: Coroutine[Any, Any, T]) -> T:
        """The result, from any loop; whoever stops waiting cancels the work."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    async def iterate(self, work: AsyncGenerator[T]) -> AsyncGenerator[T]:
        """What the generator yields, as it comes; whoever stops listening closes it."""
        here, parts = asyncio.get_running_loop(), asyncio.Queue[T | _End[T]]()

        def put(part: T | _End[T]) -> None:
            with suppress(RuntimeError):  # the listener's loop has ended
                here.call_soon_threadsafe(parts.put_nowait, part)

        async def pump() -> None:
            try:
                async with aclosing(work):
                    async for part in work:
                        put(part)
                put(_End())
            except Exception as error:  # noqa: BLE001 - whoever listens must be told, whatever it was
                put(_End(error))

        pumping = asyncio.run_coroutine_threadsafe(pump(), self._loop)
        try:
            while not isinstance(part := await parts.get(), _End):
                yield part
            if part.error is not None:
                raise part.error
        finally:
            pumping.cancel()

    def close(self) -> None:
        """Cancel what runs and end the thread. Blocks while something loads."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
        for task in (left := asyncio.all_tasks(self._loop)):
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()
