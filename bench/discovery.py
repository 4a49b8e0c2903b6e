"""How long other MCP servers are looked for: five at once on loopback, each in a process of its own.

From nothing to every server's list of tools, by `adapters/outside`, as a process does when it starts. Limit: 1 s.
"""

from __future__ import annotations

import multiprocessing
import time
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Final

from adapters.masking import Masker
from adapters.outside.config import OutsideConfig
from adapters.outside.servers import OutsideServers
from bench.report import console, percentile, table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection

_NAMES: Final = ("branches", "rates", "weather", "diary", "news")
_ROUNDS: Final = 20
_LIMIT_MS: Final = 1000.0


def _serve(told: Connection) -> None:
    from tests.fakes.tool_server import tool_server  # noqa: PLC0415 - of that process

    with tool_server() as server:
        told.send(server.url)
        told.recv()


@contextmanager
def _server() -> Iterator[str]:
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(there,), daemon=True)
    process.start()
    try:
        yield here.recv()
    finally:
        here.send(None)
        process.join(5)


async def run() -> None:
    """Print how long all took together, the first time and from then on."""
    with ExitStack() as stack:
        urls = [stack.enter_context(_server()) for _ in _NAMES]
        config = OutsideConfig.model_validate({"servers": [_entry(number, url) for number, url in enumerate(urls)]})
        took = [await _look(config) for _ in range(_ROUNDS)]
    table(
        f"{len(_NAMES)} MCP servers on loopback, found at once, ms",
        ("", "first", "p50", "p95"),
        [("connected and listed", took[0], percentile(took, 0.5), percentile(took, 0.95))],
    )
    console.print(f"limit: {_LIMIT_MS:.0f} ms: {'met' if percentile(took, 0.95) <= _LIMIT_MS else 'NOT met'}")


async def _look(config: OutsideConfig) -> float:
    begun = time.perf_counter()
    async with OutsideServers(config, Masker()) as servers:
        found = await servers.discover()
        took = (time.perf_counter() - begun) * 1000
    if missing := [each.name for each in found if each.state != "up"]:
        raise RuntimeError(f"not found: {', '.join(missing)}")
    return took


def _entry(number: int, url: str) -> dict[str, object]:
    tool = {"tool": "find_branch", "states": ["idle"], "phrases": f"ask the {_NAMES[number]}"}
    return {"name": _NAMES[number], "url": url, "tools": [tool]}
