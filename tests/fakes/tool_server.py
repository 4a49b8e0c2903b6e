"""Somebody else's MCP server on a real socket, with tools that answer, wait, fail, lie, and one that dies."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request, Response
from mcp.server.mcpserver import MCPServer

from tests.serving import serving

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator


@dataclass
class ToolServer:
    """`broken`: answer every request with this status; `asked`: the tools' calls; `most`: how many ran at once."""

    url: str = ""
    broken: int = 0
    requests: int = 0
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list[tuple[str, dict[str, Any]]])
    headers: list[str] = field(default_factory=list[str])
    running: int = 0
    most: int = 0


def _tools(server: ToolServer) -> MCPServer:
    made = MCPServer("somebody else's")

    @made.tool()
    async def find_branch(place: str = "") -> dict[str, Any]:
        server.asked.append(("find_branch", {"place": place}))
        return {
            "branch": {"name": f"{place or 'Main'} Street", "open": ["nine", "five"]},
            "account": "4111111111111111",
        }

    @made.tool()
    async def say(what: str) -> str:
        server.asked.append(("say", {"what": what}))
        return what

    @made.tool()
    async def wait(seconds: float = 60) -> str:
        server.running += 1
        server.most = max(server.most, server.running)
        try:
            await asyncio.sleep(seconds)
        finally:
            server.running -= 1
        return "waited"

    @made.tool()
    async def refuse() -> str:
        raise ValueError("no")

    return made


@contextmanager
def tool_server(*, stateless: bool = True) -> Iterator[ToolServer]:
    """A server at an address of its own while the block runs."""
    server = ToolServer()
    made = _tools(server)
    served = made.streamable_http_app(stateless_http=stateless, json_response=True)
    app = FastAPI(lifespan=lambda _: made.session_manager.run())

    @app.middleware("http")
    async def note(request: Request, go_on: Callable[[Request], Awaitable[Response]]) -> Response:
        server.requests += 1
        server.headers.append(request.headers.get("authorization", ""))
        return Response("not now", server.broken) if server.broken else await go_on(request)

    app.mount("/", served)
    with serving(app) as url:
        server.url = f"{url}/mcp"
        yield server
