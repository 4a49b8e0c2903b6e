"""The bank's tools as the orchestrator calls them: one pooled connection, a fresh token a call, no retry."""

from __future__ import annotations

import asyncio
import json
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final, Self, cast

import httpx2
from mcp import Client, MCPError
from mcp.client.streamable_http import streamable_http_client

from adapters.http_clients.refusal import refusal
from adapters.tokens import API_AUDIENCE, MCP_AUDIENCE, ServiceTokens
from adapters.traces import carry
from domain.errors import BankError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Generator

    from mcp_types import CallToolResult

    from activities.ports import ToolCall

_PROTOCOL: Final = "2026-07-28"
_AUDIENCES: Final = {"payment_resume": (MCP_AUDIENCE, API_AUDIENCE)}
_UNREACHABLE: Final = -32001
_token: ContextVar[str] = ContextVar("service_token")


class McpTools:
    """Implements Tools. Calls, and leaving, may come from any task."""

    def __init__(self, url: str, tokens: ServiceTokens, *, timeout_s: float = 10.0) -> None:
        self._url = f"{url.rstrip('/')}/mcp"
        self._tokens = tokens
        self._timeout_s = timeout_s
        self._client: asyncio.Future[Client] | None = None
        self._left = asyncio.Event()
        self._owner: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Make the pool ready; nothing is sent yet, so the server may still be starting."""
        self._client = asyncio.get_running_loop().create_future()
        self._owner = asyncio.create_task(self._own(self._client), name="mcp tools")
        await asyncio.wait([self._client, self._owner], return_when=asyncio.FIRST_COMPLETED)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the pool."""
        self._left.set()
        if self._owner is not None:
            await self._owner

    async def _own(self, opened: asyncio.Future[Client]) -> None:
        """Hold the library's connection, which only the task that opened it may close."""
        transport = _Answering(httpx2.AsyncHTTPTransport())
        async with httpx2.AsyncClient(auth=_CallToken(), timeout=self._timeout_s, transport=transport) as pool:
            stream = streamable_http_client(self._url, http_client=pool)
            client = Client(stream, mode=_PROTOCOL, read_timeout_seconds=self._timeout_s, cache=None)
            async with client:
                opened.set_result(client)
                await self._left.wait()

    async def call(self, call: ToolCall) -> dict[str, Any]:
        """The tool's structured result. Raises the BankError that the tool named; UnavailableError if unreachable."""
        if self._client is None or not self._client.done() or self._owner is None or self._owner.done():
            raise UnavailableError("the tools' connection is not open")
        audience = _AUDIENCES.get(call.name, (MCP_AUDIENCE,))
        minted = _token.set(self._tokens.mint(call.user_id, call.session_id, call.scopes, audience))
        try:
            return _content(await self._client.result().call_tool(call.name, call.arguments))
        except MCPError as error:
            raise _refused(error) from error
        finally:
            _token.reset(minted)


def _content(result: CallToolResult) -> dict[str, Any]:
    content = cast("dict[str, Any]", result.structured_content or {})
    if result.is_error:
        raise refusal(content.get("error", {}))
    return content


def _refused(error: MCPError) -> BankError:
    data = error.error.data
    if isinstance(data, dict):
        return refusal(cast("dict[str, Any]", data))
    return UnavailableError(f"the tools' server answered with MCP error {error.error.code}")


class _CallToken(httpx2.Auth):
    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        request.headers["Authorization"] = f"Bearer {_token.get()}"
        carry(request.headers)
        yield request


class _Answering(httpx2.AsyncBaseTransport):
    """Turns a dead connection or a problem body into a JSON-RPC error: the library would end the whole pool."""

    def __init__(self, inner: httpx2.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        try:
            answer = await self._inner.handle_async_request(request)
            content = await answer.aread()
            await answer.aclose()
        except httpx2.TransportError as error:
            return _rpc_error({"code": UnavailableError.code, "detail": type(error).__name__})
        if "problem+json" in answer.headers.get("content-type", ""):
            return _rpc_error(json.loads(content))
        return httpx2.Response(answer.status_code, headers=answer.headers, content=content, request=request)

    async def aclose(self) -> None:
        await self._inner.aclose()


def _rpc_error(problem: dict[str, Any]) -> httpx2.Response:
    error = {"code": _UNREACHABLE, "message": str(problem.get("code", "")), "data": problem}
    return httpx2.Response(502, json={"jsonrpc": "2.0", "id": None, "error": error})
