"""An alert: put together by voice or by a form, then watching until it is deleted, over any number of runs.

It runs on whatever worker there is, as all of the house's do: a change of its commands is made by `workflow.patched`.
"""

from __future__ import annotations

import asyncio
from collections import deque
from datetime import datetime, timedelta
from typing import Final

from temporalio import workflow
from temporalio.common import VersioningBehavior
from temporalio.exceptions import FailureError

with workflow.unsafe.imports_passed_through():
    from activities.alerts import Alerts, FiringOf, NextOf
    from domain import alert_words
    from domain.alert_runs import AlertCarried, AlertStart
    from domain.alerts import (
        AlertNow,
        AlertState,
        AlertWish,
        Examined,
        Firing,
        LedgerEvent,
        Occurrence,
        firing_key,
        meets,
    )
    from domain.errors import (
        AlertClosedError,
        AlertKindFixedError,
        AlertStateError,
        BankError,
        IdempotencyConflictError,
    )
    from workflows import attributes, options
    from workflows.alert_draft import Drafting
    from workflows.refusal import failed, refusal_of

_SEEN: Final = 200
_RESULTS: Final = 20
_CARRIED: Final = 500
"""How many events go into the next run unheard: where they keep coming, it would otherwise never begin."""
_LOOK_AGAIN: Final = timedelta(days=1)
"""How soon a due date is looked for that the bank does not know yet."""


