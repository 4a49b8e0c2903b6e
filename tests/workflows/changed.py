"""Workflows as another release might have them: with a mistake, or with a stricter rule."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.conversation import ConversationStart, Reply, Turn
    from domain.elicitation import ElicitationOrder, ElicitationOutcome, ElicitationStatus, ProvenAnswer
    from domain.errors import PaymentClosedError
    from domain.payments import Correction, PaymentBegun, PaymentRequest, PaymentResult
    from workflows.conversation import ConversationWorkflow
    from workflows.elicitation import ElicitationWorkflow
    from workflows.payment import PaymentWorkflow
    from workflows.refusal import failed


@workflow.defn(name="ConversationWorkflow")
class Mistaken(ConversationWorkflow):
    """Stumbles over every turn."""

    @workflow.init
    def __init__(self, start: ConversationStart) -> None:
        super().__init__(start)

    @workflow.run
    async def run(self, start: ConversationStart) -> None:
        await super().run(start)

    @workflow.update
    async def turn(self, turn: Turn) -> Reply:
        raise RuntimeError(f"a mistake of ours, with turn {turn.turn_id}")


@workflow.defn(name="ElicitationWorkflow")
class TakesNothing(ElicitationWorkflow):
    """Its validator lets no answer in."""

    @workflow.init
    def __init__(self, order: ElicitationOrder) -> None:
        super().__init__(order)

    @workflow.run
    async def run(self, order: ElicitationOrder) -> ElicitationOutcome:
        return await super().run(order)

    @workflow.update
    async def answer(self, answer: ProvenAnswer) -> ElicitationStatus:
        return await super().answer(answer)

    @answer.validator
    def _refuse(self, answer: ProvenAnswer) -> None:
        del answer
        raise failed(PaymentClosedError())


@workflow.defn(name="PaymentWorkflow")
class NeverCorrected(PaymentWorkflow):
    """Its validator lets no correction in."""

    @workflow.init
    def __init__(self, request: PaymentRequest) -> None:
        super().__init__(request)

    @workflow.run
    async def run(self, request: PaymentRequest) -> PaymentResult:
        return await super().run(request)

    @workflow.update
    async def correct(self, correction: Correction) -> PaymentBegun:
        return await super().correct(correction)

    @correct.validator
    def _refuse(self, correction: Correction) -> None:
        del correction
        raise failed(PaymentClosedError())
