"""Who may decide, as a table; a row breaks one rule and all that follow it in order of precedence do not matter."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain import errors
from domain.approvals import Approval, ApprovalState, Lent, Said, Supervisor, authority

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
GROUPS = ("supervisors", "senior_supervisors")
LATER, BEFORE = (NOW + timedelta(minutes=5)).isoformat(), (NOW - timedelta(seconds=1)).isoformat()
SAM = Supervisor("sam", "t", "supervisors", 10_000_00)
YES, NO = Said(approve=True, version=1, note=""), Said(approve=False, version=1, note="")
WAITS = Approval(
    approval_id="a1", payment_id="p1", tenant_id="t", maker="maya", payer_name="Maya", version=1,
    transaction_hash="f" * 64, round=1, needed=1, amount_minor=6_000_00, amount="6000.00", currency="USD",
    payee="Sarah Chen", account="savings", reason="r", policy_version="v", group="supervisors",
    state=ApprovalState.OPEN, due_at=LATER, created_at=BEFORE,
)  # fmt: skip

REFUSED = [
    ({"state": ApprovalState.APPROVED, "version": 2}, SAM, YES, errors.AlreadyDecidedError),
    ({"state": ApprovalState.REFUSED}, SAM, YES, errors.AlreadyDecidedError),
    ({"state": ApprovalState.EXPIRED}, SAM, YES, errors.ApprovalClosedError),
    ({"state": ApprovalState.CANCELLED}, SAM, YES, errors.ApprovalClosedError),
    ({"due_at": BEFORE, "version": 2}, SAM, YES, errors.ApprovalClosedError),
    ({"version": 2, "maker": "sam"}, SAM, YES, errors.StaleVersionError),
    ({"maker": "sam", "given_by": ("sam",)}, SAM, YES, errors.SelfApprovalError),
    ({"maker": "sam"}, SAM, NO, errors.SelfApprovalError),
    ({"concerned": ("sam",)}, SAM, YES, errors.SelfApprovalError),
    ({"concerned": ("sue",)}, replace(SAM, limit_minor=1, lent=(Lent("sue", "supervisors", 50_000_00),)), YES,
     errors.OverSupervisorLimitError),
    ({"given_by": ("sam",)}, replace(SAM, group="another"), YES, errors.SameSupervisorError),
    ({}, replace(SAM, group="another", limit_minor=1), YES, errors.NotYourGroupError),
    ({"claimed_by": "sue", "claimed_until": LATER}, replace(SAM, limit_minor=5_999_99), YES,
     errors.OverSupervisorLimitError),
    ({"amount_minor": 600_000, "currency": "JPY"}, SAM, YES, errors.OverSupervisorLimitError),
    ({"claimed_by": "sue", "claimed_until": LATER}, SAM, NO, errors.ApprovalClaimedError),
    ({}, SAM, NO, errors.NoteRequiredError),
    ({}, SAM, replace(NO, note=" \n"), errors.NoteRequiredError),
    ({}, replace(SAM, limit_minor=1, lent=(Lent("maya", "supervisors", 50_000_00),)), YES,
     errors.OverSupervisorLimitError),
    ({}, replace(SAM, limit_minor=1, lent=(Lent("sue", "another", 50_000_00),)), YES,
     errors.OverSupervisorLimitError),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "who", "said", "error"), REFUSED)
def test_who_may_not(changes: dict[str, object], who: Supervisor, said: Said, error: type[errors.BankError]) -> None:
    with pytest.raises(error) as refused:
        authority(replace(WAITS, **changes), who, GROUPS, said, NOW)
    assert refused.value.sentence
    assert refused.value.status < 500


LENT = replace(SAM, limit_minor=1, lent=(Lent("sue", "senior_supervisors", 50_000_00),))
ALLOWED = [
    ({}, SAM, YES, ""),
    ({}, SAM, replace(NO, note="no"), ""),
    ({"amount_minor": 10_000_00}, SAM, YES, ""),
    ({"claimed_by": "sam", "claimed_until": LATER}, SAM, YES, ""),
    ({"claimed_by": "sue", "claimed_until": BEFORE}, SAM, YES, ""),
    ({"given_by": ("sue",)}, SAM, YES, ""),
    ({}, LENT, YES, "sue"),
    ({}, replace(LENT, limit_minor=10_000_00), YES, ""),
]


@pytest.mark.parametrize(("changes", "who", "said", "lender"), ALLOWED)
def test_who_may(changes: dict[str, object], who: Supervisor, said: Said, lender: str) -> None:
    assert authority(replace(WAITS, **changes), who, GROUPS, said, NOW) == lender


def test_what_a_supervisor_sees_names_no_internal_ids() -> None:
    shown = WAITS.to_json()
    assert shown.keys().isdisjoint({"maker", "tenant_id", "response_id"})
    assert (shown["approval_id"], shown["state"], shown["reason"]) == ("a1", "open", "r")
