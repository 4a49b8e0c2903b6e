"""What a payment asks: one question at a time, about one version, each a child workflow."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from datetime import timedelta
from math import ceil
from typing import Any

from temporalio import workflow
from temporalio.workflow import ChildWorkflowHandle

with workflow.unsafe.imports_passed_through():
    from activities.elicitations import Questions
    from domain import ids
    from domain.elicitation import (
        TRANSFER,
        ElicitationOrder,
        ElicitationOutcome,
        ElicitationRequest,
        ElicitationType,
    )
    from domain.errors import StaleVersionError, WithdrawnError
    from domain.factors import requires_biometric
    from domain.payments import PaymentKind, PaymentRequest, PaymentState, Screened
    from workflows import attributes, options, question
    from workflows.question import NotCountersignedError


class CorrectedError(Exception):
    """The customer wants it another way: this version is void."""


class Asking(ABC):
    """Opens a payment's questions and waits for them, unless a correction makes them void."""

    _request: PaymentRequest
    _state: PaymentState
    _question: ElicitationRequest | None
    _closed: ElicitationOutcome | None
    _asked: str
    _revising: asyncio.Lock
    _revised: Screened | None
    _withdrawn: bool
    _withdrawn_for: str

    @abstractmethod
    async def _tell(self) -> None: ...

    async def _countersign(self, screened: Screened, kind: ElicitationType) -> None:
        """Ask the customer, and let only a yes through."""
        self._unless_withdrawn()
        request = self._request_of(screened, kind, screened.elicitation_s, kind)
        order = ElicitationOrder(request, screened.plan.user_id, self._request.session_id, screened.elicitation_s)
        await workflow.execute_local_activity_method(Questions.open, order, **options.DELIVER)
        await self._unless_corrected()
        child = await question.start(screened.plan, order)
        self._state, self._question = PaymentState.AWAITING_CUSTOMER, request
        self._asked = request.elicitation_id
        attributes.show_waiting(screened.plan, self._state, order)
        if self._closed is not None or screened.plan.version > 1:
            await self._tell()
        outcome = await self._settled(child, request.elicitation_id)
        self._question, self._closed = None, outcome
        if not outcome.accepted:
            raise NotCountersignedError(outcome)

    async def _settled(
        self, child: ChildWorkflowHandle[Any, ElicitationOutcome], elicitation_id: str
    ) -> ElicitationOutcome:
        """How the question ended. A correction closes it, and counts for more than an answer: CorrectedError.

        So does a cancellation, which counts for more than both: NotCountersignedError.
        """
        await workflow.wait_condition(lambda: child.done() or self._revised is not None or self._withdrawn)
        if not child.done():
            code = StaleVersionError.code if self._revised is not None else WithdrawnError.code
            await question.close(elicitation_id, code)
        outcome = await child
        self._asked = ""
        self._unless_withdrawn()
        if outcome.error_code != WithdrawnError.code:  # who cancels wants no other version either
            await self._unless_corrected()
        return outcome

    async def _unless_corrected(self) -> None:
        """Raises CorrectedError. Nothing is awaited between the last look and the return."""
        while self._revising.locked():
            await workflow.wait_condition(lambda: not self._revising.locked())
        if self._revised is not None:
            raise CorrectedError

    def _unless_withdrawn(self) -> None:
        """Raises NotCountersignedError. Who takes it back is heard at any time before the money moves."""
        if self._withdrawn:
            raise question.withdrawn(self._withdrawn_for)

    def _request_of(self, screened: Screened, kind: ElicitationType, seconds: float, name: str) -> ElicitationRequest:
        plan, now = screened.plan, workflow.now()
        return ElicitationRequest(
            elicitation_id=ids.elicitation_id(plan.payment_id, name, plan.version),
            tool_call_id=self._request.tool_call_id or plan.payment_id,
            elicitation_type=kind,
            payment_id=plan.payment_id,
            version=plan.version,
            transaction_hash=plan.transaction_hash,
            amount=plan.amount,
            currency=plan.currency,
            payee=plan.payee_name,
            account=plan.payer_account_name,
            created_at=now.isoformat(),
            expires_at=(now + timedelta(seconds=seconds)).isoformat(),
            timeout_seconds=ceil(seconds),
            trace_id=self._request.trace_id,
            requires_biometric=requires_biometric(plan.countersigns),
            transaction_type=TRANSFER if plan.kind is PaymentKind.OWN else "payment",
        )
