"""A conversation and the people of the bank: passing the customer on, and being quiet meanwhile."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.handovers import Handovers
    from domain import ids
    from domain.dialogue import phrases
    from domain.dialogue.graphs import HOUSE
    from domain.errors import ToolNotAllowedError
    from domain.handovers import HandoverNews, HandoverOrder, Step, ToolRefused, summary_of
    from workflows import options
    from workflows.refusal import failed

if TYPE_CHECKING:
    from domain.conversation import ConversationStart, Spoken
    from domain.dialogue.state import Dialogue

_ENDED: Final = {Step.SETTLED: phrases.PERSON_SETTLED, Step.CALL_BACK: phrases.PERSON_CALLS_LATER}


class AmongPeople:
    """What a ConversationWorkflow does about people; it changes its dialogue, and returns what is to be said."""

    _start: ConversationStart
    _dialogue: Dialogue
    _lines: list[Spoken]

    async def _hand_over(self, reason: str) -> str:
        """One case a conversation: who asks again is told that it is known."""
        if self._dialogue.case_id:
            return phrases.PASSED_ON_BEFORE
        start = self._start
        order = HandoverOrder(
            case_id=ids.uuid7(int(workflow.time() * 1000), workflow.uuid4()),
            user_id=start.user_id,
            session_id=start.session_id,
            room_name=start.room_name,
            reason=reason,
            dialogue_state=self._dialogue.stage,
            summary=summary_of(self._lines),
        )
        case_id = await workflow.execute_local_activity_method(Handovers.open, order, **options.WHILE_HEARD)
        self._dialogue = replace(self._dialogue, case_id=case_id)
        return phrases.PASSED_ON if start.room_name else phrases.PASSED_ON_IN_TEXT

    def _hear_of_person(self, news: HandoverNews) -> str:
        """How the case goes on; nothing to say of another one, or of what was known."""
        dialogue = self._dialogue
        if news.case_id not in {"", dialogue.case_id} or not dialogue.case_id:
            return ""
        match news.step:
            case Step.JOINED:
                self._dialogue = replace(dialogue, with_person=True)
                return "" if dialogue.with_person else phrases.PERSON_HERE
            case Step.WILL_CALL:
                return phrases.PERSON_CALLS
            case Step.LEFT:
                self._dialogue = replace(dialogue, with_person=False)
                return self._going_on(phrases.PERSON_LEFT) if dialogue.with_person else ""
            case Step.SETTLED | Step.CALL_BACK:
                self._dialogue = replace(dialogue, with_person=False, case_id="")
                return self._going_on(_ENDED[news.step])

    def _going_on(self, text: str) -> str:
        return f"{text} {HOUSE.place(self._dialogue).again(self._dialogue)}"

    async def _refuse_tool(self, name: str) -> None:
        """Raises ToolNotAllowedError, after it was written down."""
        start = self._start
        refused = ToolRefused(start.session_id, start.user_id, name, self._dialogue.stage)
        await workflow.execute_local_activity_method(Handovers.note_refused, refused, **options.WHILE_HEARD)
        raise failed(ToolNotAllowedError())
