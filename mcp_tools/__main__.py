"""`python -m mcp_tools`: the bank's tools over MCP and HTTP."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import uvicorn

from runtime.loading import loading

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from fastapi import FastAPI

    from runtime.settings import Settings


async def serve(tools: AbstractAsyncContextManager[FastAPI], chosen: Settings) -> None:
    """Until SIGTERM or SIGINT."""
    async with tools as app:
        config = uvicorn.Config(
            app,
            host=chosen.mcp_host,
            port=chosen.mcp_port,
            log_config=None,
            access_log=False,
            server_header=False,
            # else anybody could choose the address that they are counted by
            proxy_headers=bool(chosen.trusted_proxies),
            forwarded_allow_ips=chosen.trusted_proxies or None,
            timeout_graceful_shutdown=2,
        )
        await uvicorn.Server(config).serve()


def main() -> None:
    """See `serve`."""
    with loading():
        from adapters.crash_points import look_in
        from mcp_tools.compose import tools
        from runtime.settings import settings
        from runtime.telemetry import setup

        setup("mcp_tools")
        chosen = settings()
        look_in(chosen.crash_dir)
    asyncio.run(serve(tools(chosen), chosen))


if __name__ == "__main__":
    main()
