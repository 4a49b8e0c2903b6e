"""All other servers together: who may be asked what in which state, and how many calls a customer may have running."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final, Self, cast

from mcp_types import TextContent

from adapters.breakers import TOOL, Breakers
from adapters.edge.places import Places
from adapters.outside.server import OutsideServer
from domain.errors import OutsideFailedError, ToolNotAllowedError
from domain.outside import OutsideCall, arguments_of, filled

if TYPE_CHECKING:
    from collections.abc import Generator

    from mcp_types import CallToolResult

    from adapters.masking import Masker
    from adapters.outside.config import OutsideConfig
    from adapters.outside.server import Health
    from domain.outside import OutsideTool

_LONGEST: Final = 400
"""Characters of an answer that are said: a stranger's text is no speech."""


class OutsideServers:
    """Implements OutsideTools. Calls may come from any task."""

    def __init__(self, config: OutsideConfig, masker: Masker) -> None:
        breakers = Breakers(TOOL, OutsideFailedError)
        self._servers = {entry.name: OutsideServer(entry, breakers) for entry in config.servers}
        self._allowed = config.allowed()
        self._places = Places(config.at_once)
        self._masker = masker
        self._first: asyncio.Task[list[Health]] | None = None

    async def __aenter__(self) -> Self:
        """Look for all of them at once, beside whatever else starts."""
        self._first = asyncio.create_task(self._look(), name="outside servers")
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close every connection."""
        if self._first is not None:
            self._first.cancel()
            await asyncio.wait([self._first])
        await asyncio.gather(*(server.close() for server in self._servers.values()))

    async def discover(self) -> list[Health]:
        """Every server's health, found at the same time; while the first look goes on, what that one finds."""
        if self._first is not None and not self._first.done():
            return await asyncio.shield(self._first)
        return await self._look()

    async def _look(self) -> list[Health]:
        return await asyncio.gather(*(server.discover() for server in self._servers.values()))

    async def ask(self, call: OutsideCall) -> str:
        """The sentence to say.

        Raises ToolNotAllowedError, RateLimitedError, OutsideUnavailableError, OutsideFailedError.
        """
        tool = self._allowed.get(call.name)
        if tool is None or call.state not in tool.states:
            raise ToolNotAllowedError(f"{call.name} in {call.state}")
        with self._places.place(call.user_id):
            result = await self._servers[tool.server].call(tool.tool, arguments_of(tool, call.words))
        return self._masker.mask(_sentence(tool, result)).text


def _sentence(tool: OutsideTool, result: CallToolResult) -> str:
    if tool.answer:
        try:
            said = filled(tool.answer, dict(_leaves(cast("dict[str, Any]", result.structured_content or {}))))
        except KeyError as error:
            raise OutsideFailedError(f"{tool.name} told no {error}") from error
    else:
        said = " ".join(part.text for part in result.content if isinstance(part, TextContent))
    plain = " ".join("".join(letter if letter.isprintable() else " " for letter in said).split())
    if not plain:
        raise OutsideFailedError(f"{tool.name} told nothing")
    return plain if len(plain) <= _LONGEST else f"{plain[:_LONGEST].rpartition(' ')[0]} …"


def _leaves(found: Any, above: str = "") -> Generator[tuple[str, str]]:  # noqa: ANN401 - whatever JSON holds
    """`{"a": {"b": [1]}}` as `a.b.0`, `1`."""
    if isinstance(found, dict):
        for name, value in cast("dict[str, Any]", found).items():
            yield from _leaves(value, f"{above}.{name}" if above else name)
    elif isinstance(found, list):
        for at, value in enumerate(cast("list[Any]", found)):
            yield from _leaves(value, f"{above}.{at}" if above else str(at))
    elif found is not None:
        yield above, str(found)
