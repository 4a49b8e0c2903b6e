"""A payment goes back by a new one of the same sum, at most once, whatever is asked at the same time."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import psycopg
import pytest

from adapters.alert_post import AlertPost
from adapters.postgres.alerts import PgAlerts
from adapters.postgres.approvals import PgApprovals
from adapters.postgres.directory import PgDirectory
from adapters.postgres.ledger import PgLedger
from adapters.postgres.outcomes import PgOutcomes
from adapters.postgres.payments import PgPayments
from domain import reversals
from domain.accounts import Customer
from domain.alerts import Choices
from domain.errors import (
    AlreadyReversedError,
    BankError,
    CountersignMissingError,
    IdempotencyConflictError,
    InsufficientFundsError,
    NotASupervisorError,
    NotReversibleError,
    PaymentNotFoundError,
    SelfApprovalError,
)
from domain.money import Money
from domain.payments import PaymentKind, PaymentPlan, PaymentRequest, PaymentState
from domain.policy import DEFAULT, Facts, decide
from tests.alerts.conftest import Post
from tests.bank import assert_books_agree, balances, found_bank, plan, request

if TYPE_CHECKING:
    from adapters.postgres.pool import Pool

pytestmark = pytest.mark.servers

DECISION = decide(DEFAULT, Facts(Money(25_00), kind=PaymentKind.REVERSAL))
SAM = Customer("sam", "sam", "Sam", "supervisor", "t", "ref_sam", "web", "", "")


@pytest.fixture
def ledger(owner: psycopg.Connection, pool: Pool) -> PgLedger:
    found_bank(owner)
    for name in ("sam", "sue"):
        owner.execute(
            """INSERT INTO users (user_id, username, display_name, role, tenant_id, customer_ref, platform, phone,
                   email, password_hash) VALUES (%s, %s, %s, 'supervisor', 't', %s, 'web', '', '', 'h')""",
            [name, name, name.title(), f"ref_{name}"],
        )
    owner.execute("INSERT INTO supervisors VALUES ('sue', 'senior_supervisors', 1000000)")
    return PgLedger(pool)


async def paid(ledger: PgLedger, payment_id: str = "p") -> None:
    await ledger.open_payment(request(payment_id), plan(payment_id))
    await ledger.hold(payment_id)
    await ledger.post(payment_id)


def wish(reversal_id: str = "r", of: str = "p") -> PaymentRequest:
    return PaymentRequest(reversal_id, "sam", "1", of, "", description="twice", kind=PaymentKind.REVERSAL)


async def planned(ledger: PgLedger, reversal_id: str = "r", of: str = "p") -> PaymentPlan:
    return reversals.plan_of(wish(reversal_id, of), await ledger.original(of), SAM, DECISION)


def approve(owner: psycopg.Connection, reversal_id: str, by: str = "sue", lender: str = "", said: str = "ok") -> None:
    """By the functions that a supervisor's decision ends in."""
    asked = f"{reversal_id}-supervisor_approval_1-1"
    opened = owner.execute(
        """SELECT open_approval(jsonb_build_object('elicitation_id', %s::text, 'payment_id', payment_id, 'user_id',
               user_id, 'session_id', '', 'type', 'supervisor_approval', 'request', jsonb_build_object('version', 1,
               'transaction_hash', transaction_hash), 'version', 1, 'transaction_hash', transaction_hash, 'round', 1,
               'approver_group', 'supervisors', 'due_at', now() + interval '1 hour'))
           FROM payments WHERE payment_id = %s""",
        [asked, reversal_id],
    ).fetchone()
    settled = owner.execute(
        "SELECT settle_approval(%s, 'approved', %s, %s, '', 'r1', '{}')", [asked, by, lender]
    ).fetchone()
    assert (opened, settled) == (("ok",), (said,))


