"""What became of a payment: once or not at all, the same in every book, and as its customer was told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import psycopg
from psycopg.rows import dict_row

from domain.payments import FINAL_STATES, PaymentState
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
    Kind.OWN: "moved $2.50 to ",
}
_USUAL: Final = "paid $2.50 to Sarah Chen"
_STEPS: Final = {
    PaymentState.COMPLETED: (["hold", "post"], ["hold", "void", "hold", "post"]),
    PaymentState.CANCELLED: (["hold", "void"], []),
}
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


def read(owner: psycopg.Connection, user_id: str) -> Found:
    """All that the database has of this customer's payments."""
    with owner.cursor(row_factory=dict_row) as look:

        def rows(statement: bytes) -> Rows:
            return look.execute(statement, [user_id]).fetchall()

        about = b" JOIN payments p USING (payment_id) WHERE p.user_id = %s"
        return Found(
            rows(b"SELECT * FROM payments WHERE user_id = %s"),
            rows(b"SELECT t.* FROM transfers t" + about + b" ORDER BY t.transfer_id"),
            rows(b"SELECT h.* FROM holds h" + about),
            rows(b"SELECT e.* FROM elicitations e" + about),
            Counter(row["kind"] for row in rows(b"SELECT o.kind FROM outbox o WHERE o.user_id = %s")),
        )


def settled(found: Found) -> bool:
    """Nothing more will be written of it."""
    return all(row["closed_at"] for row in found.questions)


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
    if ended[paid["payment_id"]] != state:
        yield f"its workflow says {ended[paid['payment_id']]}, the ledger {state}"
    yield from _money(customer.case.kind, state, found)
    yield from _written(customer, state, found)
    yield from _told(customer.case.kind, state, told)


def _money(kind: Kind, state: PaymentState, found: Found) -> Iterator[str]:
    steps = [row["step"] for row in found.transfers]
    if steps not in _STEPS.get(state, ()):
        yield f"{state} in the steps {steps}"
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
    if customer.case.kind is Kind.TOOL:
        return any(each["kind"] == "payment.completed" for each in customer.events())
    ends = {PaymentState.COMPLETED: _DONE, PaymentState.CANCELLED: "ancelled"}
    return all(any(ends.get(PaymentState(row["state"]), "") in each for each in told) for row in found.payments)
