"""What the rail had paid and sent back: given back to the customer, once, and told."""

from __future__ import annotations

from temporalio import workflow
from temporalio.common import VersioningBehavior

with workflow.unsafe.imports_passed_through():
    from activities.rail import Rails
    from domain.conversation import PaymentNews
    from domain.payments import PaymentState
    from domain.rail import RailReturn
    from workflows import options, question


@workflow.defn(name="RailReturnWorkflow", versioning_behavior=VersioningBehavior.PINNED)
class RailReturnWorkflow:
    """One return: a new transfer, never an edit."""

    @workflow.run
    async def run(self, came_back: RailReturn) -> None:
        """Book it, as soon as what comes back has been posted; tell the conversation in which it was paid."""
        given = await workflow.execute_activity_method(
            Rails.give_back, came_back, **options.MONEY, summary="give back what came back"
        )
        if not given.session_id:
            return
        news = PaymentNews(
            payment_id=given.payment_id,
            state=PaymentState.COMPLETED,
            amount=given.amount,
            currency=given.currency,
            payee=given.payee,
            account=given.account,
            returned=True,
        )
        await question.tell(given.session_id, news)
