"""Tasks (extension io.modelcontextprotocol/tasks): a call that waits is a task, and the task is its workflow.

Nothing of a task is kept here: its id is the workflow's, its state is what Postgres and Temporal hold.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from mcp.server.context import ServerRequestContext
from mcp.shared.exceptions import MCPError
from mcp_types import (
    INVALID_PARAMS,
    MISSING_REQUIRED_CLIENT_CAPABILITY,
    ElicitResult,
    InputResponses,
    RequestParams,
)

from domain.errors import BankError, ElicitationNotFoundError
from domain.ids import is_safe_id
from mcp_tools.asking import Modes, asking
from mcp_tools.rounds import caller_in, result_of

if TYPE_CHECKING:
    from mcp.server.lowlevel import Server

    from mcp_tools.catalogue import Entry
    from mcp_tools.countersigning import Countersigning
    from mcp_tools.following import Followed
    from mcp_tools.guard import Caller

EXTENSION: Final = "io.modelcontextprotocol/tasks"
_POLL_MS: Final = 1000
_Context = ServerRequestContext[Any, Any]


class TaskParams(RequestParams):
    """`taskId`."""

    task_id: str


class UpdateParams(TaskParams):
    """`inputResponses`: by the keys of `inputRequests`."""

    input_responses: InputResponses


def declared(context: _Context) -> bool:
    """Whether this request's client knows tasks."""
    capabilities = context.session.client_capabilities
    return capabilities is not None and EXTENSION in (capabilities.extensions or {})


@dataclass(frozen=True, slots=True)
class Tasks:
    """`tools`: those whose calls may become tasks have a `task` and a `follow`."""

    tools: dict[str, Entry]
    countersigning: Countersigning

    def serve(self, server: Server[Any], require: Callable[[_Context, Entry], None]) -> None:
        """Answer the extension's methods; `require` refuses who may not call a tool."""
        server.extensions[EXTENSION] = {}

        async def get(context: _Context, params: TaskParams) -> dict[str, Any]:
            entry, own_id = self._known(context, params, require)
            found = await _found(entry, caller_in(context), own_id)
            return {"resultType": "complete"} | self._detailed(context, entry, own_id, found)

        async def update(context: _Context, params: UpdateParams) -> dict[str, Any]:
            entry, own_id = self._known(context, params, require)
            found = await _found(entry, caller_in(context), own_id)
            await self._hear(context, found, params.input_responses)
            return {"resultType": "complete"}

        async def cancel(context: _Context, params: TaskParams) -> dict[str, Any]:
            entry, own_id = self._known(context, params, require)
            found = await _found(entry, caller_in(context), own_id)
            await self._withdraw(caller_in(context), entry, own_id, found)
            return {"resultType": "complete"}

        server.add_request_handler("tasks/get", TaskParams, get)
        server.add_request_handler("tasks/update", UpdateParams, update)
        server.add_request_handler("tasks/cancel", TaskParams, cancel)

    async def created(self, context: _Context, entry: Entry, own_id: str) -> dict[str, Any]:
        """A CreateTaskResult for what was begun: it is there already, and outlives this process."""
        found = await _found(entry, caller_in(context), own_id)
        seed = self._detailed(context, entry, own_id, found)
        return {"resultType": "task"} | {name: seed[name] for name in seed if name not in {"inputRequests", "result"}}

    def _known(
        self, context: _Context, params: TaskParams, require: Callable[[_Context, Entry], None]
    ) -> tuple[Entry, str]:
        if not declared(context):
            needed: dict[str, Any] = {"requiredCapabilities": {"extensions": {EXTENSION: {}}}}
            raise MCPError(MISSING_REQUIRED_CLIENT_CAPABILITY, "Missing required client capability", needed)
        kind, _, own_id = params.task_id.partition("-")
        entry = next((each for each in self.tools.values() if each.task == kind and each.task), None)
        if entry is None or not is_safe_id(own_id):
            raise _unknown()
        require(context, entry)
        return entry, own_id

    def _detailed(self, context: _Context, entry: Entry, own_id: str, found: Followed) -> dict[str, Any]:
        task: dict[str, Any] = {
            "taskId": f"{entry.task}-{own_id}",
            "createdAt": found.created_at,
            "lastUpdatedAt": found.changed_at,
            "ttlMs": None,
            "pollIntervalMs": _POLL_MS,
            "statusMessage": found.state.replace("_", " ").capitalize(),
        }
        told = self.countersigning.told(found)
        if found.cancelled:
            return task | {"status": "cancelled"}
        if found.final:
            result = result_of(told, failed=found.failed).model_dump(mode="json", by_alias=True, exclude_none=True)
            return task | {"status": "completed", "result": result}
        ask = asking(told.get("elicitation"), _modes(context), self.countersigning.issuer)
        if ask is None:
            page = f". To be answered at {told['url']}" if "url" in told else ""
            return task | {"status": "working", "statusMessage": f"{task['statusMessage']}{page}"}
        request = ask.request.model_dump(mode="json", by_alias=True, exclude_none=True)
        request["params"].pop("elicitationId", None)  # of 2025-11-25 alone
        return task | {"status": "input_required", "inputRequests": {ask.elicitation_id: request}}

    async def _hear(self, context: _Context, found: Followed, given: InputResponses) -> None:
        """What does not answer the question that is open now is nobody's: it is not looked at."""
        question = found.result.elicitation
        ask = asking(question, _modes(context), self.countersigning.issuer)
        said = given.get(found.question_id)
        if question is None or ask is None or not isinstance(said, ElicitResult):
            return
        try:
            await self.countersigning.hear(caller_in(context), question, ask.mode, said)
        except BankError as error:
            raise MCPError(INVALID_PARAMS, error.sentence, {"code": error.code}) from error

    async def _withdraw(self, caller: Caller, entry: Entry, own_id: str, found: Followed) -> None:
        """As far as it still can be; the task tells how it ended."""
        try:
            if entry.withdraw is not None and not found.final:
                await entry.withdraw(caller, own_id)
            elif found.question_id:
                await self.countersigning.questions.cancel(found.question_id, caller.user_id)
        except BankError:
            return


async def _found(entry: Entry, caller: Caller, own_id: str) -> Followed:
    if entry.follow is None:
        raise _unknown()
    try:
        return await entry.follow(caller, own_id)
    except BankError as error:
        if error.status != ElicitationNotFoundError.status:
            raise
        raise _unknown() from error


def _modes(context: _Context) -> Modes:
    return Modes.of(context.session.client_capabilities)


def _unknown() -> MCPError:
    return MCPError(INVALID_PARAMS, "Unknown task")
