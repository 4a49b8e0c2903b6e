"""How a question that is over looks on its page."""

from __future__ import annotations

from dataclasses import replace

import pytest

from api.countersign_page import closed_page
from domain.elicitation import ElicitationState, ElicitationType
from tests.fakes.desk import question


@pytest.mark.parametrize(
    ("kind", "code", "countersigned"),
    [
        (ElicitationType.OTP, "", True),
        (ElicitationType.SUPERVISOR_APPROVAL, "", False),
        (ElicitationType.SUPERVISOR_APPROVAL, "approval_refused", False),
    ],
)
def test_only_what_its_customer_answered_is_shown_as_countersigned(
    kind: ElicitationType, code: str, countersigned: bool
) -> None:
    row = replace(question("e1", kind), state=ElicitationState.COMPLETED, error_code=code)
    assert (b"Countersigned" in closed_page(row).body) is countersigned
