"""One other server: its tools, its health, and a breaker, so that waiting for a dead one ends after three times."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import structlog
from mcp import MCPError

from adapters.outside.connection import Connection
from domain.errors import OutsideFailedError, OutsideUnavailableError, UnavailableError

if TYPE_CHECKING:
    from mcp import Client
    from mcp_types import CallToolResult

    from adapters.breakers import Breakers
    from adapters.outside.config import ServerEntry

_log = structlog.get_logger(__name__)
_PAGES: Final = 20


@dataclass(frozen=True, slots=True)
class Health:
    """How a server was found last. `state`: up, down or resting (its breaker is open); `found_ms`: its discovery."""

    name: str
    state: str
    tools: tuple[str, ...] = ()
    found_ms: int = 0
    why: str = ""


class OutsideServer:
    """Calls tools of one server. Whatever it does, the time is bounded and nobody else is touched."""

    def __init__(self, entry: ServerEntry, breakers: Breakers) -> None:
        self._entry = entry
        self._breakers = breakers
        self._connection = Connection(entry)
        self.health = Health(entry.name, "down", why="not asked yet")

    async def discover(self) -> Health:
        """Connect and list its tools, within its time. Never raises; how it went is in `health`."""
        begun = time.monotonic()
        try:
            async with asyncio.timeout(self._entry.discovery_s):
                offered = await _offered(await self._connection.client())
        except (OutsideUnavailableError, MCPError, TimeoutError) as error:
            self._connection.drop()
            self.health = Health(self._entry.name, "down", why=_why(error))
        else:
            self.health = Health(self._entry.name, "up", offered, round((time.monotonic() - begun) * 1000))
        _log.info("outside_discovered", server=self._entry.name, state=self.health.state)
        return self.health

    async def call(self, tool: str, arguments: dict[str, Any]) -> CallToolResult:
        """The tool's result. Raises OutsideUnavailableError; OutsideFailedError where it is not offered, or refuses."""
        try:
            async with self._breakers.guard(self._entry.name):
                result = await self._answered(tool, arguments)
        except UnavailableError as error:
            self.health = Health(self._entry.name, "resting", self.health.tools, why="three failures")
            raise OutsideUnavailableError(f"{self._entry.name} rests") from error
        if result.is_error:
            raise OutsideFailedError(f"{self._entry.name}.{tool} refused")
        return result

    async def close(self) -> None:
        """Close the connection."""
        await self._connection.close()

    async def _answered(self, tool: str, arguments: dict[str, Any]) -> CallToolResult:
        try:
            async with asyncio.timeout(self._entry.timeout_s):
                if self.health.state != "up":
                    await self._found()
                if tool not in self.health.tools:
                    raise OutsideFailedError(f"{self._entry.name} offers no {tool}")
                return await (await self._connection.client()).call_tool(tool, arguments)
        except (MCPError, TimeoutError) as error:
            self._lost(error)
            raise OutsideUnavailableError(f"{self._entry.name}: {_why(error)}") from error

    async def _found(self) -> None:
        if (await self.discover()).state != "up":
            raise OutsideUnavailableError(f"{self._entry.name}: {self.health.why}")

    def _lost(self, error: Exception) -> None:
        self.health = Health(self._entry.name, "down", self.health.tools, why=_why(error))
        _log.warning("outside_lost", server=self._entry.name, reason=_why(error))
        self._connection.drop()


async def _offered(client: Client) -> tuple[str, ...]:
    names: list[str] = []
    cursor: str | None = None
    for _ in range(_PAGES):
        page = await client.list_tools(cursor=cursor)
        names += [tool.name for tool in page.tools]
        cursor = page.next_cursor
        if not cursor:
            break
    return tuple(names)


def _why(error: Exception) -> str:
    return "no answer in time" if isinstance(error, TimeoutError) else str(error) or type(error).__name__