@workflow.defn(name="AlertWorkflow", versioning_behavior=VersioningBehavior.AUTO_UPGRADE)
class AlertWorkflow(Drafting):
    """One alert, from the wish to its end. That nothing is said twice is the database's to see to."""

    @workflow.init
    def __init__(self, start: AlertStart) -> None:
        carried = start.carried
        self._request = start.request
        self._drawn = None
        self._owner = carried.owner if carried else None
        self._examined = carried.examined if carried else Examined(start.request.wish)
        self._state = carried.state if carried else AlertState.DRAFT
        self._version = carried.version if carried else 1
        self._events_max = carried.events_max if carried else 0
        self._seen = list(carried.seen) if carried else []
        self._results = dict(carried.results) if carried else {}
        self._events: deque[LedgerEvent] = deque(carried.events if carried else ())
        self._question = None
        self._changing = asyncio.Lock()
        self._refused: BankError | None = None
        self._moved_on = False
        self._stirred = True

    @workflow.run
    async def run(self, start: AlertStart) -> None:
        """Lack nothing; watch; end. An operator's cancellation deletes it."""
        story = asyncio.create_task(self._story(start))
        try:
            await asyncio.shield(story)
        except asyncio.CancelledError:
            async with self._changing:
                await self._become(AlertState.DELETED, self._examined)
            await story

    async def _story(self, start: AlertStart) -> None:
        try:
            if start.carried is None:
                await self._draft()
            while self._state is not AlertState.DELETED:
                await self._watch()
        except FailureError as failure:
            self._refused = refusal_of(failure)
        await workflow.wait_condition(workflow.all_handlers_finished)
        if self._refused is not None:
            raise failed(self._refused)  # what was refused may be asked for again under its id

    async def _watch(self) -> None:
        """Until something happens that matters, and what follows from it."""
        self._stirred = False
        due = await self._due()
        self._show(due)
        try:
            await workflow.wait_condition(
                self._has_something_to_do, timeout=self._patience(due), timeout_summary="the alert's time"
            )
        except TimeoutError:
            if due is not None and workflow.now() >= datetime.fromisoformat(due.at):
                await self._come_due(due)
        while self._events and not self._may_begin_anew():
            await self._hear(self._events.popleft())
        if self._may_begin_anew():
            workflow.continue_as_new(self._carry())

    async def _due(self) -> Occurrence | None:
        terms = self._examined.terms
        if terms is None or terms.kind.of_ledger or self._state is not AlertState.ACTIVE:
            return None
        asked = NextOf(self._request.user_id, terms, workflow.now().isoformat())
        due = await workflow.execute_local_activity_method(Alerts.next_of, asked, **options.STORE)
        if due is None and (terms.date or terms.every):
            async with self._changing:  # the calendar has nothing left of it
                await self._become(AlertState.DELETED, self._examined)
        return due

    def _patience(self, due: Occurrence | None) -> timedelta | None:
        """What the bank itself knows to come may change until then: it is looked at again."""
        terms = self._examined.terms
        if terms is None or terms.kind.of_ledger or self._state is not AlertState.ACTIVE:
            return None
        left = datetime.fromisoformat(due.at) - workflow.now() if due else _LOOK_AGAIN
        own = bool(terms.date or terms.every)
        return max(left if own else min(left, _LOOK_AGAIN), timedelta(milliseconds=1))

    async def _come_due(self, due: Occurrence) -> None:
        terms = self._examined.terms
        if terms is not None and self._state is AlertState.ACTIVE:
            detail = {"kind": terms.kind.value, "day": due.day}
            text = alert_words.due(terms, due.day, due.payees)
            await self._fire(Firing(self._request.alert_id, due.key, text, detail=detail))

    async def _hear(self, event: LedgerEvent) -> None:
        terms = self._examined.terms
        if terms is None or self._state is not AlertState.ACTIVE or not meets(terms, event):
            return
        detail = {"kind": terms.kind.value, "transfer_id": event.transfer_id, "amount_minor": event.minor}
        text = alert_words.posted(terms, event)
        await self._fire(
            Firing(self._request.alert_id, firing_key(terms, event), text, happened=event.at, detail=detail)
        )

    async def _fire(self, firing: Firing) -> None:
        """The database says no where it was paused, deleted or said before, whatever is known here."""
        said = FiringOf(self._request.user_id, firing)
        await workflow.execute_local_activity_method(Alerts.fire, said, **options.STORE)

    # ---- messages

    @workflow.update
    async def begin(self, start: AlertStart) -> AlertNow:
        """Started together with the workflow: returns once a form waits, or it is active, or has ended."""
        if start.request.digest() != self._request.digest():
            raise failed(IdempotencyConflictError(digests=(self._request.digest(), start.request.digest())))
        await workflow.wait_condition(
            lambda: self._question is not None or self._state is not AlertState.DRAFT or self._refused is not None
        )
        if self._refused is not None:
            raise failed(self._refused)
        return self._now()

    @workflow.signal
    def posted(self, event: LedgerEvent) -> None:
        """Something was booked on an account that it may watch; a repeat is known by its number."""
        if event.seq not in self._seen:
            self._seen = [*self._seen, event.seq][-_SEEN:]
            self._events.append(event)

    @workflow.update
    async def change(self, wish: AlertWish) -> AlertNow:
        """Have it another way, or say more of it. Raises the refusal of what was said; then nothing has changed."""
        return await self._once(lambda: self._merge(wish))

    @workflow.update
    async def pause(self) -> AlertNow:
        """Watch no more until it is resumed."""
        return await self._once(lambda: self._become(AlertState.PAUSED, self._examined))

    @workflow.update
    async def resume(self) -> AlertNow:
        """Watch again from now on."""
        return await self._once(lambda: self._become(AlertState.ACTIVE, self._examined))

    @workflow.update
    async def delete(self) -> AlertNow:
        """End it; what it has said before is still delivered."""
        return await self._once(lambda: self._become(AlertState.DELETED, self._examined))

    @change.validator
    def _validate_change(self, wish: AlertWish) -> None:
        self._refuse_if_over()
        if self._state is not AlertState.DRAFT and wish.kind not in {"", self._examined.wish.kind}:
            raise failed(AlertKindFixedError())

    @pause.validator
    def _validate_pause(self) -> None:
        self._refuse_if_over()
        if self._state is AlertState.DRAFT:
            raise failed(AlertStateError())

    @resume.validator
    def _validate_resume(self) -> None:
        self._validate_pause()

    @workflow.query
    def now(self) -> AlertNow:
        """How it stands."""
        return self._now()

    def _refuse_if_over(self) -> None:
        update = workflow.current_update_info()
        if self._state is AlertState.DELETED and (update is None or update.id not in self._results):
            raise failed(AlertClosedError())

    def _has_something_to_do(self) -> bool:
        over = self._state is AlertState.DELETED
        return over or self._stirred or bool(self._events) or self._may_begin_anew()

    def _show(self, due: Occurrence | None) -> None:
        """For those who look at the workflow: no names, and no words of the customer's."""
        if self._owner is not None:
            at = datetime.fromisoformat(due.at) if due else None
            attributes.show_alert(self._owner, self._state, self._examined.wish.kind, at)

    def _may_begin_anew(self) -> bool:
        info = workflow.info()
        long = info.is_continue_as_new_suggested() or info.get_current_history_length() > self._events_max > 0
        settled = self._state in {AlertState.ACTIVE, AlertState.PAUSED} and len(self._events) <= _CARRIED
        return long and settled and workflow.all_handlers_finished()

    def _carry(self) -> AlertStart:
        if self._owner is None:
            raise AssertionError
        kept = dict(list(self._results.items())[-_RESULTS:])
        memory = AlertCarried(
            self._owner,
            self._examined,
            self._state,
            self._version,
            self._events_max,
            tuple(self._seen),
            kept,
            tuple(self._events),
        )
        return AlertStart(self._request, memory)
