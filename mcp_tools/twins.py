"""The plain POST twins of the tools, for callers that don't speak MCP. Failures are problem details."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter, Request

from adapters.edge.exact_json import object_of

if TYPE_CHECKING:
    from mcp_tools.catalogue import Entry
    from mcp_tools.guard import Guard

_PATHS: Final = {
    "/mcp/balance": "balance",
    "/mcp/transactions": "transactions",
    "/mcp/payment": "payment",
    "/mcp/payment/resume": "payment_resume",
}


def twins(tools: dict[str, Entry], guard: Guard) -> APIRouter:
    """One route a tool; the body is the tool's arguments."""
    router = APIRouter()
    for path, name in _PATHS.items():
        _add(router, path, tools[name], guard)

    @router.post("/mcp/elicitation/{elicitation_id}/cancel")
    async def cancel(elicitation_id: str, request: Request) -> dict[str, Any]:
        caller = await guard.caller(request.headers.get("authorization"))
        return await tools["elicitation_cancel"].call(caller, {"elicitation_id": elicitation_id})

    return router


def _add(router: APIRouter, path: str, entry: Entry, guard: Guard) -> None:
    @router.post(path, name=entry.name, summary=entry.description)
    async def run(request: Request) -> dict[str, Any]:
        caller = await guard.caller(request.headers.get("authorization"))
        body = await request.body()
        return await entry.call(caller, object_of(body) if body.strip() else {})
