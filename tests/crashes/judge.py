"""What became of a payment: once or not at all, the same in every book, and as its customer was told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import psycopg
from psycopg.rows import dict_row

from domain.order_runs import RunState
from domain.payments import FINAL_STATES, PaymentState
from domain.standing_orders import OrderState
from tests.crashes.moments import Kind
from tests.crashes.people import Customer

_DONE: Final = "Done. I "
_NOT_DONE: Final = ("Nothing was", " was not ", "ran out of time")
_PAID: Final = {
    Kind.SUPERVISED: "paid $5,100.00 to Sarah Chen",
    Kind.COOLING: "paid $1,200.00 to New Person",
    Kind.MANDATE: "paid $2.50 to City Power",
    Kind.CORRECTED: "paid $3.00 to Sarah Chen",
    Kind.OUTSIDE: "paid $2.50 to Harvest Books",
    Kind.SILENT: "paid $2.50 to Silent Books",
    Kind.RETURNED: "paid $2.50 to Lakeside Dental",
    Kind.OWN: "moved $2.50 to ",
}
_USUAL: Final = "paid $2.50 to Sarah Chen"
_STEPS: Final[dict[PaymentState, tuple[list[str], ...]]] = {
    PaymentState.COMPLETED: (["hold", "post"], ["hold", "void", "hold", "post"], ["hold", "post", "return"]),
    PaymentState.CANCELLED: (["hold", "void"], []),
}
_BY_EVENT: Final = {
    Kind.TOOL: "payment.completed",
    Kind.ORDER: "standing_order.paid",
    Kind.REVERSED: "payment.reversed",
}
"""Nobody speaks with them; what their app shows is this."""
OUTCOMES: Final = {PaymentState.COMPLETED: "paid once", PaymentState.CANCELLED: "not paid"}

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Found:
    """The records of one customer's payments."""

    payments: Rows
    transfers: Rows
    holds: Rows
    questions: Rows
    events: Counter[str]
    runs: Rows


def read(owner: psycopg.Connection, customer: Customer) -> Found:
    """All that the database has of the payments that the case is about."""
    with owner.cursor(row_factory=dict_row) as look:

        def rows(statement: bytes) -> Rows:
            return look.execute(statement, {"who": customer.user_id, "original": customer.original}).fetchall()

        whose = b" WHERE (p.user_id = %(who)s OR p.reverses = %(original)s) AND p.payment_id <> %(original)s"
        about = b" JOIN payments p USING (payment_id)" + whose
        told = rows(b"SELECT o.kind FROM outbox o JOIN payments p ON p.payment_id = o.subject_id" + whose)
        return Found(
            rows(b"SELECT p.* FROM payments p" + whose),
            rows(b"SELECT t.* FROM transfers t" + about + b" ORDER BY t.transfer_id"),
            rows(b"SELECT h.* FROM holds h" + about),
            rows(b"SELECT e.* FROM elicitations e" + about),
            Counter(row["kind"] for row in told),
            rows(b"SELECT r.state, o.state AS of_order FROM standing_order_runs r"
                 b" JOIN standing_orders o USING (order_id) WHERE o.user_id = %(who)s"),
        )  # fmt: skip


def settled(customer: Customer, found: Found) -> bool:
    """Nothing more will be written of it."""
    kind = customer.case.kind
    ended = kind is not Kind.ORDER or any(row["of_order"] == OrderState.COMPLETED for row in found.runs)
    given_back = kind is not Kind.RETURNED or any(row["returned_at"] for row in found.payments)
    return ended and given_back and all(row["closed_at"] for row in found.questions)


def faults(customer: Customer, found: Found, told: list[str], ended: dict[str, str]) -> Iterator[str]:
    """Everything that is not as it must be. `ended`: how each payment's workflow ended."""
    if len(found.payments) != 1:
        yield f"{len(found.payments)} payments were begun"
        return
    (paid,) = found.payments
    state = PaymentState(paid["state"])
    wanted = PaymentState.CANCELLED if customer.case.kind is Kind.WITHDRAWN else PaymentState.COMPLETED
    if state is not wanted:
        yield f"it is {state} {paid['error_code']}"
    if (said := ended.get(paid["payment_id"], "nothing")) != state:
        yield f"its workflow says {said}, the ledger {state}"
    yield from _money(customer.case.kind, state, found)
    yield from _written(customer, state, found)
    yield from _told(customer.case.kind, state, told)


def _money(kind: Kind, state: PaymentState, found: Found) -> Iterator[str]:
    steps = [row["step"] for row in found.transfers]
    if steps not in _STEPS.get(state, ()):
        yield f"{state} in the steps {steps}"
    if (kind is Kind.RETURNED) != ("return" in steps):
        yield f"it came back in the steps {steps}"
    if kind is not Kind.CORRECTED and steps.count("hold") > 1:
        yield "it was held twice"
    if any(row["state"] == "held" for row in found.holds):
        yield "money is still held"


def _written(customer: Customer, state: PaymentState, found: Found) -> Iterator[str]:
    ends = {each: count for each in FINAL_STATES if (count := found.events[f"payment.{each.lower()}"])}
    if ends != {state: 1}:
        yield f"its end was told in the events {ends}"
    if found.events["payment.created"] != 1:
        yield f"it was created {found.events['payment.created']} times"
    if open_ := [row["elicitation_id"] for row in found.questions if row["closed_at"] is None]:
        yield f"{open_} wait for ever"
    if customer.case.kind is Kind.ORDER and [row["state"] for row in found.runs] != [RunState.PAID]:
        yield f"its due date is settled as {found.runs}"
    asked = sum(row["type"] == "otp" for row in found.questions)
    if (sent := len(customer.codes()) - customer.codes_before) != asked:
        yield f"{sent} codes were sent for {asked} questions"


def _told(kind: Kind, state: PaymentState, told: list[str]) -> Iterator[str]:
    done = [each for each in told if _DONE in each]
    if wrong := [each for each in done if f"{_DONE}{_PAID.get(kind, _USUAL)}" not in each]:
        yield f"told of another payment: {wrong}"
    if state is PaymentState.COMPLETED and (denied := [each for each in told if any(w in each for w in _NOT_DONE)]):
        yield f"paid, and told that it was not: {denied}"
    if state is not PaymentState.COMPLETED and done:
        yield f"not paid, and told that it was: {done}"


def heard_the_end(customer: Customer, found: Found, told: list[str]) -> bool:
    """Whether the customer knows how it ended."""
    if event := _BY_EVENT.get(customer.case.kind):
        return [each["kind"] for each in customer.events()].count(event) == 1
    if customer.case.kind is Kind.RETURNED:
        return any("came back from their bank" in each for each in told)
    ends = {PaymentState.COMPLETED: _DONE, PaymentState.CANCELLED: "ancelled"}
    return all(any(ends.get(PaymentState(row["state"]), "") in each for each in told) for row in found.payments)
