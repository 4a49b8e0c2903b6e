"""A plan or a question that was changed in a workflow's history, one field after the other: it pays nothing else."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Final

import pytest

from activities.ports import ElicitationRow, Settlement
from adapters.postgres.approvals import PgApprovals
from adapters.postgres.elicitations import PgElicitations
from adapters.postgres.ledger import PgLedger
from domain.elicitation import ElicitationRequest, ElicitationState, ElicitationType
from domain.errors import BankError
from domain.payments import PaymentPlan
from tests.bank import balances, found_bank, request
from tests.ledger.test_versions import BOTH, asked, version, waits_for

if TYPE_CHECKING:
    import psycopg

    from adapters.postgres.pool import Pool

pytestmark = pytest.mark.servers

PLAN: Final = version(1, 15_00, approvals=1)
OTHER: Final[dict[str, object]] = {
    "countersigns": (ElicitationType.CONFIRMATION,),
    "elicitation_type": ElicitationType.CONFIRMATION,
    "fields": (),
    "user_id": "u2",
    "approvals": 0,
    "requires_biometric": True,
}
SHOWN: Final = frozenset(
    {"elicitation_type", "payment_id", "version", "transaction_hash", "amount", "currency", "payee", "account"}
)
"""What a customer's answer is bound to. Anything else about a question can change without changing the payment."""
BOUND: Final = frozenset(
    {"payment_id", "user_id", "version", "amount", "currency", "payer_account_name", "payee_name", "transaction_hash",
     "countersigns", "approvals"}
)  # fmt: skip
"""What of a plan decides what is asked. The ledger takes everything else from its own row."""


def mutated(value: object, name: str) -> object:
    if name in OTHER:
        return OTHER[name]
    return value + 1 if isinstance(value, int | float) else f"{value}9"


class Till:
    """Does what a workflow would, believing the plan that it has."""

    def __init__(self, pool: Pool) -> None:
        self.ledger, self.questions, self.approvals = PgLedger(pool), PgElicitations(pool), PgApprovals(pool)

    async def carry_out(self, plan: PaymentPlan, asking: dict[ElicitationType, ElicitationRequest]) -> None:
        await self.ledger.hold(plan.payment_id, plan.version)
        for kind in plan.countersigns:
            row = asked(plan, kind)
            await self._answered(replace(row, request=asking.get(kind, row.request)))
        for _ in range(plan.approvals):
            order = waits_for(plan)
            await self.approvals.open(order)
            yes = Settlement(order.request.elicitation_id, "u2", "", approve=True, note="", response_id="r")
            await self.approvals.settle(yes)
        await self.ledger.post(plan.payment_id, plan.version)

    async def _answered(self, row: ElicitationRow) -> None:
        stored = await self.questions.open(row)
        name = stored.request.elicitation_id
        await self.questions.close(name, ElicitationState.COMPLETED, response_id=f"r-{name}")


@pytest.fixture
async def till(pool: Pool, owner: psycopg.Connection) -> Till:
    found_bank(owner)
    owner.execute("UPDATE users SET role = 'supervisor' WHERE user_id = 'u2'")
    owner.execute("INSERT INTO supervisors VALUES ('u2', 'supervisors', 1000000)")
    made = Till(pool)
    await made.ledger.open_payment(request("p", 15_00), PLAN)
    return made


async def refusal_of(till: Till, plan: PaymentPlan, asking: dict[ElicitationType, ElicitationRequest]) -> str:
    try:
        await till.carry_out(plan, asking)
    except BankError as error:
        return error.code
    return ""


async def test_what_nobody_changed_is_paid(till: Till, owner: psycopg.Connection) -> None:
    assert await refusal_of(till, PLAN, {}) == ""
    assert balances(owner)["shop"] == (15_00, 0)


@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize("name", [each.name for each in fields(ElicitationRequest)])
async def test_a_question_with_another(name: str, kind: ElicitationType, till: Till, owner: psycopg.Connection) -> None:
    honest = asked(PLAN, kind).request
    changed = replace(honest, **{name: mutated(getattr(honest, name), name)})
    refusal = await refusal_of(till, PLAN, {kind: changed})
    if changed == honest:
        return
    assert (refusal != "") is (name in SHOWN), refusal
    assert refusal in {"", "countersign_missing", "stale_version"}
    assert balances(owner)["shop"] == (0 if refusal else 15_00, 0)


@pytest.mark.parametrize("name", [each.name for each in fields(PaymentPlan)])
async def test_a_plan_with_another(name: str, till: Till, owner: psycopg.Connection) -> None:
    refusal = await refusal_of(till, replace(PLAN, **{name: mutated(getattr(PLAN, name), name)}), {})
    assert (refusal != "") is (name in BOUND), refusal
    assert refusal in {"", "countersign_missing", "stale_version", "payment_not_found"}
    paid = 0 if refusal else 15_00
    assert (balances(owner)["shop"], balances(owner)["mill"]) == ((paid, 0), (0, 0))
