"""The tools over MCP: what each message does. How messages come and go is `endpoint.py`'s."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from mcp.server.lowlevel import Server
from mcp_types import (
    CallToolRequestParams,
    CallToolResult,
    InputRequiredResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
)
from mcp_types.version import MODERN_PROTOCOL_VERSIONS

from adapters.edge.idempotency import HEADER, key_in
from adapters.edge.problems import as_bank_error
from domain.errors import InvalidRequestError
from mcp_tools.asking import Modes
from mcp_tools.countersigning import Countersigning, refused
from mcp_tools.handshake import ask_along
from mcp_tools.rounds import Rounds, caller_in, result_of
from mcp_tools.tasks import Tasks, declared

if TYPE_CHECKING:
    from mcp.server.context import ServerRequestContext
    from mcp.server.request_state import RequestStateBoundary
    from starlette.requests import Request

    from mcp_tools.catalogue import Entry
    from mcp_tools.counter import Counter

META_KEY: Final = "countersign/idempotencyKey"
"""Where a call's `_meta` may hold its Idempotency-Key, for clients that set no header a call."""
_INSTRUCTIONS: Final = (
    "The customer's own bank. Amounts are decimal text in major units. What moves money waits until the customer has "
    "countersigned it, in a form of yours or on a page of the bank's. Never ask for a code, a password or a PIN. Keep "
    "the id of what you begin: the same call with it says how it stands, and begins nothing twice."
)


@dataclass(frozen=True, slots=True)
class Speaker:
    """Answers MCP's messages. The orchestrator is never asked anything: it asks its customer itself."""

    tools: dict[str, Entry]
    counter: Counter
    countersigning: Countersigning
    boundary: RequestStateBoundary

    def server(self) -> Server[Any]:
        """The library's server over this catalogue."""
        # once: the library lists the tools at every call that has arguments, and a schema takes a millisecond to make
        described = [entry.described() for entry in self.tools.values()]

        async def list_tools(_: ServerRequestContext[Any], __: PaginatedRequestParams | None) -> ListToolsResult:
            return ListToolsResult(tools=described)

        async def call_tool(
            context: ServerRequestContext[Any], params: CallToolRequestParams
        ) -> CallToolResult | InputRequiredResult:
            return await self._call(context, params)

        made = Server(
            "countersign",
            version="1",
            title="Countersign",
            instructions=_INSTRUCTIONS,
            on_list_tools=list_tools,
            on_call_tool=call_tool,
        )
        made.middleware.append(self.boundary)
        self._tasks().serve(made, lambda context, entry: caller_in(context).require(entry.scope))
        return made

    def _tasks(self) -> Tasks:
        return Tasks(self.tools, self.countersigning)

    async def _call(
        self, context: ServerRequestContext[Any], params: CallToolRequestParams
    ) -> CallToolResult | InputRequiredResult:
        entry = self.tools.get(params.name)
        if entry is None:
            return _failed(InvalidRequestError("there is no such tool"))
        try:
            return await self._answer(context, entry, params)
        except Exception as error:  # noqa: BLE001 - the boundary: every failure leaves as a code and a sentence
            return _failed(error)

    async def _answer(
        self, context: ServerRequestContext[Any], entry: Entry, params: CallToolRequestParams
    ) -> CallToolResult | InputRequiredResult:
        caller, rounds = caller_in(context), Rounds(self.countersigning)
        modes = Modes.of(context.session.client_capabilities)
        if params.request_state is not None and entry.follow is not None:
            caller.require(entry.scope)
            with self.counter.places.place(caller.user_id):
                return await rounds.following(entry, caller, params, modes)
        key = _key(cast("Request", context.request), params)
        outcome = await self.counter.call(entry, caller, params.arguments or {}, key)
        if not caller.outside or entry.follow is None:
            return result_of(self.countersigning.with_page(outcome) if caller.outside else outcome)
        if context.protocol_version in MODERN_PROTOCOL_VERSIONS:
            if entry.task and outcome.get("elicitation") and declared(context):
                task = await self._tasks().created(context, entry, str(outcome[entry.own]))
                return cast("CallToolResult", task)  # the extension's own shape, which the library sends as it is
            return rounds.first(entry, outcome, modes)
        if modes.any and context.session.can_send_request:
            return await ask_along(context, self.countersigning, entry, caller, outcome)
        return result_of(self.countersigning.with_page(outcome))


def _key(request: Request, params: CallToolRequestParams) -> str:
    meta = cast("dict[str, Any]", params.meta or {}).get(META_KEY)
    return key_in([*request.headers.getlist(HEADER), *([str(meta)] if meta is not None else [])])


def _failed(error: Exception) -> CallToolResult:
    body, sentence = refused(error), as_bank_error(error).sentence
    return CallToolResult(content=[TextContent(text=sentence)], structured_content=body, is_error=True)
