"""How an alert comes to lack nothing: what is said and what a form holds are merged, whichever comes first."""

from __future__ import annotations

import asyncio
from abc import ABC
from collections.abc import Awaitable, Callable
from datetime import timedelta
from math import ceil
from typing import Any

from temporalio import workflow
from temporalio.exceptions import FailureError
from temporalio.workflow import ChildWorkflowHandle

with workflow.unsafe.imports_passed_through():
    from activities.alerts import Alerts, Drawn, Saving, WishOf
    from activities.elicitations import Questions
    from domain import alert_words, ids
    from domain.alert_wishes import form_of
    from domain.alerts import AlertNews, AlertNow, AlertRequest, AlertState, AlertWish, Examined, Owner, may_become
    from domain.elicitation import (
        ALERT,
        ElicitationOrder,
        ElicitationOutcome,
        ElicitationRequest,
        ElicitationType,
    )
    from domain.errors import AlertClosedError, AlertStateError, WithdrawnError
    from workflows import options, question
    from workflows.refusal import failed, refusal_of


class Drafting(ABC):
    """An AlertWorkflow's states, and the forms of its draft."""

    _request: AlertRequest
    _drawn: Drawn | None
    _owner: Owner | None
    _examined: Examined
    _state: AlertState
    _version: int
    _events_max: int
    _results: dict[str, AlertNow]
    _question: ElicitationRequest | None
    _changing: asyncio.Lock
    _moved_on: bool
    _stirred: bool

    async def _draft(self) -> None:
        """Record it, and have asked what is missing, until nothing is or it is given up."""
        drawn = self._drawn = await workflow.execute_local_activity_method(Alerts.open, self._request, **options.STORE)
        self._owner, self._events_max = drawn.owner, drawn.events_max
        async with self._changing:
            await self._merge(AlertWish())
        while self._state is AlertState.DRAFT:
            await self._ask(drawn)

    async def _ask(self, drawn: Drawn) -> None:
        """One form. What is said meanwhile may settle it, or make it the wrong one."""
        order = self._order(drawn)
        await workflow.execute_local_activity_method(Questions.open, order, **options.DELIVER)
        child = await question.start(drawn.owner, order)
        self._question = order.request
        asked = {each.name for each in order.request.fields}
        workflow.set_current_details("Waiting for what is still missing, by voice or by a form.")
        await workflow.wait_condition(lambda: child.done() or self._has_moved_on(asked))
        await self._settle(child, order.request.elicitation_id)

    async def _settle(self, child: ChildWorkflowHandle[Any, ElicitationOutcome], elicitation_id: str) -> None:
        if not child.done():
            await question.close(elicitation_id, WithdrawnError.code)
        outcome = await child
        async with self._changing:
            self._question = None
            if self._state is not AlertState.DRAFT:
                return
            if outcome.accepted:
                await self._fill(AlertWish.of(outcome.filled))
            elif outcome.error_code != WithdrawnError.code or not self._moved_on:
                await self._become(AlertState.DELETED, self._examined)
                await self._tell(alert_words.NOT_SET_UP)

    def _has_moved_on(self, asked: set[str]) -> bool:
        """By voice: it is settled, or lacks what this form does not ask."""
        self._moved_on = not set(self._examined.missing) <= asked
        return self._state is not AlertState.DRAFT or self._moved_on

    async def _fill(self, wish: AlertWish) -> None:
        try:
            await self._merge(wish)
        except FailureError as failure:
            await self._tell(refusal_of(failure).sentence, settled=False)
            return
        if self._examined.terms is not None:
            await self._tell(alert_words.confirmed(self._examined.terms))

    def _order(self, drawn: Drawn) -> ElicitationOrder:
        now, number = workflow.now(), self._version
        request = ElicitationRequest(
            elicitation_id=ids.elicitation_id(ids.alert_workflow_id(self._request.alert_id), "form", number),
            tool_call_id=self._request.tool_call_id or self._request.alert_id,
            elicitation_type=ElicitationType.FORM,
            payment_id=self._request.alert_id,
            version=number,
            transaction_hash=self._request.digest(),
            amount="",
            currency="",
            payee="",
            account="",
            created_at=now.isoformat(),
            expires_at=(now + timedelta(seconds=drawn.form_s)).isoformat(),
            timeout_seconds=ceil(drawn.form_s),
            trace_id=self._request.trace_id,
            fields=form_of(self._examined, drawn.accounts),
            transaction_type=ALERT,
        )
        self._version += 1  # the next form has a number of its own
        return ElicitationOrder(request, self._request.user_id, self._request.session_id, drawn.form_s)

    # ---- states

    async def _merge(self, wish: AlertWish) -> None:
        """Add what was said; active once nothing is missing. Raises the refusal, having changed nothing."""
        wanted = WishOf(self._request.user_id, self._examined.wish.merged(wish))
        examined = await workflow.execute_local_activity_method(Alerts.examine, wanted, **options.STORE)
        complete = self._state is AlertState.DRAFT and examined.terms is not None
        await self._become(AlertState.ACTIVE if complete else self._state, examined)

    async def _become(self, state: AlertState, examined: Examined) -> None:
        """Keep it; only then does it hold."""
        if state is self._state and examined == self._examined and state is not AlertState.DRAFT:
            return
        if state is not self._state and not may_become(self._state, state):
            raise failed(AlertClosedError() if self._state is AlertState.DELETED else AlertStateError())
        saving = Saving(self._request.alert_id, self._version + 1, state, examined)
        await workflow.execute_local_activity_method(Alerts.save, saving, **options.STORE)
        self._version, self._state, self._examined, self._stirred = saving.version, state, examined, True

    async def _once(self, step: Callable[[], Awaitable[None]]) -> AlertNow:
        """One at a time; a repeat of the caller's id gets the first result."""
        update = workflow.current_update_info()
        known = update.id if update else ""
        async with self._changing:
            if known in self._results:
                return self._results[known]
            try:
                await step()
            except FailureError as failure:
                raise failed(refusal_of(failure)) from failure
            self._results[known] = self._now()
            return self._results[known]

    def _now(self) -> AlertNow:
        waits = self._question if self._state is AlertState.DRAFT else None
        return AlertNow(self._request.alert_id, self._state, self._examined.missing, waits)

    async def _tell(self, text: str, *, settled: bool = True) -> None:
        """The conversation that it began in, if there is one; how it was settled by a form is news to that."""
        if not self._request.session_id:
            return
        conversation = workflow.get_external_workflow_handle(ids.conversation_workflow_id(self._request.session_id))
        try:
            news = AlertNews(text, settled=self._request.alert_id if settled else "")
            await conversation.signal("alert_news", news)
        except FailureError:
            workflow.logger.info("the conversation has ended; the events tell the story")
