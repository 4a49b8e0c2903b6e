"""Standing mandates at rest, in memory: for the workflows, the desk and the fake ledger."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from domain.errors import (
    IdempotencyConflictError,
    MandateClosedError,
    MandateEndedError,
    MandateExhaustedError,
    MandateNotFoundError,
    MandateRevokedError,
)
from domain.mandates import ENDED_STATES, MandateShown, MandateState, period_begin

if TYPE_CHECKING:
    from domain.mandates import Cover, MandateEnd, MandatePlan, MandateRequest
    from domain.payments import PaymentPlan


@dataclass
class HouseMandates:
    """Remembers plans, states and uses; of uses only those of one long period."""

    plans: dict[str, MandatePlan] = field(default_factory=dict[str, "MandatePlan"])
    digests: dict[str, str] = field(default_factory=dict[str, str])
    states: dict[str, MandateState] = field(default_factory=dict[str, MandateState])
    codes: dict[str, str] = field(default_factory=dict[str, str])
    uses: dict[str, dict[str, int]] = field(default_factory=dict[str, dict[str, int]])
    heard: list[str] = field(default_factory=list[str])

    async def open(self, request: MandateRequest, plan: MandatePlan) -> MandatePlan:
        self.digests[request.mandate_id] = request.digest()
        self.states.setdefault(request.mandate_id, MandateState.AWAITING_CUSTOMER)
        self.uses.setdefault(request.mandate_id, {})
        return self.plans.setdefault(request.mandate_id, plan)

    async def find(self, request: MandateRequest) -> MandatePlan | None:
        if self.digests.get(request.mandate_id, request.digest()) != request.digest():
            raise IdempotencyConflictError
        return self.plans.get(request.mandate_id)

    async def state_of(self, mandate_id: str) -> MandateState:
        return self.states[mandate_id]

    async def activate(self, mandate_id: str) -> None:
        if self.states[mandate_id] is MandateState.REVOKED:
            raise MandateRevokedError
        self.states[mandate_id] = MandateState.ACTIVE

    async def end(self, end: MandateEnd) -> MandateState:
        if self.states[end.mandate_id] not in ENDED_STATES:
            self.states[end.mandate_id] = end.state
            self.codes[end.mandate_id] = end.error_code
        self.heard.append(end.mandate_id)
        return self.states[end.mandate_id]

    async def covering(self, sought: Cover) -> str:
        fitting = (
            mandate_id
            for mandate_id, plan in self.plans.items()
            if self.states[mandate_id] is MandateState.ACTIVE
            and plan.user_id == sought.user_id
            and sought.payee_account in {payee.account for payee in plan.terms.payees}
            and plan.terms.account in {"", sought.account_id}
            and self.left(mandate_id) >= sought.amount.minor
        )
        return next(fitting, "")

    async def of(self, user_id: str) -> list[MandateShown]:
        return [
            await self.get(mandate_id, user_id) for mandate_id, plan in self.plans.items() if plan.user_id == user_id
        ]

    async def get(self, mandate_id: str, user_id: str) -> MandateShown:
        if mandate_id not in self.plans or self.plans[mandate_id].user_id != user_id:
            raise MandateNotFoundError
        plan = self.plans[mandate_id]
        used, now = sum(self.uses[mandate_id].values()), datetime.now(UTC)
        return MandateShown(
            mandate_id=mandate_id,
            state=self.states[mandate_id],
            budget_minor=plan.terms.budget_minor,
            budget=plan.budget,
            currency=plan.terms.currency,
            period=plan.terms.period,
            payees=tuple(payee.name for payee in plan.terms.payees),
            account=plan.account_name,
            ends_on=plan.terms.ends_on,
            version=plan.terms.version,
            mandate_hash=plan.mandate_hash,
            used_minor=used,
            left_minor=plan.terms.budget_minor - used,
            period_began=period_begin(plan.terms.period, now).date().isoformat(),
            created_at=now.isoformat(),
        )

    async def revoke(self, mandate_id: str, user_id: str) -> None:
        await self.get(mandate_id, user_id)
        if self.states[mandate_id] in ENDED_STATES - {MandateState.REVOKED}:
            raise MandateClosedError
        self.states[mandate_id] = MandateState.REVOKED

    async def unheard(self, older_than_s: float) -> list[str]:
        del older_than_s
        return [each for each, state in self.states.items() if state is MandateState.REVOKED and each not in self.heard]

    def left(self, mandate_id: str) -> int:
        return self.plans[mandate_id].terms.budget_minor - sum(self.uses[mandate_id].values())

    def use(self, plan: PaymentPlan) -> None:
        """As the ledger's hold does."""
        self.check(plan)
        if self.states[plan.mandate_id] is not MandateState.ACTIVE:
            raise MandateEndedError
        if plan.payment_id not in self.uses[plan.mandate_id] and self.left(plan.mandate_id) < plan.amount_minor:
            raise MandateExhaustedError
        self.uses[plan.mandate_id][plan.payment_id] = plan.amount_minor

    def check(self, plan: PaymentPlan) -> None:
        """As the ledger's post does."""
        if self.states[plan.mandate_id] is MandateState.REVOKED:
            raise MandateRevokedError

    def give_back(self, plan: PaymentPlan) -> None:
        """As the ledger's void does."""
        self.uses[plan.mandate_id].pop(plan.payment_id, None)

    def limit(self, mandate_id: str, budget_minor: int) -> None:
        """Another budget, for scenes."""
        plan = self.plans[mandate_id]
        self.plans[mandate_id] = replace(plan, terms=replace(plan.terms, budget_minor=budget_minor))
