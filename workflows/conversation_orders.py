"""What a conversation does about standing orders."""

from __future__ import annotations

from typing import Any

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.conversation import Desk
    from domain import ids
    from domain.dialogue import orders_meant, outcome
    from domain.dialogue.moves import FindAlert, FindEither, FindOrder, StopOrder
    from domain.elicitation import ElicitationRequest
    from workflows import options
    from workflows.conversation_alerts import Arranging

_TOOL = "standing_orders"


class Ordering(Arranging):
    """A ConversationWorkflow's way to the tool `standing_orders`."""

    async def _of_orders(self, move: FindOrder | StopOrder | FindEither) -> str:
        """Looked up first, to find out which one is meant."""
        if isinstance(move, StopOrder):
            return await self._step_order("cancel", move.order_id)
        found = await self._at_once(_TOOL, {"action": "list"})
        if isinstance(move, FindEither):
            return await self._of_either(move, found)
        if move.action == "list":
            self._dialogue, text = orders_meant.listed(self._dialogue, found)
            return text
        self._dialogue, order_id, text = orders_meant.meant(self._dialogue, found, move)
        if not order_id:
            return text
        return await (
            self._change_order(order_id, move.changes)
            if move.action == "change"
            else self._step_order(move.action, order_id)
        )

    async def _of_either(self, move: FindEither, orders: dict[str, Any]) -> str:
        alerts = await self._at_once("alerts", {"action": "list"}, "configure")
        self._dialogue, found, text = orders_meant.either(self._dialogue, orders, alerts, move)
        match found:
            case FindOrder():
                return await self._of_orders(found)
            case FindAlert():
                return await self._arrange(found)
            case None:
                return text

    async def _step_order(self, action: str, order_id: str) -> str:
        done = await self._at_once(_TOOL, {"action": action, "order_id": order_id})
        self._dialogue, text = orders_meant.stepped(self._dialogue, action, done)
        return text

    async def _change_order(self, order_id: str, changes: dict[str, str]) -> str:
        """Its other terms are asked about like those of a new one."""
        own = ids.uuid7(int(workflow.time() * 1000), workflow.uuid4())
        wanted: dict[str, Any] = {"action": "change", "order_id": order_id, "request_id": own, **changes}
        call = await self._call(_TOOL, wanted, "transact")
        begun = await workflow.execute_activity_method(Desk.call_tool, call, **options.TOOL, summary=_TOOL)
        asked = begun.content.get("elicitation")
        question = ElicitationRequest.from_json(asked, order_id) if asked else None
        if question is None:
            self._dialogue, told = orders_meant.listed(self._dialogue, await self._at_once(_TOOL, {"action": "list"}))
            return told
        draft = outcome.draft_of(question)
        self._dialogue, text = outcome.question_open(self._dialogue, order_id, draft, question)
        return text