async def test_whose_payment_it_was_does_not_approve_that_it_goes_back(
    ledger: PgLedger, owner: psycopg.Connection, pool: Pool
) -> None:
    """Neither payer nor payee, who may be supervisors, too; nor anybody on their behalf."""
    await paid(ledger)
    owner.execute("UPDATE payments SET user_id = 'sue' WHERE payment_id = 'p'")
    await ledger.open_reversal(wish(), await planned(ledger))
    approve(owner, "r", by="sue", said="self_approval")
    shown = await PgApprovals(pool).get("r-supervisor_approval_1-1")
    assert shown.concerned == ("sue",)
    assert shown.barred == {"sam", "sue"}
    approve(owner, "r", by="sid", lender="sue", said="self_approval")
    assert owner.execute("SELECT state FROM approvals").fetchall() == [("open",)]


async def test_it_goes_back_once_and_what_was_posted_stays(
    ledger: PgLedger, owner: psycopg.Connection, pool: Pool
) -> None:
    before = balances(owner)
    await paid(ledger)
    entries = owner.execute("SELECT * FROM entries ORDER BY transfer_id, account_id").fetchall()
    for _ in range(2):
        stored = await ledger.open_reversal(wish(), await planned(ledger))
        assert (stored.payer_account, stored.payee_account, stored.kind) == ("shop", "a1", PaymentKind.REVERSAL)
    await ledger.hold("r")
    with pytest.raises(CountersignMissingError):
        await ledger.post("r")
    approve(owner, "r")
    for _ in range(2):
        await ledger.post("r")
    assert balances(owner) == before
    assert owner.execute("SELECT * FROM entries ORDER BY transfer_id, account_id").fetchall()[: len(entries)] == entries
    lines = owner.execute("SELECT account_id, amount_minor, counterparty FROM entries WHERE description = 'Reversal'")
    assert sorted(lines.fetchall()) == [("a1", 25_00, "Shop"), ("shop", -25_00, "User u1")]
    told = owner.execute("SELECT user_id, body ->> 'reversed_by' FROM outbox WHERE kind = 'payment.reversed'")
    assert told.fetchall() == [("u1", "r")]
    shown = await PgPayments(pool).get("p", "u1")
    assert (shown.state, shown.reversed_by) == (PaymentState.COMPLETED, "r")
    assert_books_agree(owner)
    with pytest.raises(AlreadyReversedError):
        reversals.check(await ledger.original("p"), SAM)
    with pytest.raises(NotReversibleError):
        reversals.check(await ledger.original("r"), replace(SAM, user_id="sid"))


async def test_of_many_at_once_one_is_opened(ledger: PgLedger, owner: psycopg.Connection) -> None:
    await paid(ledger)
    plans = [await planned(ledger, f"r{n}") for n in range(8)]
    asked = [ledger.open_reversal(wish(each.payment_id), each) for each in plans]
    found = await asyncio.gather(*asked, return_exceptions=True)
    assert sum(isinstance(each, PaymentPlan) for each in found) == 1
    assert sum(isinstance(each, AlreadyReversedError) for each in found) == len(plans) - 1
    assert owner.execute("SELECT count(*) FROM payments WHERE reverses = 'p'").fetchone() == (1,)


async def test_repeats_of_one_wish_at_once_are_one(ledger: PgLedger, owner: psycopg.Connection) -> None:
    await paid(ledger)
    one = await planned(ledger, "r")
    found = await asyncio.gather(*(ledger.open_reversal(wish("r"), one) for _ in range(8)))
    assert {each.payment_id for each in found} == {"r"}
    assert owner.execute("SELECT count(*) FROM payments WHERE reverses = 'p'").fetchone() == (1,)


async def test_what_was_refused_may_be_asked_for_again(ledger: PgLedger) -> None:
    await paid(ledger)
    await ledger.open_reversal(wish("r1"), await planned(ledger, "r1"))
    await ledger.hold("r1")
    await ledger.void("r1", PaymentState.REJECTED, "approval_refused")
    assert (await ledger.open_reversal(wish("r2"), await planned(ledger, "r2"))).payment_id == "r2"
    with pytest.raises(IdempotencyConflictError):
        await ledger.open_reversal(replace(wish("r2"), description="else"), await planned(ledger, "r2"))


CHANGED = [
    {"amount_minor": 24_99},
    {"amount_minor": 50_00},
    {"payer_account": "mill"},
    {"payee_account": "b1"},
    {"approvals": 0},
    {"user_id": "u1"},
]


