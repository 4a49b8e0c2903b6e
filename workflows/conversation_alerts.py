"""What a conversation does about alerts."""

from __future__ import annotations

from typing import Any

from temporalio import workflow
from temporalio.exceptions import FailureError

with workflow.unsafe.imports_passed_through():
    from activities.conversation import Desk
    from domain import ids
    from domain.dialogue import alerts_told
    from domain.dialogue.moves import Arrange, FindAlert
    from workflows import options
    from workflows.conversation_lookups import LookingUp
    from workflows.refusal import refusal_of

_SCOPE = "configure"


class Arranging(LookingUp):
    """A ConversationWorkflow's way to the tool `alerts`."""

    async def _arrange(self, move: Arrange | FindAlert) -> str:
        """Looked up first where it has to be found out which one is meant."""
        if isinstance(move, FindAlert):
            found = await self._at_once("alerts", {"action": "list"}, _SCOPE)
            self._dialogue, wanted, told = alerts_told.meant(self._dialogue, found, move)
            if wanted is None:
                return told
            move = wanted
        call = await self._call("alerts", self._arranging(move), _SCOPE)
        try:
            done = await workflow.execute_activity_method(Desk.call_tool, call, **options.TOOL, summary="alerts")
        except FailureError as failure:
            refusal = refusal_of(failure)
            self._dialogue, told = alerts_told.refused(self._dialogue, move, refusal.code, refusal.sentence)
            return told
        self._dialogue, told = alerts_told.arranged(self._dialogue, move, done.content)
        return told

    @staticmethod
    def _arranging(move: Arrange) -> dict[str, Any]:
        """A new alert's id, and that of each change, are made here: a repeat of the call is one."""
        own = ids.uuid7(int(workflow.time() * 1000), workflow.uuid4())
        known = {"alert_id": own} if move.action == "create" else {"request_id": own}
        return {"action": move.action, **known, **move.arguments}
