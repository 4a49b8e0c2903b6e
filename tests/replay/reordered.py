"""A payment that holds before it asks: what a careless change would look like."""

from __future__ import annotations

from temporalio import workflow
from temporalio.common import VersioningBehavior

with workflow.unsafe.imports_passed_through():
    from activities.payments import Payments
    from domain.payments import PaymentRequest, PaymentResult, PaymentStep, Screened
    from workflows import options
    from workflows.payment import PaymentWorkflow


@workflow.defn(name="PaymentWorkflow", versioning_behavior=VersioningBehavior.PINNED)
class HoldsFirst(PaymentWorkflow):
    """The first two steps are swapped."""

    @workflow.init
    def __init__(self, request: PaymentRequest) -> None:
        super().__init__(request)

    @workflow.run
    async def run(self, request: PaymentRequest) -> PaymentResult:
        return await super().run(request)

    async def _carry_out(self, screened: Screened) -> None:
        step = PaymentStep(screened.plan.payment_id)
        await workflow.execute_local_activity_method(Payments.hold, step, **options.MONEY)
        for countersign in screened.plan.countersigns:
            await self._countersign(screened, countersign)
        await workflow.execute_activity_method(Payments.post, step, **options.MONEY, summary="post to the ledger")