@pytest.mark.parametrize("changes", CHANGED, ids=lambda each: next(iter(each)))
async def test_the_ledger_takes_nothing_but_the_same_sum_back(
    ledger: PgLedger, owner: psycopg.Connection, changes: dict[str, object]
) -> None:
    await paid(ledger)
    with pytest.raises(NotReversibleError):
        await ledger.open_reversal(wish(), replace(await planned(ledger), **changes))
    with pytest.raises(psycopg.errors.CheckViolation):  # nor as a payment that names none
        await ledger.open_payment(request("x"), replace(plan("x"), kind=PaymentKind.REVERSAL))
    assert_books_agree(owner)


async def test_who_may_ask_and_for_what(ledger: PgLedger, owner: psycopg.Connection) -> None:
    await ledger.open_payment(request("open"), plan("open"))
    await paid(ledger)
    payment = await ledger.original("p")
    table: list[tuple[reversals.Original, Customer, type[BankError]]] = [
        (payment, replace(SAM, role="customer"), NotASupervisorError),
        (payment, replace(SAM, tenant_id="other"), PaymentNotFoundError),
        (payment, replace(SAM, user_id="u1"), SelfApprovalError),
        (replace(payment, owner="sam"), SAM, SelfApprovalError),
        (await ledger.original("open"), SAM, NotReversibleError),
        (replace(payment, plan=replace(payment.plan, kind=PaymentKind.OUTSIDE)), SAM, NotReversibleError),
        (replace(payment, left_minor=24_99), SAM, InsufficientFundsError),
    ]
    for original, maker, error in table:
        with pytest.raises(error):
            reversals.check(original, maker)
    reversals.check(payment, SAM)
    with pytest.raises(PaymentNotFoundError):
        await ledger.original("nowhere")
    owner.execute("SELECT book('spent', 'shop', 'equity', 2500, 'Spent', now())")
    assert (await ledger.original("p")).left_minor == 0


async def test_its_customer_is_told_once_and_not_in_quiet_hours(
    ledger: PgLedger, owner: psycopg.Connection, pool: Pool, api_pool: Pool
) -> None:
    await paid(ledger)
    await reversed_by_two(ledger, owner)
    night, post = datetime(2026, 11, 23, 2, tzinfo=UTC), Post()
    await PgAlerts(api_pool).choose("u1", Choices(zone="UTC", quiet_from="22:00", quiet_to="07:00"))
    asleep = AlertPost(pool, PgDirectory(pool), post, post, clock=lambda: night)
    awake = AlertPost(pool, PgDirectory(pool), post, post, clock=lambda: night + timedelta(hours=6))
    outcomes = PgOutcomes(pool)
    for _ in range(2):
        await asleep.word()
        assert await asleep.release() == 0
    assert await outcomes.take_alerts("u1", "early") == []
    assert [await awake.release() for _ in range(2)] == [1, 0]
    await awake.deliver()
    text = "The bank reversed your payment of $25.00 to Shop. The money is in your Checking account again."
    assert [said for _, said in post.messages.values()] == [text]
    for session, told in (("next", [text]), ("next", [text]), ("later", [])):
        assert await outcomes.take_alerts("u1", session) == told
    events = owner.execute("SELECT subject_id, body ->> 'text' FROM outbox WHERE kind = 'payment.told'").fetchall()
    assert events == [("p", text)]
    assert_books_agree(owner)


async def test_one_that_is_not_approved_is_not_told(ledger: PgLedger, owner: psycopg.Connection) -> None:
    await paid(ledger)
    await ledger.open_reversal(wish(), await planned(ledger))
    await ledger.hold("r")
    await ledger.void("r", PaymentState.REJECTED, "refused_by_supervisor")
    assert owner.execute("SELECT count(*) FROM alert_firings").fetchone() == (0,)


async def reversed_by_two(ledger: PgLedger, owner: psycopg.Connection) -> None:
    """As one supervisor asked for, and another approved."""
    await ledger.open_reversal(wish(), await planned(ledger))
    await ledger.hold("r")
    approve(owner, "r")
    await ledger.post("r")
