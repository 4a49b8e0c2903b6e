"""The plain POST twins of the tools, for callers that don't speak MCP. Failures are problem details."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request

from adapters.edge.exact_json import object_of
from adapters.edge.idempotency import HEADER, key_in
from mcp_tools.challenge import require

if TYPE_CHECKING:
    from mcp_tools.catalogue import Entry
    from mcp_tools.counter import Counter
    from mcp_tools.guard import Guard


def twins(tools: dict[str, Entry], guard: Guard, counter: Counter) -> APIRouter:
    """One route a tool; the body is the tool's arguments, but for those that stand in the path."""
    router = APIRouter()
    for entry in tools.values():
        _add(router, entry, guard, counter)
    return router


def key_of(request: Request) -> str:
    """The request's Idempotency-Key. Raises IdempotencyKeyInvalidError."""
    return key_in(request.headers.getlist(HEADER))


def _add(router: APIRouter, entry: Entry, guard: Guard, counter: Counter) -> None:
    @router.post(entry.twin, name=entry.name, summary=entry.description)
    async def run(request: Request) -> dict[str, Any]:
        caller = await guard.caller(request.headers.get("authorization"))
        require(request.scope, caller, entry.scope)
        body = b"" if request.path_params else await request.body()
        arguments = object_of(body) if body.strip() else {}
        return await counter.call(entry, caller, arguments | request.path_params, key_of(request))
