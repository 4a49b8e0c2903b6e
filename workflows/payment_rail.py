"""A payment to another bank: handed to the rail once its whole story is countersigned, and followed until it is known.

A time-out is no answer. Until the rail gives one the money stays held, and the same key is asked about again.
"""

from __future__ import annotations

from abc import abstractmethod
from datetime import timedelta
from typing import Final

from temporalio import workflow
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import FailureError, WorkflowAlreadyStartedError
from temporalio.workflow import ParentClosePolicy

with workflow.unsafe.imports_passed_through():
    from activities.payments import Payments
    from activities.rail import Rails
    from domain import ids
    from domain.errors import (
        AccountClosedError,
        CountersignMissingError,
        MandateRevokedError,
        PayeeRemovedError,
        PaymentClosedError,
        PaymentNotFoundError,
        PaymentUnsettledError,
        RailNotReachedError,
        RailRefusedError,
        StaleVersionError,
        StandingOrderEndedError,
        StandingOrderMismatchError,
        StandingOrderPausedError,
    )
    from domain.payments import FINAL_STATES, PaymentKind, PaymentState, PaymentStep
    from domain.rail import RailNews, RailReturn, RailStatus, rail_key
    from workflows import attributes, options
    from workflows.at_once import at_once
    from workflows.payment_waits import Waiting
    from workflows.rail_return import RailReturnWorkflow
    from workflows.refusal import failed, refusal_of

_BEFORE: Final = {
    error.code
    for error in (
        *(AccountClosedError, CountersignMissingError, MandateRevokedError, PayeeRemovedError),
        *(PaymentClosedError, PaymentNotFoundError, StaleVersionError),
        *(StandingOrderEndedError, StandingOrderMismatchError, StandingOrderPausedError),
    )
}
"""Refusals of our own, before the rail was asked: nothing has gone out."""


class Railing(Waiting):
    """What a PaymentWorkflow does where its payee banks elsewhere."""

    _ending: bool
    _error_code: str
    _told_by_rail = False
    _came_back = ""

    @abstractmethod
    async def _tell(self) -> None: ...

    @workflow.signal
    def rail_answered(self, key: str) -> None:
        """The rail has said something of this payment by itself. What it said is noted; here it is only looked up."""
        del key
        self._told_by_rail = True

    def _refuse_if_too_late(self) -> None:
        """What is on its way to another bank can be neither taken back nor changed, and has not ended either."""
        if self._state is PaymentState.UNKNOWN:
            raise failed(PaymentUnsettledError())
        if self._ending or self._state in FINAL_STATES | {PaymentState.EXECUTING}:
            raise failed(PaymentClosedError())

    async def _pay_out(self, kind: PaymentKind, step: PaymentStep) -> None:
        """The money moves: in our own books, or over the rail and then there too."""
        if kind is PaymentKind.OUTSIDE:
            workflow.set_current_details("Countersigned. Handing it to the rail.")
            await self._pay_outside(step)
        else:
            workflow.set_current_details("Countersigned. Posting to the ledger.")
            await _post(step)

    async def _pay_outside(self, step: PaymentStep) -> None:
        """Return once the rail has paid and that is posted. Raises a FailureError where it has not, and will not."""
        news = await self._ask_rail(step)
        while not (news.paid or news.not_paid):
            await self._be_unsure()
            await self._until_heard(timedelta(seconds=news.again_s))
            news = await self._ask_rail(step)
        if news.not_paid:
            raise failed(RailRefusedError() if news.status is RailStatus.REFUSED else RailNotReachedError())
        await self._post_paid(step)
        if news.status is RailStatus.RETURNED:
            self._came_back = rail_key(step.payment_id, step.version)

    async def _heed_rail(self) -> tuple[PaymentState, str]:
        """How a payment ends that the ledger has handed to the rail, and a history older than the ledger has not."""
        self._error_code = ""
        last = await workflow.execute_local_activity_method(Payments.screen, self._request, **options.STORE)
        try:
            await self._pay_outside(PaymentStep(self._request.payment_id, version=last.plan.version))
        except FailureError as failure:
            unpaid = PaymentStep(self._request.payment_id, PaymentState.FAILED, refusal_of(failure).code)
            await workflow.execute_local_activity_method(Payments.end, unpaid, **options.MONEY)
            return unpaid.state, unpaid.error_code
        return PaymentState.COMPLETED, ""

    async def _ask_rail(self, step: PaymentStep) -> RailNews:
        """How it stands now. Raises a refusal only where nothing has gone out."""
        self._told_by_rail = False
        try:
            return await workflow.execute_activity_method(Rails.pay, step, **options.RAIL, summary="ask the rail")
        except FailureError as failure:
            if refusal_of(failure).code in _BEFORE:
                raise
            return RailNews(RailStatus.SENT, options.RAIL_AGAIN.total_seconds())

    async def _be_unsure(self) -> None:
        if self._state is not PaymentState.UNKNOWN:
            self._state = PaymentState.UNKNOWN
            attributes.show_state(self._state, "Handed to the rail, whose answer is not known. The money stays held.")
            await self._tell()

    async def _until_heard(self, patience: timedelta) -> None:
        """Until it is time to ask again, or the rail has said something by itself."""
        try:
            await workflow.wait_condition(
                lambda: self._told_by_rail, timeout=patience, timeout_summary="ask the rail again"
            )
        except TimeoutError:
            workflow.set_current_details("Asking the rail again. The money stays held.")

    async def _post_paid(self, step: PaymentStep) -> None:
        """The money has left: whatever our ledger says against that, it is tried until it agrees."""
        while True:
            try:
                return await _post(step)
            except FailureError as failure:
                workflow.logger.error("paid, and not posted", extra={"code": refusal_of(failure).code})
            await self._be_unsure()
            await workflow.sleep(options.RAIL_POST_AGAIN)

    async def _give_back(self) -> None:
        """What came back before this payment had ended is given back as that which comes back later."""
        if not self._came_back:
            return
        try:
            await workflow.start_child_workflow(
                RailReturnWorkflow.run,
                RailReturn(self._came_back),
                id=ids.rail_return_workflow_id(self._came_back),
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,  # what was told is not told again
                parent_close_policy=ParentClosePolicy.ABANDON,
                task_timeout=options.TASK_TIMEOUT,
            )
        except WorkflowAlreadyStartedError:
            workflow.logger.info("what came back is being given back")


async def _post(step: PaymentStep) -> None:
    await at_once(Payments.post, step, options.MONEY_AT_ONCE, options.MONEY, "post to the ledger")
