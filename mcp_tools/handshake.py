"""The older handshake (2025-11-25 and before): questions are asked of the client while its call is under way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mcp_types import ElicitRequestFormParams, ElicitRequestURLParams

from mcp_tools.asking import Modes, asking
from mcp_tools.countersigning import SOON_S
from mcp_tools.rounds import result_of

if TYPE_CHECKING:
    from mcp.server.context import ServerRequestContext
    from mcp_types import CallToolResult, ElicitResult

    from mcp_tools.asking import Asking
    from mcp_tools.catalogue import Entry
    from mcp_tools.countersigning import Countersigning
    from mcp_tools.guard import Caller

_ASKED_AGAIN: Final = 3
_AGAIN: Final = "That did not fit."
_MOST_S: Final = 600.0


async def ask_along(
    context: ServerRequestContext[Any, Any],
    countersigning: Countersigning,
    entry: Entry,
    caller: Caller,
    outcome: dict[str, Any],
) -> CallToolResult:
    """Ask what is to be asked, one after the other, and answer the call with how it ended. Raises a BankError."""
    modes, note, left = Modes.of(context.session.client_capabilities), "", _ASKED_AGAIN
    own_id = str(outcome.get(entry.own, ""))
    while ask := asking(outcome.get("elicitation"), modes, countersigning.issuer, note):
        heard = await countersigning.hear(caller, outcome["elicitation"], ask.mode, await _ask(context, ask))
        if heard == "dismissed" or (heard == "unclear" and not (left := left - 1)):
            break
        note = _AGAIN if heard == "unclear" else ""
        if heard == "unclear":
            continue
        within_s = SOON_S if heard == "given" else _MOST_S
        found = await countersigning.later(entry, caller, own_id, ask.elicitation_id, within_s)
        if ask.mode == "url":
            await context.session.send_elicit_complete(ask.elicitation_id, related_request_id=context.request_id)
        outcome = countersigning.told(found)
        if found.final or found.away or found.question_id == ask.elicitation_id:
            return result_of(outcome, failed=found.failed)
    return result_of(countersigning.with_page(outcome))


async def _ask(context: ServerRequestContext[Any, Any], ask: Asking) -> ElicitResult:
    params, call = ask.request.params, context.request_id
    match params:
        case ElicitRequestFormParams():
            return await context.session.elicit_form(params.message, params.requested_schema, call)
        case ElicitRequestURLParams():
            return await context.session.elicit_url(params.message, params.url, ask.elicitation_id, call)
