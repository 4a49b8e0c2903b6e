"""Has standing terms countersigned, a mandate's or an order's, and tells the conversations that follow."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.elicitations import Questions
    from domain.conversation import PaymentNews, TakenUp
    from domain.elicitation import ElicitationOrder, ElicitationOutcome, ElicitationRequest
    from domain.errors import WithdrawnError
    from workflows import attributes, options, question
    from workflows.question import NotCountersignedError

if TYPE_CHECKING:
    from workflows.attributes import Owned


class Countersigning(ABC):
    """One question at a time; nobody needs to follow."""

    _question: ElicitationRequest | None
    _closed: ElicitationOutcome | None
    _withdrawn: bool
    _told_end: bool
    _sessions: list[str]

    @abstractmethod
    def _news(self) -> PaymentNews | None:
        """How things stand after a step; None where there is nothing to tell of."""

    async def _countersign(self, plan: Owned, order: ElicitationOrder) -> None:
        """Open the question, wait for its workflow, and let only a yes through."""
        if self._withdrawn:
            raise question.withdrawn()
        await workflow.execute_local_activity_method(Questions.open, order, **options.DELIVER)
        child = await question.start(plan, order)
        self._question = order.request
        attributes.show_terms(plan, order)
        if self._closed is not None:
            await self._tell()
        if self._withdrawn:  # while the question was being opened
            await question.close(order.request.elicitation_id, WithdrawnError.code)
        outcome = await child
        self._question, self._closed = None, outcome
        if not outcome.accepted:
            raise NotCountersignedError(outcome)

    async def _withdraw(self) -> None:
        """It is wanted no longer: what is asked now is closed, and nothing more is asked."""
        self._withdrawn = True
        if self._question is not None:
            await question.close(self._question.elicitation_id, WithdrawnError.code)

    async def _tell(self) -> None:
        for session_id in self._sessions:
            await self._tell_one(session_id)
        self._told_end = self._question is None

    async def _tell_one(self, session_id: str) -> None:
        news = self._news()
        if news is not None:
            await question.tell(session_id, news)

    @workflow.signal
    async def take_up(self, taken: TakenUp) -> None:
        """Another conversation of the customer's goes on with this: it too is told from now on."""
        if taken.session_id in self._sessions:
            return
        self._sessions.append(taken.session_id)
        asks_another = self._question is not None and self._question.elicitation_id != taken.elicitation_id
        if self._told_end or asks_another:
            await self._tell_one(taken.session_id)
