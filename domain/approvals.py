"""A supervisor's countersign: what is asked, who may give it, and why not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from domain import errors
from domain.money import Money
from domain.policy import hundredths

if TYPE_CHECKING:
    from collections.abc import Sequence

METHOD = "supervisor_approval"


class ApprovalState(StrEnum):
    """Where an approval stands."""

    OPEN = "open"
    APPROVED = "approved"
    REFUSED = "refused"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Approval:
    """One of the approvals that a payment needs. Times are ISO 8601 in UTC, empty where there is none yet.

    `maker`: the user who wants the payment. `concerned`: whose payment a reversal takes back, payer and payee.
    `given_by`: who gave this version's other approvals.
    """

    approval_id: str
    payment_id: str
    tenant_id: str
    maker: str
    payer_name: str
    version: int
    transaction_hash: str
    round: int
    needed: int
    amount_minor: int
    amount: str
    currency: str
    payee: str
    account: str
    reason: str
    policy_version: str
    group: str
    state: ApprovalState
    due_at: str
    created_at: str
    claimed_by: str = ""
    claimed_until: str = ""
    decided_by: str = ""
    on_behalf_of: str = ""
    note: str = ""
    response_id: str = ""
    decided_at: str = ""
    error_code: str = ""
    given_by: tuple[str, ...] = ()
    concerned: tuple[str, ...] = ()

    @property
    def barred(self) -> frozenset[str]:
        """Who may not decide it, nor lend the authority to: it is their own business."""
        return frozenset((self.maker, *self.concerned))

    def was_decided(self, by: str, response_id: str, *, approve: bool) -> bool:
        """Whether this very decision was kept: a repeat of it is one."""
        state = ApprovalState.APPROVED if approve else ApprovalState.REFUSED
        return (self.state, self.decided_by, self.response_id) == (state, by, response_id)

    def to_json(self) -> dict[str, Any]:
        """What a supervisor sees."""
        hidden = {"tenant_id", "maker", "response_id", "concerned"}
        shown = {name: getattr(self, name) for name in self.__slots__ if name not in hidden}
        return shown | {"state": self.state.value, "given_by": list(self.given_by)}


@dataclass(frozen=True, slots=True)
class Lent:
    """Another supervisor's authority, while its delegation lasts."""

    from_user: str
    group: str
    limit_minor: int


@dataclass(frozen=True, slots=True)
class Supervisor:
    """Someone with the role, as the database has it now. `limit_minor` in hundredths of any currency."""

    user_id: str
    tenant_id: str
    group: str
    limit_minor: int
    lent: tuple[Lent, ...] = ()


@dataclass(frozen=True, slots=True)
class ProvenDecision:
    """Argument of the `decide` update: a proof of who decided what, and the note."""

    proof: str
    response_id: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """A decision as it was given: yes or no, on which version, with which note."""

    approve: bool
    version: int
    note: str


def authority(approval: Approval, supervisor: Supervisor, groups: Sequence[str], said: Said, now: datetime) -> str:
    """Whose authority decides: empty for the supervisor's own, else the lender's user id.

    `groups`: those that may decide it now. Raises, in this order: AlreadyDecidedError, StaleVersionError
    for one that a correction voided, ApprovalClosedError, StaleVersionError, SelfApprovalError, SameSupervisorError,
    NotYourGroupError, OverSupervisorLimitError, ApprovalClaimedError, NoteRequiredError.
    """
    if approval.state in {ApprovalState.APPROVED, ApprovalState.REFUSED}:
        raise errors.AlreadyDecidedError
    if approval.error_code == errors.StaleVersionError.code:
        raise errors.StaleVersionError
    if approval.state is not ApprovalState.OPEN or datetime.fromisoformat(approval.due_at) <= now:
        raise errors.ApprovalClosedError
    if said.version != approval.version:
        raise errors.StaleVersionError
    if supervisor.user_id in approval.barred:
        raise errors.SelfApprovalError
    if said.approve and supervisor.user_id in approval.given_by:
        raise errors.SameSupervisorError
    lender = _lender(approval, supervisor, groups)
    if approval.claimed_by not in {"", supervisor.user_id} and datetime.fromisoformat(approval.claimed_until) > now:
        raise errors.ApprovalClaimedError
    if not said.approve and not said.note.strip():
        raise errors.NoteRequiredError
    return lender


def claimable(approval: Approval, supervisor: Supervisor, groups: Sequence[str]) -> None:
    """Nobody keeps from others what they could not decide themselves.

    Raises SelfApprovalError, NotYourGroupError or OverSupervisorLimitError.
    """
    if supervisor.user_id in approval.barred:
        raise errors.SelfApprovalError
    _lender(approval, supervisor, groups)


def may_see(approval: Approval, supervisor: Supervisor, groups: Sequence[str]) -> bool:
    """Whether it is the supervisor's business: of their tenant, not their own, of a group and within a limit of theirs.

    Whatever state it is in: who could decide it hears how it ended.
    """
    if approval.tenant_id != supervisor.tenant_id or supervisor.user_id in approval.barred:
        return False
    try:
        _lender(approval, supervisor, groups)
    except (errors.NotYourGroupError, errors.OverSupervisorLimitError):
        return False
    return True


def _lender(approval: Approval, supervisor: Supervisor, groups: Sequence[str]) -> str:
    """One's own authority first. Nobody acts for those whose business it is."""
    own = Lent("", supervisor.group, supervisor.limit_minor)
    usable = [
        each for each in (own, *supervisor.lent) if each.from_user not in approval.barred and each.group in groups
    ]
    if not usable:
        raise errors.NotYourGroupError
    amount = hundredths(Money(approval.amount_minor, approval.currency))
    able = [each for each in usable if amount <= each.limit_minor]
    if not able:
        raise errors.OverSupervisorLimitError
    return able[0].from_user
