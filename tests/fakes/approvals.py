"""Approvals in memory, and what a later conversation is told: beside the bank of house.py."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from activities.ports import ElicitationRow
from domain.approvals import Approval, ApprovalState, Lent, Supervisor
from domain.conversation import PaymentNews
from domain.elicitation import ElicitationState
from domain.errors import (
    AlreadyDecidedError,
    ApprovalClosedError,
    ApprovalNotFoundError,
    ApprovalRefusedError,
    NotASupervisorError,
)
from domain.payments import FINAL_STATES, PaymentState, PaymentWait

if TYPE_CHECKING:
    from activities.ports import Settlement
    from domain.elicitation import ApprovalOrder
    from tests.fakes.house import HouseElicitations, HouseLedger

SAM = Supervisor("user_sam", "demo", "supervisors", 10_000_00)
SUE = Supervisor("user_sue", "demo", "senior_supervisors", 50_000_00)
SOL = Supervisor("user_sol", "demo", "senior_supervisors", 50_000_00)


@dataclass
class HouseApprovals:
    """Approvals by id; however its question was closed, the approval is closed too."""

    ledger: HouseLedger
    elicitations: HouseElicitations
    rows: dict[str, Approval] = field(default_factory=dict[str, Approval])
    staff: dict[str, Supervisor] = field(default_factory=lambda: {s.user_id: s for s in (SAM, SUE, SOL)})
    refused: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    async def open(self, order: ApprovalOrder) -> None:
        request, plan = order.request, self.ledger.plans[order.request.payment_id]
        if request.elicitation_id in self.rows:
            return
        await self.ledger.wait(PaymentWait(plan.payment_id, PaymentState.AWAITING_SUPERVISOR, request.expires_at))
        self.elicitations.rows[request.elicitation_id] = _question(order)
        self.rows[request.elicitation_id] = Approval(
            approval_id=request.elicitation_id,
            payment_id=plan.payment_id,
            tenant_id=plan.tenant_id,
            maker=plan.user_id,
            payer_name="Maya Lindqvist",
            version=request.version,
            transaction_hash=request.transaction_hash,
            round=order.round,
            needed=plan.approvals,
            amount_minor=plan.amount_minor,
            amount=plan.amount,
            currency=plan.currency,
            payee=plan.payee_name,
            account=plan.payer_account_name,
            reason=plan.reason,
            policy_version=plan.policy_version,
            group=order.groups[0],
            state=ApprovalState.OPEN,
            due_at=request.expires_at,
            created_at=request.created_at,
        )

    async def get(self, approval_id: str) -> Approval:
        if approval_id not in self.rows:
            raise ApprovalNotFoundError
        row, question = self.rows[approval_id], self.elicitations.rows[approval_id]
        if row.state is ApprovalState.OPEN and question.state in _CLOSED:
            row = replace(row, state=ApprovalState(question.state.value), error_code=question.error_code)
        given = [
            each.decided_by
            for each in self.rows.values()
            if (each.payment_id, each.version) == (row.payment_id, row.version) and each.state is ApprovalState.APPROVED
        ]
        return replace(row, given_by=tuple(given))

    async def supervisor(self, user_id: str) -> Supervisor:
        if user_id not in self.staff:
            raise NotASupervisorError
        return self.staff[user_id]

    async def settle(self, settlement: Settlement) -> None:
        row = await self.get(settlement.approval_id)
        if row.state in {ApprovalState.APPROVED, ApprovalState.REFUSED}:
            raise AlreadyDecidedError
        if row.state is not ApprovalState.OPEN:
            raise ApprovalClosedError
        self.rows[settlement.approval_id] = replace(
            row,
            state=ApprovalState.APPROVED if settlement.approve else ApprovalState.REFUSED,
            decided_by=settlement.supervisor,
            on_behalf_of=settlement.lender,
            note=settlement.note,
            response_id=settlement.response_id,
            decided_at=datetime.now(UTC).isoformat(),
        )
        code = "" if settlement.approve else ApprovalRefusedError.code
        await self.elicitations.close(settlement.approval_id, ElicitationState.COMPLETED, settlement.response_id, code)

    async def escalate(self, approval_id: str, group: str) -> None:
        self.rows[approval_id] = replace(self.rows[approval_id], group=group, claimed_by="")

    async def note_refused(self, approval_id: str, actor: str, code: str, detail: dict[str, Any]) -> None:
        del approval_id, detail
        self.refused.append((actor, code))

    def lend(self, lender: str, borrower: str) -> None:
        own, other = self.staff[lender], self.staff[borrower]
        self.staff[borrower] = replace(other, lent=(Lent(lender, own.group, own.limit_minor),))


_CLOSED = {ElicitationState.EXPIRED, ElicitationState.CANCELLED, ElicitationState.FAILED}


def _question(order: ApprovalOrder) -> ElicitationRow:
    return ElicitationRow(order.request, order.user_id, order.session_id, ElicitationState.PENDING, 0)


@dataclass
class HouseOutcomes:
    """What still waits, and what ended unheard."""

    ledger: HouseLedger
    told: dict[str, str] = field(default_factory=dict[str, str])
    alerts: dict[str, str] = field(default_factory=dict[str, str])

    async def take(self, user_id: str, session_id: str) -> list[PaymentNews]:
        found = []
        for payment_id in self.ledger.due:
            plan, state = self.ledger.plans[payment_id], self.ledger.states[payment_id]
            if plan.user_id != user_id:
                continue
            if state in FINAL_STATES and self.told.setdefault(payment_id, session_id) != session_id:
                continue
            found.append(
                PaymentNews(
                    payment_id,
                    state,
                    plan.amount,
                    plan.currency,
                    plan.payee_name,
                    plan.payer_account_name,
                    due=self.ledger.due[payment_id],
                )
            )
        return found

    async def mark_told(self, payment_id: str, session_id: str) -> None:
        self.told.setdefault(payment_id, session_id)

    async def take_alerts(self, user_id: str, session_id: str) -> list[str]:
        del user_id
        taken = [said for said, told in self.alerts.items() if told in {"", session_id}]
        self.alerts |= dict.fromkeys(taken, session_id)
        return taken

    async def mark_alerts_told(self, firings: tuple[int, ...], session_id: str) -> None:
        self.told |= {f"alert-{each}": session_id for each in firings}
