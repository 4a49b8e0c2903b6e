"""One connection to one server, in a task of its own: made when it is needed, and again after it was lost."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

import httpx2
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

from domain.errors import OutsideUnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from adapters.outside.config import ServerEntry


_CLOSING_S: Final = 5.0
"""A program beside us is given its time to end."""


class Connection:
    """Hands out the library's client, which only the task that opened it may close."""

    def __init__(self, entry: ServerEntry) -> None:
        self._entry = entry
        self._opened: asyncio.Future[Client] | None = None
        self._leave = asyncio.Event()
        self._holders: set[asyncio.Task[None]] = set()

    async def client(self) -> Client:
        """The open client. Raises OutsideUnavailableError."""
        if self._opened is None or self._opened.cancelled() or (self._opened.done() and self._opened.exception()):
            self._opened, self._leave = asyncio.get_running_loop().create_future(), asyncio.Event()
            holder = asyncio.create_task(self._hold(self._opened, self._leave), name=self._entry.name)
            self._holders.add(holder)
            holder.add_done_callback(self._holders.discard)
        return await asyncio.shield(self._opened)

    def drop(self) -> None:
        """Let it go: it closes by itself, and the next call opens another."""
        self._leave.set()
        self._opened = None

    async def close(self) -> None:
        """Let it go, and see it gone; what does not go by itself is cut off."""
        self.drop()
        if self._holders:
            _, stuck = await asyncio.wait(self._holders, timeout=_CLOSING_S)
            for task in stuck:
                task.cancel()
            await asyncio.gather(*stuck, return_exceptions=True)

    async def _hold(self, opened: asyncio.Future[Client], leave: asyncio.Event) -> None:
        try:
            async with _connected(self._entry) as client:
                opened.set_result(client)
                await leave.wait()
        except Exception as error:  # noqa: BLE001 - a library's and a stranger's: whatever it is, the server is lost
            if not opened.done():
                opened.set_exception(OutsideUnavailableError(f"{self._entry.name}: {type(error).__name__}"))
        finally:
            if not opened.done():
                opened.cancel()
            elif not opened.cancelled():
                opened.exception()  # seen: nobody may be waiting any more


@asynccontextmanager
async def _connected(entry: ServerEntry) -> AsyncGenerator[Client]:
    async with AsyncExitStack() as stack:
        server: Any
        if entry.command:
            server = StdioServerParameters(command=entry.command[0], args=list(entry.command[1:]))
        else:
            pool = httpx2.AsyncClient(headers=_headers(entry), timeout=entry.timeout_s, follow_redirects=False)
            server = streamable_http_client(entry.url, http_client=await stack.enter_async_context(pool))
        async with Client(server, mode="auto", read_timeout_seconds=entry.timeout_s, cache=None) as client:
            yield client


def _headers(entry: ServerEntry) -> dict[str, str]:
    if entry.token_file is None:
        return {}
    return {"Authorization": f"Bearer {entry.token_file.read_text().strip()}"}
