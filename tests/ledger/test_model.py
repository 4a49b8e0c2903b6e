"""The ledger beside a model of a dozen lines: whatever is asked in whatever order, they agree."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from adapters.postgres.ledger import PgLedger
from adapters.postgres.pool import open_pool
from domain.errors import BankError
from domain.payments import PaymentState
from tests.bank import OPENING, assert_books_agree, balances, found_bank, plan, request
from tests.conftest import EMPTY

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from tests.conftest import Database

pytestmark = pytest.mark.servers

IDS = st.sampled_from(["p1", "p2", "p3", "p4"])
ENDS = st.sampled_from([PaymentState.CANCELLED, PaymentState.EXPIRED, PaymentState.FAILED])


def machine(database: Database) -> type[RuleBasedStateMachine]:  # noqa: C901 - a class that knows its database
    class Bank(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.owner = psycopg.connect(database.owner_url, autocommit=True)
            self.owner.execute(EMPTY.replace(b"SET LOCAL", b"SET") + b"SET session_replication_role = origin")
            found_bank(self.owner)
            self.runner = asyncio.Runner()
            self.pool = self.runner.run(open_pool(database.worker_url, 1, 2))
            self.ledger = PgLedger(self.pool)
            self.minor: dict[str, int] = {}
            self.steps: dict[str, str] = {}
            self.balance, self.held, self.paid = OPENING["a1"], 0, 0

        def ask(self, call: Coroutine[object, object, object]) -> str:
            try:
                self.runner.run(call)
            except BankError as error:
                return error.code
            return "ok"

        @rule(payment=IDS, minor=st.integers(1, 80_00))
        def open(self, payment: str, minor: int) -> None:
            first = self.minor.setdefault(payment, minor)
            answer = self.ask(self.ledger.open_payment(request(payment, minor), plan(payment, minor)))
            assert answer == ("ok" if first == minor else "idempotency_conflict")

        @rule(payment=IDS)
        def hold(self, payment: str) -> None:
            step, minor = self.steps.get(payment), self.minor.get(payment, 0)
            expected = "ok"
            if not minor:
                expected = "payment_not_found"
            elif step == "ended":
                expected = "payment_closed"
            elif step is None and self.balance - self.held < minor:
                expected = "insufficient_funds"
            elif step is None:
                self.steps[payment] = "held"
                self.held += minor
            assert self.ask(self.ledger.hold(payment)) == expected

        @rule(payment=IDS)
        def post(self, payment: str) -> None:
            step, minor = self.steps.get(payment), self.minor.get(payment, 0)
            if step == "held":
                self.steps[payment] = "posted"
                self.balance, self.held, self.paid = self.balance - minor, self.held - minor, self.paid + minor
            expected = "ok" if step in {"held", "posted"} else "payment_closed"
            assert self.ask(self.ledger.post(payment)) == (expected if minor else "payment_not_found")

        @rule(payment=IDS, state=ENDS)
        def void(self, payment: str, state: PaymentState) -> None:
            step, minor = self.steps.get(payment), self.minor.get(payment, 0)
            if step == "held":
                self.held -= minor
            if minor and step != "posted":
                self.steps[payment] = "ended"
            expected = "payment_closed" if step == "posted" else "ok"
            assert self.ask(self.ledger.void(payment, state)) == (expected if minor else "payment_not_found")

        @invariant()
        def agrees(self) -> None:
            found = balances(self.owner)
            assert (found["a1"], found["shop"]) == ((self.balance, self.held), (self.paid, 0))
            assert_books_agree(self.owner)

        def teardown(self) -> None:
            self.runner.run(self.pool.close())
            self.runner.close()
            self.owner.close()

    return Bank


def test_ledger_and_model_agree(database: Database) -> None:
    run_state_machine_as_test(
        machine(database),
        settings=settings(
            max_examples=15,
            stateful_step_count=25,
            deadline=None,
            database=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
