"""The plain POST twins of the tools, for callers that don't speak MCP. Failures are problem details."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter, Request

from adapters.edge.exact_json import object_of
from adapters.edge.idempotency import HEADER, key_in

if TYPE_CHECKING:
    from mcp_tools.catalogue import Entry
    from mcp_tools.counter import Counter
    from mcp_tools.guard import Guard

_PATHS: Final = {
    "/mcp/balance": "balance",
    "/mcp/transactions": "transactions",
    "/mcp/spending": "spending",
    "/mcp/loans": "loans",
    "/mcp/credit": "credit",
    "/mcp/scheduled": "scheduled",
    "/mcp/cards": "cards",
    "/mcp/payment": "payment",
    "/mcp/payment/resume": "payment_resume",
    "/mcp/payment/correct": "payment_correct",
    "/mcp/payment/cancel": "payment_cancel",
    "/mcp/mandate": "mandate_create",
    "/mcp/mandates": "mandates",
    "/mcp/mandate/revoke": "mandate_revoke",
    "/mcp/alerts": "alerts",
}


def twins(tools: dict[str, Entry], guard: Guard, counter: Counter) -> APIRouter:
    """One route a tool; the body is the tool's arguments."""
    router = APIRouter()
    for path, name in _PATHS.items():
        _add(router, path, tools[name], guard, counter)

    @router.post("/mcp/elicitation/{elicitation_id}/cancel")
    async def cancel(elicitation_id: str, request: Request) -> dict[str, Any]:
        caller = await guard.caller(request.headers.get("authorization"))
        arguments = {"elicitation_id": elicitation_id}
        return await counter.call(tools["elicitation_cancel"], caller, arguments, key_of(request))

    return router


def key_of(request: Request) -> str:
    """The request's Idempotency-Key. Raises IdempotencyKeyInvalidError."""
    return key_in(request.headers.getlist(HEADER))


def _add(router: APIRouter, path: str, entry: Entry, guard: Guard, counter: Counter) -> None:
    @router.post(path, name=entry.name, summary=entry.description)
    async def run(request: Request) -> dict[str, Any]:
        caller = await guard.caller(request.headers.get("authorization"))
        body = await request.body()
        return await counter.call(entry, caller, object_of(body) if body.strip() else {}, key_of(request))
