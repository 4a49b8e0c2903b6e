"""Supervisors' approvals at rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from domain.approvals import Approval, Supervisor
from domain.elicitation import ApprovalOrder


@dataclass(frozen=True, slots=True)
class Settlement:
    """A decision to be kept. `lender`: whose authority it is, empty for the supervisor's own."""

    approval_id: str
    supervisor: str
    lender: str
    approve: bool
    note: str
    response_id: str


class ApprovalStore(Protocol):
    """Approvals at rest, and who may give them. Changes write their event and audit in the same transaction."""

    async def open(self, order: ApprovalOrder) -> None:
        """Store an approval and note that its payment waits for it; a repeat changes nothing."""
        ...

    async def get(self, approval_id: str) -> Approval:
        """Raises ApprovalNotFoundError."""
        ...

    async def supervisor(self, user_id: str) -> Supervisor:
        """Raises NotASupervisorError, also where the role was taken away a moment ago."""
        ...

    async def settle(self, settlement: Settlement) -> None:
        """Keep a decision, once; a repeat of the same is one. Raises AlreadyDecidedError, ApprovalClosedError."""
        ...

    async def escalate(self, approval_id: str, group: str) -> None:
        """Give it to another group, and take it from whoever claimed it."""
        ...

    async def note_refused(self, approval_id: str, actor: str, code: str, detail: dict[str, Any]) -> None:
        """Write a refused decision to the audit trail."""
        ...
