"""Multi-round-trip calls (MCP 2026-07-28): each round is a call of its own; what ties them together is sealed."""

from __future__ import annotations

import json
from base64 import b64decode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from mcp.server.request_state import RequestStateBoundary, RequestStateSecurity
from mcp_types import CallToolResult, ElicitResult, InputRequiredResult, TextContent

from mcp_tools.asking import Modes, asking
from mcp_tools.countersigning import SOON_S, Countersigning

if TYPE_CHECKING:
    from pathlib import Path

    from mcp.server.context import ServerRequestContext
    from mcp_types import CallToolRequestParams
    from starlette.requests import Request

    from mcp_tools.asking import Mode
    from mcp_tools.catalogue import Entry
    from mcp_tools.following import Followed
    from mcp_tools.guard import Caller

CALLER: Final = "countersign.caller"
_STATE_S: Final = 900.0
_AUDIENCE: Final = "countersign-mcp"
_AGAIN: Final = "That did not fit."


def caller_in(context: ServerRequestContext[Any, Any]) -> Caller:
    """Who was let in with this request."""
    return cast("Caller", cast("Request", context.request).scope[CALLER])


def boundary(keys_file: Path) -> RequestStateBoundary:
    """Seals what a client carries to its next round, and opens it for the same person, client, tool and arguments.

    `keys_file`: a ring as in `adapters.sealing`. Whatever else comes is refused with -32602, without a reason.
    """
    ring = json.loads(keys_file.read_text())
    kids = [ring["current"], *(kid for kid in ring["keys"] if kid != ring["current"])]
    keys = [b64decode(ring["keys"][kid]) for kid in kids]
    security = RequestStateSecurity(keys=keys, ttl=_STATE_S, bind_principal=_principal)
    return RequestStateBoundary(security, default_audience=_AUDIENCE)


def _principal(context: ServerRequestContext[Any, Any]) -> str:
    principal = caller_in(context).principal
    return json.dumps([principal.user_id, principal.client_id])


@dataclass(frozen=True, slots=True)
class _State:
    """What was asked in the round before: of which thing, which question, and in which way."""

    own_id: str
    asked: str
    mode: Mode

    @staticmethod
    def read(text: str) -> _State:
        """What this server sealed."""
        own_id, asked, mode = json.loads(text)
        return _State(own_id, asked, mode)

    def write(self) -> str:
        """For the seal."""
        return json.dumps([self.own_id, self.asked, self.mode])


@dataclass(frozen=True, slots=True)
class Rounds:
    """One call of a tool that waits for its customer, in as many rounds as it takes."""

    countersigning: Countersigning

    def first(self, entry: Entry, outcome: dict[str, Any], modes: Modes) -> CallToolResult | InputRequiredResult:
        """What was begun, or the first thing that its customer is asked."""
        return self._next(entry, outcome, modes)

    async def following(
        self, entry: Entry, caller: Caller, params: CallToolRequestParams, modes: Modes
    ) -> CallToolResult | InputRequiredResult:
        """The next round of a call that has begun. Raises a BankError."""
        before, note = _State.read(params.request_state or ""), ""
        if entry.follow is None:
            raise AssertionError
        found = await entry.follow(caller, before.own_id)
        if found.question_id == before.asked:
            given = (params.input_responses or {}).get(before.asked)
            said = given if isinstance(given, ElicitResult) else None
            heard = await self.countersigning.hear(caller, found.result.elicitation or {}, before.mode, said)
            if heard == "dismissed":
                return result_of(self.countersigning.told(found))
            waits = {"given": SOON_S, "on the page": self.countersigning.wait_s}
            # a round without an answer asks again, unless it only waits for the page
            within_s = self.countersigning.wait_s if _waits(before, params) else waits.get(heard, 0.0)
            if within_s:
                found = await self.countersigning.later(entry, caller, before.own_id, before.asked, within_s)
            elif heard == "unclear" and said is not None:
                note = _AGAIN
            if found.question_id == before.asked and before.mode == "url" and within_s:
                return InputRequiredResult(request_state=before.write())
        elif found.at_work:
            found = await self.countersigning.later(
                entry, caller, before.own_id, before.asked, self.countersigning.wait_s
            )
        if found.at_work:  # nothing to ask yet: the client comes back
            return InputRequiredResult(request_state=before.write())
        return self._standing(entry, found, modes, note)

    def _standing(self, entry: Entry, found: Followed, modes: Modes, note: str) -> CallToolResult | InputRequiredResult:
        if found.failed:
            return result_of(self.countersigning.told(found), failed=True)
        return self._next(entry, found.result.model_dump(mode="json", exclude_none=True), modes, note)

    def _next(
        self, entry: Entry, outcome: dict[str, Any], modes: Modes, note: str = ""
    ) -> CallToolResult | InputRequiredResult:
        ask = asking(outcome.get("elicitation"), modes, self.countersigning.issuer, note)
        if ask is None:
            return result_of(self.countersigning.with_page(outcome))
        state = _State(str(outcome[entry.own]), ask.elicitation_id, ask.mode)
        return InputRequiredResult(input_requests={ask.elicitation_id: ask.request}, request_state=state.write())


def _waits(before: _State, params: CallToolRequestParams) -> bool:
    return before.mode == "url" and not params.input_responses


def result_of(content: dict[str, Any], *, failed: bool = False) -> CallToolResult:
    """A tool's result, for programs and for models."""
    return CallToolResult(content=[TextContent(text=json.dumps(content))], structured_content=content, is_error=failed)
