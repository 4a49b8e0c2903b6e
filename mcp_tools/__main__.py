"""`python -m mcp_tools`: the bank's tools over MCP and HTTP."""

from __future__ import annotations

import asyncio

import uvicorn

from mcp_tools.compose import tools
from runtime.settings import Settings, settings
from runtime.telemetry import setup


async def serve(chosen: Settings) -> None:
    """Until SIGTERM or SIGINT."""
    async with tools(chosen) as app:
        config = uvicorn.Config(
            app,
            host=chosen.mcp_host,
            port=chosen.mcp_port,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=2,
        )
        await uvicorn.Server(config).serve()


if __name__ == "__main__":
    setup("mcp_tools")
    asyncio.run(serve(settings()))
