"""`countersign tools`: other MCP servers, how they are, and which of their tools a conversation may use where."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from cli.console import err, out

if TYPE_CHECKING:
    from adapters.outside.config import OutsideConfig
    from adapters.outside.server import Health


def tools(*, as_json: Annotated[bool, typer.Option("--json", help="One JSON object a server.")] = False) -> None:
    """Other MCP servers: whether they answer, what they offer, what may be used."""
    from adapters.outside.config import OutsideConfigError  # noqa: PLC0415
    from runtime.outside import outside_servers  # noqa: PLC0415
    from runtime.settings import settings  # noqa: PLC0415

    try:
        config = outside_servers(settings())
    except OutsideConfigError as error:
        err.print(str(error), markup=False)
        raise typer.Exit(1) from error
    if not config.servers:
        out.print("No other servers are configured. COUNTERSIGN_OUTSIDE_FILE names their file (docs/adr/0024).")
        return
    found = asyncio.run(_found(config))
    if as_json:
        for health in found:
            print(json.dumps(asdict(health)))  # noqa: T201 - for scripts
    else:
        out.print(_table(config, found))


async def _found(config: OutsideConfig) -> list[Health]:
    import logging  # noqa: PLC0415

    import structlog  # noqa: PLC0415

    from adapters.masking import Masker  # noqa: PLC0415
    from adapters.outside.servers import OutsideServers  # noqa: PLC0415

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))  # the table tells it
    async with OutsideServers(config, Masker()) as servers:
        return await servers.discover()


def _table(config: OutsideConfig, found: list[Health]) -> Table:
    table = Table("tool", "server", "where it may be asked", box=None, pad_edge=False)
    health = {each.name: each for each in found}
    for name, tool in config.allowed().items():
        server = health[tool.server]
        missing = server.state == "up" and tool.tool not in server.tools
        why = "offers no such tool" if missing else server.why
        table.add_row(name, f"{server.state}{f': {why}' if why else ''}", ", ".join(sorted(tool.states)))
    return table
