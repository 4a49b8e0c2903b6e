"""The tools over MCP: streamable HTTP, stateless, every request with its own token."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, cast

from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings
from mcp_types import CallToolRequestParams, CallToolResult, ListToolsResult, PaginatedRequestParams, TextContent
from starlette.requests import Request

from adapters.edge.body_limit import LARGEST_BODY, replay
from adapters.edge.exact_json import loads_exact
from adapters.edge.idempotency import HEADER, key_in
from adapters.edge.problems import as_bank_error, response
from domain.errors import BankError, InvalidRequestError

if TYPE_CHECKING:
    from mcp.server.context import ServerRequestContext
    from starlette.types import Receive, Scope, Send

    from mcp_tools.catalogue import Entry
    from mcp_tools.counter import Counter
    from mcp_tools.guard import Caller, Guard

_LOOPBACK: Final = TransportSecuritySettings(
    enable_dns_rebinding_protection=True,
    allowed_hosts=["127.0.0.1:*", "localhost:*"],
    allowed_origins=["http://127.0.0.1:*", "http://localhost:*"],
)
_CALLER: Final = "countersign.caller"
META_KEY: Final = "countersign/idempotencyKey"
"""Where a call's `_meta` may hold its Idempotency-Key, for clients that set no header a call."""


def server(tools: dict[str, Entry], counter: Counter) -> Server[Any]:
    """The MCP server over this catalogue."""

    async def list_tools(_: ServerRequestContext[Any], __: PaginatedRequestParams | None) -> ListToolsResult:
        return ListToolsResult(tools=[entry.described() for entry in tools.values()])

    async def call_tool(context: ServerRequestContext[Any], params: CallToolRequestParams) -> CallToolResult:
        return await _call(tools, counter, cast("Request", context.request), params)

    return Server("countersign", version="1", on_list_tools=list_tools, on_call_tool=call_tool)


async def _call(
    tools: dict[str, Entry], counter: Counter, request: Request, params: CallToolRequestParams
) -> CallToolResult:
    entry = tools.get(params.name)
    if entry is None:
        return _failed(InvalidRequestError("there is no such tool"))
    try:
        caller = cast("Caller", request.scope[_CALLER])
        result = await counter.call(entry, caller, params.arguments or {}, _key(request, params))
    except Exception as error:  # noqa: BLE001 - the boundary: every failure leaves as a code and a sentence
        return _failed(as_bank_error(error))
    return CallToolResult(content=[TextContent(text=json.dumps(result))], structured_content=result)


def _key(request: Request, params: CallToolRequestParams) -> str:
    meta = cast("dict[str, Any]", params.meta or {}).get(META_KEY)
    return key_in([*request.headers.getlist(HEADER), *([str(meta)] if meta is not None else [])])


def _failed(error: BankError) -> CallToolResult:
    told: dict[str, Any] = {"code": error.code, "detail": error.detail, "sentence": error.sentence}
    if error.retry_after_s:
        told["retry_after_s"] = error.retry_after_s
    body = {"error": told}
    return CallToolResult(content=[TextContent(text=error.sentence)], structured_content=body, is_error=True)


class Endpoint:
    """The ASGI endpoint: checks the token, keeps numbers exact, then lets the library speak MCP."""

    def __init__(self, tools: dict[str, Entry], guard: Guard, counter: Counter) -> None:
        self.sessions = StreamableHTTPSessionManager(
            server(tools, counter),
            json_response=True,
            stateless=True,
            security_settings=_LOOPBACK,
            max_request_body_size=LARGEST_BODY,
        )
        self._guard = guard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; a bad token or body ends it as a problem."""
        request = Request(scope, receive)
        try:
            scope[_CALLER] = await self._guard.caller(request.headers.get("authorization"))
            body = _exact_arguments(await request.body())
        except BankError as error:
            await response(error)(scope, receive, send)
            return
        await self.sessions.handle_request(scope, replay(body, receive), send)


def _exact_arguments(body: bytes) -> bytes:
    if not body:
        return body
    exact = loads_exact(body)
    if b'"arguments"' not in body:
        return body
    message = json.loads(body)
    if isinstance(message, dict) and isinstance(cast("dict[str, Any]", message).get("params"), dict):
        message["params"]["arguments"] = exact["params"].get("arguments")
    return json.dumps(message).encode()
