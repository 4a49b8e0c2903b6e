"""A payment's versions on the real Postgres: what was said about one never pays another."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import psycopg
import pytest

from activities.ports import ElicitationRow, Settlement
from adapters.postgres.approvals import PgApprovals
from adapters.postgres.elicitations import PgElicitations
from adapters.postgres.ledger import PgLedger
from domain import ids
from domain.elicitation import ApprovalOrder, ElicitationRequest, ElicitationState, ElicitationType
from domain.errors import (
    AlreadyDecidedError,
    ApprovalClosedError,
    BankError,
    CountersignMissingError,
    InsufficientFundsError,
    PaymentClosedError,
    PaymentNotFoundError,
    StaleVersionError,
    TooManyCorrectionsError,
)
from domain.payments import PaymentPlan, PaymentState
from tests.bank import assert_books_agree, balances, found_bank, plan, request

if TYPE_CHECKING:
    from adapters.postgres.pool import Pool

pytestmark = pytest.mark.servers

BOTH = (ElicitationType.CONFIRMATION, ElicitationType.OTP)


@pytest.fixture
def ledger(owner: psycopg.Connection, pool: Pool) -> PgLedger:
    found_bank(owner)
    return PgLedger(pool)


@pytest.fixture
def questions(pool: Pool) -> PgElicitations:
    return PgElicitations(pool)


def version(number: int, minor: int, **changes: object) -> PaymentPlan:
    made = replace(plan("p", minor), version=number, transaction_hash=f"{number:064x}", countersigns=BOTH)
    return replace(made, **changes)


def asked(plan: PaymentPlan, kind: ElicitationType) -> ElicitationRow:
    now = datetime.now(UTC)
    request = ElicitationRequest(
        elicitation_id=ids.elicitation_id(plan.payment_id, kind, plan.version),
        tool_call_id="p",
        elicitation_type=kind,
        payment_id=plan.payment_id,
        version=plan.version,
        transaction_hash=plan.transaction_hash,
        amount=plan.amount,
        currency=plan.currency,
        payee=plan.payee_name,
        account=plan.payer_account_name,
        created_at=now.isoformat(),
        expires_at=(now + timedelta(minutes=5)).isoformat(),
        timeout_seconds=300,
    )
    return ElicitationRow(request, plan.user_id, "s1", ElicitationState.PENDING, 0)


async def countersigned(questions: PgElicitations, plan: PaymentPlan, *kinds: ElicitationType) -> None:
    for kind in kinds:
        row = await questions.open(asked(plan, kind))
        await questions.close(row.request.elicitation_id, ElicitationState.COMPLETED, response_id=f"r-{kind}")


async def test_what_is_held_for_one_version_is_released_for_the_next(
    ledger: PgLedger, owner: psycopg.Connection
) -> None:
    await ledger.open_payment(request("p", 15_00), version(1, 15_00))
    await ledger.hold("p")
    assert await ledger.held_of("p") == ("a1", 15_00)
    for _ in range(2):
        revised = await ledger.revise(version(2, 50_00, payer_account="a2"))
        assert (revised.version, revised.amount_minor, revised.payer_account) == (2, 50_00, "a2")
    assert balances(owner)["a1"] == (100_00, 0)
    assert await ledger.held_of("p") == ("", 0)
    await ledger.hold("p", 2)
    assert (balances(owner)["a1"], balances(owner)["a2"]) == ((100_00, 0), (50_00, 50_00))
    assert await ledger.find_payment(request("p", 15_00)) == revised
    assert_books_agree(owner)


async def test_every_step_names_its_version(ledger: PgLedger, owner: psycopg.Connection) -> None:
    await ledger.open_payment(request("p"), version(1, 25_00, countersigns=()))
    await ledger.hold("p")
    await ledger.revise(version(2, 30_00, countersigns=()))
    for step in (ledger.hold("p", 3), ledger.post("p", 1), ledger.post("p", 3)):
        with pytest.raises(StaleVersionError):
            await step
    with pytest.raises(PaymentClosedError):
        await ledger.post("p", 2)
    await ledger.hold("p", 2)
    for _ in range(2):
        await ledger.post("p", 2)
    assert (balances(owner)["a1"], balances(owner)["shop"]) == ((70_00, 0), (30_00, 0))
    steps = owner.execute("SELECT version, step FROM transfers WHERE payment_id = 'p' ORDER BY transfer_id").fetchall()
    assert steps == [(1, "hold"), (1, "void"), (2, "hold"), (2, "post")]
    assert_books_agree(owner)


SIGNED: list[tuple[str, tuple[tuple[int, ElicitationType], ...], bool]] = [
    ("nothing", (), False),
    ("half", ((2, ElicitationType.CONFIRMATION),), False),
    ("all of the last version", ((1, ElicitationType.CONFIRMATION), (1, ElicitationType.OTP)), False),
    ("half of each", ((1, ElicitationType.CONFIRMATION), (2, ElicitationType.OTP)), False),
    ("all of this one", ((2, ElicitationType.CONFIRMATION), (2, ElicitationType.OTP)), True),
]


@pytest.mark.parametrize(("signed", "may"), [row[1:] for row in SIGNED], ids=[row[0] for row in SIGNED])
async def test_money_moves_only_with_every_countersign_of_the_version(
    ledger: PgLedger,
    questions: PgElicitations,
    owner: psycopg.Connection,
    signed: tuple[tuple[int, ElicitationType], ...],
    may: bool,
) -> None:
    first, second = version(1, 15_00), version(2, 50_00)
    await ledger.open_payment(request("p", 15_00), first)
    await countersigned(questions, first, *(kind for number, kind in signed if number == 1))
    await ledger.revise(second)
    await countersigned(questions, second, *(kind for number, kind in signed if number == 2))
    await ledger.hold("p", 2)
    if may:
        await ledger.post("p", 2)
    else:
        with pytest.raises(CountersignMissingError):
            await ledger.post("p", 2)
    assert balances(owner)["shop"] == ((50_00 if may else 0), 0)


async def test_a_no_is_no_countersign(ledger: PgLedger, questions: PgElicitations) -> None:
    only = version(1, 15_00, countersigns=(ElicitationType.CONFIRMATION,))
    await ledger.open_payment(request("p", 15_00), only)
    row = await questions.open(asked(only, ElicitationType.CONFIRMATION))
    await questions.close(row.request.elicitation_id, ElicitationState.CANCELLED, response_id="r")
    await ledger.hold("p")
    with pytest.raises(CountersignMissingError):
        await ledger.post("p")


async def test_open_questions_of_the_last_version_are_closed(
    ledger: PgLedger, questions: PgElicitations, owner: psycopg.Connection
) -> None:
    await ledger.open_payment(request("p", 15_00), version(1, 15_00))
    row = await questions.open(asked(version(1, 15_00), ElicitationType.CONFIRMATION))
    await ledger.revise(version(2, 50_00))
    closed = await questions.get(row.request.elicitation_id)
    assert (closed.state, closed.error_code) == (ElicitationState.CANCELLED, "stale_version")
    late = await questions.close(row.request.elicitation_id, ElicitationState.COMPLETED, response_id="r")
    assert late is ElicitationState.CANCELLED
    with pytest.raises(StaleVersionError):
        await questions.open(asked(version(1, 15_00), ElicitationType.OTP))
    assert (await questions.open(asked(version(2, 50_00), ElicitationType.OTP))).state is ElicitationState.PENDING
    kinds = [kind for (kind,) in owner.execute("SELECT kind FROM outbox ORDER BY id").fetchall()]
    assert kinds == [
        "payment.created",
        "elicitation.opened",
        "elicitation.closed",
        "payment.corrected",
        "elicitation.opened",
    ]
    events = owner.execute("SELECT body ->> 'error_code' FROM outbox WHERE kind = 'elicitation.closed'").fetchall()
    assert events == [("stale_version",)]


async def test_guesses_are_counted_over_all_versions(
    ledger: PgLedger, questions: PgElicitations, owner: psycopg.Connection, api_pool: Pool
) -> None:
    await ledger.open_payment(request("p", 15_00), version(1, 15_00))
    row = await questions.open(asked(version(1, 15_00), ElicitationType.OTP))
    door = PgElicitations(api_pool)
    for _ in range(3):
        await door.count_try(row.request.elicitation_id)
    await ledger.revise(version(2, 50_00))
    again = await questions.open(asked(version(2, 50_00), ElicitationType.OTP))
    assert again.tries == 3
    assert await door.count_try(again.request.elicitation_id) == 4
    del owner


def waits_for(plan: PaymentPlan) -> ApprovalOrder:
    row = asked(plan, ElicitationType.SUPERVISOR_APPROVAL)
    name = ids.elicitation_id("p", "supervisor_approval_1", plan.version)
    request = replace(row.request, elicitation_id=name)
    return ApprovalOrder(request, "u1", "s1", 60, ("supervisors",), 30, 1)


async def test_an_approval_of_the_last_version_is_void(ledger: PgLedger, pool: Pool, owner: psycopg.Connection) -> None:
    owner.execute(
        """UPDATE users SET role = 'supervisor' WHERE user_id = 'u2';
           INSERT INTO supervisors VALUES ('u2', 'supervisors', 1000000)"""
    )
    first, second = (version(n, n * 15_00, approvals=1, countersigns=()) for n in (1, 2))
    approvals = PgApprovals(pool)
    await ledger.open_payment(request("p", 15_00), first)
    old, new = waits_for(first), waits_for(second)
    await approvals.open(old)
    await ledger.revise(second)
    voided = await approvals.get(old.request.elicitation_id)
    assert (voided.state, voided.error_code) == ("cancelled", "stale_version")
    late = Settlement(voided.approval_id, "u2", "", approve=True, note="", response_id="r")
    with pytest.raises(ApprovalClosedError):
        await approvals.settle(late)
    with pytest.raises(StaleVersionError):
        await approvals.open(replace(old, request=replace(old.request, elicitation_id="another")))
    await approvals.open(new)
    await ledger.hold("p", 2)
    with pytest.raises(CountersignMissingError):
        await ledger.post("p", 2)
    await approvals.settle(replace(late, approval_id=new.request.elicitation_id))
    await ledger.post("p", 2)
    told = owner.execute("SELECT subject_id FROM outbox WHERE kind = 'approval.voided'").fetchall()
    assert told == [(old.request.elicitation_id,)]
    assert_books_agree(owner)


async def test_an_approval_and_a_correction_at_once_leave_one_of_them(
    ledger: PgLedger, pool: Pool, owner: psycopg.Connection
) -> None:
    owner.execute(
        """UPDATE users SET role = 'supervisor' WHERE user_id = 'u2';
           INSERT INTO supervisors VALUES ('u2', 'supervisors', 1000000)"""
    )
    approvals, first = PgApprovals(pool), version(1, 15_00, approvals=1, countersigns=())
    await ledger.open_payment(request("p", 15_00), first)
    await ledger.hold("p")
    await approvals.open(waits_for(first))
    yes = Settlement(waits_for(first).request.elicitation_id, "u2", "", approve=True, note="", response_id="r")
    found = await asyncio.gather(
        approvals.settle(yes), ledger.revise(replace(first, version=2, transaction_hash="a" * 64)), ledger.post("p", 1),
        return_exceptions=True,
    )  # fmt: skip
    refused = [type(each) for each in found if isinstance(each, BaseException)]
    assert set(refused) <= {
        AlreadyDecidedError, ApprovalClosedError, StaleVersionError, PaymentClosedError, CountersignMissingError
    }  # fmt: skip
    paid = await ledger.state_of("p") is PaymentState.COMPLETED
    assert balances(owner)["shop"] == ((15_00 if paid else 0), 0)
    assert_books_agree(owner)


NOT_REVISED: list[tuple[str, PaymentPlan, type[BankError]]] = [
    ("a gap in the count", version(3, 50_00), StaleVersionError),
    ("the same version with other content", version(1, 50_00, transaction_hash="e" * 64), StaleVersionError),
    ("somebody else's", version(2, 50_00, user_id="u2"), PaymentNotFoundError),
    ("one that is not there", replace(version(2, 50_00), payment_id="q"), PaymentNotFoundError),
]


@pytest.mark.parametrize(("plan", "error"), [row[1:] for row in NOT_REVISED], ids=[row[0] for row in NOT_REVISED])
async def test_what_cannot_be_revised(ledger: PgLedger, plan: PaymentPlan, error: type[BankError]) -> None:
    await ledger.open_payment(request("p", 15_00), version(1, 15_00))
    with pytest.raises(error):
        await ledger.revise(plan)
    assert (await ledger.find_payment(request("p", 15_00))) == version(1, 15_00)


async def test_an_ended_payment_stays_as_it_was(ledger: PgLedger) -> None:
    await ledger.open_payment(request("p", 15_00), version(1, 15_00))
    await ledger.void("p", PaymentState.CANCELLED)
    with pytest.raises(PaymentClosedError):
        await ledger.revise(version(2, 50_00))


async def test_corrections_have_an_end(ledger: PgLedger) -> None:
    await ledger.open_payment(request("p", 1_00), version(1, 1_00))
    for number in range(2, 11):
        await ledger.revise(version(number, number * 1_00))
    with pytest.raises(TooManyCorrectionsError):
        await ledger.revise(version(11, 11_00))


async def test_the_last_version_still_must_be_covered(ledger: PgLedger, owner: psycopg.Connection) -> None:
    await ledger.open_payment(request("p", 15_00), version(1, 15_00))
    await ledger.hold("p")
    await ledger.revise(version(2, 100_01))
    with pytest.raises(InsufficientFundsError):
        await ledger.hold("p", 2)
    assert balances(owner)["a1"] == (100_00, 0)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE payments SET amount_minor = 1",
        "UPDATE payments SET payee_account = 'mill'",
        "UPDATE payments SET transaction_hash = 'x'",
        "UPDATE payments SET countersigns = '{}'",
        "UPDATE payments SET version = version + 2, transaction_hash = 'x'",
        "UPDATE payments SET version = version - 1",
    ],
)
async def test_not_even_the_owner_changes_a_version(
    ledger: PgLedger, owner: psycopg.Connection, statement: str
) -> None:
    await ledger.open_payment(request("p", 15_00), version(1, 15_00))
    with pytest.raises(psycopg.errors.RestrictViolation):
        owner.execute(statement.encode())


async def test_no_question_outlives_its_payment(
    ledger: PgLedger, questions: PgElicitations, pool: Pool, owner: psycopg.Connection
) -> None:
    approvals, only = PgApprovals(pool), version(1, 15_00, approvals=1)
    await ledger.open_payment(request("p", 15_00), only)
    row = await questions.open(asked(only, ElicitationType.OTP))
    await approvals.open(waits_for(only))
    for _ in range(2):
        await ledger.void("p", PaymentState.EXPIRED, "elicitation_expired")
    closed = await questions.get(row.request.elicitation_id)
    assert (closed.state, closed.error_code) == (ElicitationState.EXPIRED, "elicitation_expired")
    assert (await approvals.get(waits_for(only).request.elicitation_id)).state == "expired"
    told = owner.execute("SELECT count(*) FROM outbox WHERE kind = 'elicitation.closed'").fetchone()
    assert told == (2,)


async def test_right_codes_are_no_guesses(ledger: PgLedger, questions: PgElicitations, api_pool: Pool) -> None:
    await ledger.open_payment(request("p", 1_00), version(1, 1_00))
    door = PgElicitations(api_pool)
    for number in range(1, 8):
        row = await questions.open(asked(version(number, number * 1_00), ElicitationType.OTP))
        assert await door.count_try(row.request.elicitation_id) == 1
        await questions.close(row.request.elicitation_id, ElicitationState.COMPLETED, response_id="r")
        await ledger.revise(version(number + 1, (number + 1) * 1_00))
