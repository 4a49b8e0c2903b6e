"""What a customer is told of a due date that was not paid."""

from __future__ import annotations

import pytest

from domain.errors import ApprovalRefusedError, InsufficientFundsError, RailRefusedError
from domain.order_runs import RunState, Settling
from domain.order_words import told
from domain.standing_orders import Terms

TERMS = Terms("o", 1, 25_00, "USD", "shop", "Shop", "a1", "FREQ=DAILY", "2027-01-31")


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (InsufficientFundsError.code, "there was not enough money in your checking account all day"),
        (ApprovalRefusedError.code, "a supervisor did not approve it"),
        (RailRefusedError.code, "it did not go through"),
    ],
)
def test_why_it_was_not_made_is_said(code: str, why: str) -> None:
    said = told(TERMS, "25.00", "checking", Settling("o", "2027-01-31", RunState.SKIPPED, code), "2027-01-31")
    assert f"was not made: {why}. Nothing was moved." in said
