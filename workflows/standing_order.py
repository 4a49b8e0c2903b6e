"""A standing order: countersigned, then a payment on each due date, in order, once, until it is over.

The database says how it stands, which date comes next and what became of each: this waits, and begins payments. It runs
on whatever worker there is: a change of its commands is made by `workflow.patched`.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Final

from temporalio import workflow
from temporalio.common import VersioningBehavior
from temporalio.exceptions import FailureError

with workflow.unsafe.imports_passed_through():
    from activities.standing_orders import StandingOrders
    from domain.errors import (
        BankError,
        IdempotencyConflictError,
        StandingOrderChangingError,
        StandingOrderClosedError,
        StandingOrderStateError,
    )
    from domain.order_runs import OrderCarried, OrderStart
    from domain.standing_orders import (
        STANDING,
        OrderBegun,
        OrderRequest,
        OrderState,
        ScreenedOrder,
    )
    from workflows import options
    from workflows.order_runs import LOOK_AGAIN, Running
    from workflows.refusal import failed, refusal_of

_MOST_SESSIONS: Final = 5


@workflow.defn(name="StandingOrderWorkflow", versioning_behavior=VersioningBehavior.AUTO_UPGRADE)
class StandingOrderWorkflow(Running):
    """One standing order, from the wish to its end."""

    @workflow.init
    def __init__(self, start: OrderStart) -> None:
        carried = start.carried
        self._request = start.request
        self._carried = carried
        self._terms: ScreenedOrder | None = None
        self._outcome = OrderState.AWAITING_CUSTOMER
        self._state = OrderState.ACTIVE if carried else OrderState.AWAITING_CUSTOMER
        self._error_code = ""
        self._question = None
        self._closed = None
        self._withdrawn = False
        self._told_end = False
        self._sessions = [start.request.session_id] if start.request.session_id and carried is None else []
        self._wanted: OrderRequest | None = None
        self._changing = asyncio.Lock()
        self._refused: BankError | None = None
        self._stirred = False
        self._tried_on = carried.tried_on if carried else ""
        self._tried = carried.tried if carried else 0
        self._retry_at = carried.retry_at if carried else ""

    @workflow.run
    async def run(self, start: OrderStart) -> OrderState:
        """Have it countersigned; pay what falls due; end. An operator's cancellation cancels it."""
        story = asyncio.create_task(self._story(start))
        try:
            return await asyncio.shield(story)
        except asyncio.CancelledError:
            await workflow.execute_local_activity_method(StandingOrders.cancel, self._request.order_id, **options.STORE)
            await self._heed()
            return await story

    async def _story(self, start: OrderStart) -> OrderState:
        try:
            if start.carried is None:
                await self._set_up(start.request)
            while self._state in STANDING:
                await self._attend_patiently()
        except FailureError as failure:
            self._refused = refusal_of(failure)
        await workflow.wait_condition(workflow.all_handlers_finished)
        if self._refused is not None:
            raise failed(self._refused)  # what was refused may be asked for again under its id
        workflow.set_current_details(f"Ended: {self._state.lower()}.")
        return self._state

    async def _set_up(self, request: OrderRequest) -> None:
        screened = await workflow.execute_local_activity_method(StandingOrders.screen, request, **options.STORE)
        self._carried = OrderCarried(
            screened.plan.tenant_id, screened.plan.customer_ref, screened.plan.amount_minor, screened.events_max
        )
        self._state = screened.state
        if self._state is OrderState.AWAITING_CUSTOMER:
            await self._agree(request, screened)

    async def _attend_patiently(self) -> None:
        """What is refused today may be possible in a while: an order does not end by it."""
        try:
            await self._attend()
        except FailureError as failure:
            workflow.logger.warning("a standing order waits", extra={"code": refusal_of(failure).code})
            await workflow.sleep(LOOK_AGAIN)

    async def _attend(self) -> None:
        """Until something is to be done, and what follows from it."""
        self._stirred = False
        if self._may_begin_anew():
            workflow.continue_as_new(self._carry())
        now = await self._look()
        if self._wanted is not None:
            await self._change()
        elif now.state is OrderState.ACTIVE and now.due is None:
            self._state = await workflow.execute_local_activity_method(
                StandingOrders.finish, self._request.order_id, **options.STORE
            )
        elif now.state is OrderState.ACTIVE and now.due is not None and self._at(now.due) <= workflow.now():
            await self._fall_due(now, now.due)
        elif now.state in STANDING:
            await self._rest(self._at(now.due) if now.due and now.state is OrderState.ACTIVE else None)

    async def _rest(self, until: datetime | None) -> None:
        self._show(until)
        try:
            await workflow.wait_condition(
                lambda: self._stirred or self._wanted is not None or self._may_begin_anew(),
                timeout=max(until - workflow.now(), timedelta(milliseconds=1)) if until else None,
                timeout_summary="the next due date",
            )
        except TimeoutError:
            return

    async def _change(self) -> None:
        """Other terms hold once they are countersigned; until then, and if they never are, these do."""
        request = self._wanted
        if request is None:
            raise AssertionError
        try:
            screened = await workflow.execute_local_activity_method(StandingOrders.screen, request, **options.STORE)
            if not screened.settled:
                await self._agree(request, screened)
        finally:
            self._wanted = None

    # ---- messages

    @workflow.update
    async def begin(self, start: OrderStart) -> OrderBegun:
        """Started together with the workflow: returns once a question waits, or it stands or has ended."""
        if start.request.digest() != self._request.digest():
            raise failed(IdempotencyConflictError())
        await workflow.wait_condition(
            lambda: (
                self._question is not None
                or self._state is not OrderState.AWAITING_CUSTOMER
                or self._refused is not None
            )
        )
        if self._refused is not None:
            raise failed(self._refused)
        return self._begun()

    @workflow.update
    async def change(self, request: OrderRequest) -> OrderBegun:
        """Have other terms countersigned. Raises the refusal of their screening; then nothing has changed."""
        async with self._changing:
            if self._wanted is not None and self._wanted.change_id != request.change_id:
                raise failed(StandingOrderChangingError())
            try:
                screened = await workflow.execute_local_activity_method(StandingOrders.screen, request, **options.STORE)
            except FailureError as failure:
                raise failed(refusal_of(failure)) from failure
            if screened.settled:
                return OrderBegun(self._request.order_id, self._state)
            if self._wanted is None:
                self._wanted, self._closed = request, None
                self._follow(request.session_id)
        await workflow.wait_condition(
            lambda: self._question is not None or self._wanted is None or self._state not in STANDING
        )
        return self._begun()

    @change.validator
    def _validate_change(self, request: OrderRequest) -> None:
        del request
        if self._state is OrderState.AWAITING_CUSTOMER:
            raise failed(StandingOrderStateError())
        if self._state not in STANDING:
            raise failed(StandingOrderClosedError())

    @workflow.signal
    async def stepped(self, reason: str) -> None:
        """Its customer has paused, resumed or cancelled it, which the database knows. `reason` is for history."""
        del reason
        await self._heed()

    @workflow.query
    def begun(self) -> OrderBegun:
        """Where it stands."""
        return self._begun()

    def _begun(self) -> OrderBegun:
        return OrderBegun(self._request.order_id, self._state, self._question)

    def _follow(self, session_id: str) -> None:
        if session_id and session_id not in self._sessions:
            self._sessions = [*self._sessions, session_id][-_MOST_SESSIONS:]

    def _may_begin_anew(self) -> bool:
        info = workflow.info()
        most = self._carried.events_max if self._carried else 0
        long = info.is_continue_as_new_suggested() or info.get_current_history_length() > most > 0
        return long and self._wanted is None and workflow.all_handlers_finished()

    def _carry(self) -> OrderStart:
        known = self._carried
        if known is None:
            raise AssertionError
        memory = OrderCarried(
            known.tenant_id,
            known.customer_ref,
            known.amount_minor,
            known.events_max,
            self._tried_on,
            self._tried,
            self._retry_at,
        )
        return OrderStart(self._request, memory)
