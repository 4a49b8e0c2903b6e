"""What a conversation looks up: the bank's tools that read, and the check of who asks that some of them need."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from temporalio import workflow
from temporalio.exceptions import FailureError

with workflow.unsafe.imports_passed_through():
    from activities.conversation import Desk
    from activities.ports import ToolCall
    from domain import ids
    from domain.conversation import DataCard, PaymentNews
    from domain.dialogue import findings, identity, inquiries, outcome, standing
    from domain.dialogue.graphs import HOUSE
    from domain.dialogue.state import Inquiry
    from domain.elicitation import ElicitationRequest
    from workflows import options
    from workflows.at_once import at_once
    from workflows.conversation_people import AmongPeople
    from workflows.conversation_view import card_of
    from workflows.refusal import refusal_of

_VERIFIED_FIRST: Final = frozenset({"cards"})


class LookingUp(AmongPeople):
    """The eyes of a ConversationWorkflow."""

    _card: DataCard | None
    _allowed: frozenset[str] = frozenset()

    async def _ask(self, tool: str, arguments: dict[str, Any]) -> str:
        """Look it up, and put what was found in words."""
        today, asked = workflow.now().date(), self._dialogue.inquiry
        if refusal := inquiries.unanswerable(tool, asked.slots if asked else {}, today):
            return refusal
        if tool in _VERIFIED_FIRST:
            arguments = self._with_check(arguments)
        found = await self._at_once(tool, arguments, "read")
        if "status" in found:
            return self._check_first(found)
        if tool == "mandates" or asked is None:
            return standing.told_of(found)
        found = findings.narrowed(asked, found)
        self._card = card_of(tool, found, today)
        told, text = findings.told(asked, found, today)
        self._dialogue = replace(self._dialogue, inquiry=told)
        return text

    def _with_check(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """One question at a time: while another is open, a check of who asks is not begun.

        A worker that dies within the task makes another id; the bank knows that this session is being asked already.
        """
        verification_id = ids.uuid7(int(workflow.time() * 1000), workflow.uuid4())
        begin = self._dialogue.active is None
        return {"verification_id": verification_id, "begin": begin} | arguments

    def _check_first(self, found: dict[str, Any]) -> str:
        asked = found.get("elicitation")
        if asked is None or self._dialogue.active is not None:
            return identity.FIRST
        question = ElicitationRequest.from_json(asked, str(found["verification_id"]))
        self._dialogue, text = outcome.identity_asked(self._dialogue, question)
        return text

    async def _now_verified(self, news: PaymentNews) -> str:
        """Tell by itself what was asked before it was known who asks. Another session of theirs has to ask again."""
        asked = self._dialogue.inquiry
        if asked is None or asked.tool != news.purpose:
            asked = Inquiry(news.purpose)
        self._dialogue = replace(self._dialogue, inquiry=asked)
        self._allowed = HOUSE.tools(self._dialogue)
        try:
            told = await self._ask(news.purpose, {"begin": False})
        except FailureError as failure:
            told = refusal_of(failure).sentence
        return identity.ELSEWHERE if told == identity.FIRST else identity.thanks(told)

    async def _at_once(self, name: str, arguments: dict[str, Any], scope: str = "transact") -> dict[str, Any]:
        call = await self._call(name, arguments, scope)
        patiently = options.LOOKUP if scope == "read" else options.TOOL
        return (await at_once(Desk.call_tool, call, options.TOOL_AT_ONCE, patiently, name)).content

    async def _call(self, name: str, arguments: dict[str, Any], scope: str) -> ToolCall:
        if name not in self._allowed:
            await self._refuse_tool(name)
        return ToolCall(name, self._start.user_id, self._start.session_id, (scope,), arguments)
