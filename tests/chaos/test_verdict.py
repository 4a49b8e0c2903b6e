"""The judge sees a lie where there is one, and none where there is none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chaos.told import Line
from chaos.verdict import Payment, judge
from chaos.wishes import Kind, Way, Wish

ID = "01a1fe1e-315a-7741-94a9-8a76328321b1"
WISH = Wish(0, 0, ID, Kind.CODE, Way.PAY, 300_01, "Shop")
PAID = Payment(
    payment_id=ID,
    state="COMPLETED",
    error_code="",
    amount_minor=300_01,
    payer_account="a",
    payee_account="shop",
    version=1,
    steps=("hold", "post"),
    moved={"a": -300_01, "shop": 300_01},
    ends=("COMPLETED",),
    held=False,
)
CANCELLED = replace(PAID, state="CANCELLED", steps=("hold", "void"), moved={}, ends=("CANCELLED",))
EXPIRED = replace(CANCELLED, state="EXPIRED", ends=("EXPIRED",))


def said(state: str) -> Line:
    return Line(1.0, 0, "GET /api/payments/…", 200, {"payment_id": ID, "state": state})


HONEST = [
    (WISH, PAID, ["AWAITING_CUSTOMER", "EXECUTING", "COMPLETED"]),
    (WISH, EXPIRED, ["AWAITING_CUSTOMER", "EXPIRED"]),
    (WISH, PAID, []),
    (replace(WISH, way=Way.RACE), PAID, ["COMPLETED"]),
    (replace(WISH, way=Way.RACE), CANCELLED, ["CANCELLED"]),
    (replace(WISH, way=Way.LEAVE), EXPIRED, ["EXPIRED"]),
    (
        replace(WISH, way=Way.CORRECT),
        replace(PAID, amount_minor=300_02, moved={"a": -300_02, "shop": 300_02}),
        ["COMPLETED"],
    ),
]
LIES = [
    (WISH, PAID, ["CANCELLED"], "told CANCELLED"),
    (WISH, EXPIRED, ["COMPLETED"], "told COMPLETED"),
    (WISH, PAID, ["COMPLETED", "EXECUTING"], "after its end"),
    (WISH, CANCELLED, ["CANCELLED"], "instead of COMPLETED"),
    (WISH, replace(EXPIRED, state="FAILED", error_code="unavailable", ends=("FAILED",)), [], "(unavailable)"),
    (WISH, replace(PAID, state="EXECUTING", ends=()), [], "hangs in EXECUTING"),
    (WISH, replace(PAID, steps=("hold",)), [], "posted 0 times"),
    (WISH, replace(EXPIRED, steps=("hold", "post")), [], "posted 1 times"),
    (WISH, replace(PAID, held=True), [], "still held"),
    (WISH, replace(PAID, moved={"a": -300_01}), [], "moved instead of"),
    (WISH, replace(PAID, moved={"a": -600_02, "shop": 600_02}), [], "moved instead of"),
    (WISH, replace(PAID, amount_minor=1, moved={"a": -1, "shop": 1}), [], "instead of 30001"),
    (WISH, replace(PAID, ends=()), [], "the events tell"),
    (WISH, replace(PAID, ends=("COMPLETED", "COMPLETED")), [], "the events tell"),
    (WISH, replace(PAID, ends=("CANCELLED",)), [], "the events tell"),
    (replace(WISH, way=Way.LEAVE), PAID, [], "instead of EXPIRED"),
    (replace(WISH, way=Way.DECLINE), PAID, [], "instead of CANCELLED"),
]


@pytest.mark.parametrize(("wish", "found", "told"), HONEST)
def test_what_agrees_is_kept(wish: Wish, found: Payment, told: list[str]) -> None:
    assert judge(wish, [said(state) for state in told], [found]).wrong == []


@pytest.mark.parametrize(("wish", "found", "told", "because"), LIES)
def test_what_does_not_is_seen(wish: Wish, found: Payment, told: list[str], because: str) -> None:
    assert because in " ".join(judge(wish, [said(state) for state in told], [found]).wrong)


def test_a_payment_that_is_nowhere_is_seen() -> None:
    assert judge(WISH, [], []).wrong == ["never begun"]


def test_who_types_is_paid_once_whatever_they_left_behind() -> None:
    other = replace(EXPIRED, payment_id="other")
    assert judge(WISH, [], [other, PAID], typed=True).wrong == []
    assert judge(WISH, [], [replace(PAID, payment_id="other"), PAID], typed=True).wrong == ["paid 2 times"]
    assert judge(WISH, [], [other], typed=True).wrong == ["paid 0 times"]
    listed = [Line(1.0, 0, "GET /api/payments", 200, {"payments": [{"payment_id": ID, "state": "CANCELLED"}]})]
    assert judge(WISH, listed, [PAID], typed=True).wrong == ["told CANCELLED at 1.00 s, the books say COMPLETED"]
