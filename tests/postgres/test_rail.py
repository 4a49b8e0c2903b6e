"""What the database lets happen to a payment to another bank, whoever asks."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import psycopg
import pytest

from adapters.postgres.ledger import PgLedger
from adapters.postgres.outcomes import PgOutcomes
from adapters.postgres.rail import PgRailBooks, PgRailEvents
from domain.elicitation import ElicitationType
from domain.errors import (
    BankError,
    CountersignMissingError,
    PayeeRemovedError,
    PaymentClosedError,
    PaymentUnsettledError,
    RailContradictionError,
    RailMismatchError,
    RailPaymentUnknownError,
    StaleVersionError,
    UnavailableError,
    WebhookReusedError,
)
from domain.payments import PaymentKind, PaymentPlan, PaymentState, PaymentStep
from domain.rail import UNHEARD, RailEvent, RailReply, RailStatus
from runtime.audit import audit_ledger
from runtime.settings import Settings
from tests.bank import assert_books_agree, balances, found_bank, plan, request

if TYPE_CHECKING:
    from adapters.postgres.pool import Pool
    from tests.conftest import Database

pytestmark = pytest.mark.servers
STEP = PaymentStep("p")
KEY = "p-1"
S = RailStatus


def outside(payment_id: str = "p", minor: int = 25_00) -> PaymentPlan:
    return replace(plan(payment_id, minor, payee="out"), kind=PaymentKind.OUTSIDE)


def said(status: RailStatus, minor: int = 25_00, currency: str = "USD", account: str = "99") -> RailReply:
    return RailReply(status, "R1", minor, currency, account)


@pytest.fixture
async def ledger(owner: psycopg.Connection, pool: Pool) -> PgLedger:
    """`p`: held, and countersigned by everybody whom it needs."""
    found_bank(owner)
    owner.execute(
        """INSERT INTO accounts (account_id, kind, name, currency) VALUES ('out', 'clearing', 'Dentist', 'USD');
           INSERT INTO creditors VALUES ('out', 'Dentist', '021000021', '99');
           INSERT INTO payees (payee_id, user_id, name, account_id) VALUES ('y', 'u1', 'Dentist', 'out')"""
    )
    bank = PgLedger(pool)
    await bank.open_payment(request("p"), outside())
    await bank.hold("p")
    return bank


@pytest.fixture
def books(pool: Pool, ledger: PgLedger) -> PgRailBooks:
    assert ledger
    return PgRailBooks(pool, most_tries=2)


async def test_the_intention_is_noted_once_before_the_rail_is_asked(books: PgRailBooks) -> None:
    first, again = await books.intend(STEP), await books.intend(STEP)
    assert (first.first, again.first) == (True, False)
    assert (first.key, first.amount_minor, first.creditor.account, first.status) == (KEY, 25_00, "99", S.SENT)
    assert [await books.may_retry(KEY), await books.may_retry(KEY)] == [True, False]


async def test_it_is_posted_only_once_the_rail_has_paid(
    books: PgRailBooks, ledger: PgLedger, owner: psycopg.Connection
) -> None:
    with pytest.raises(PaymentUnsettledError):
        await ledger.post("p")
    await books.intend(STEP)
    with pytest.raises(PaymentUnsettledError):
        await ledger.post("p")
    await books.note(KEY, said(S.SETTLED))
    await ledger.post("p")
    assert (balances(owner)["a1"], balances(owner)["out"]) == ((75_00, 0), (25_00, 0))
    assert_books_agree(owner)


@pytest.mark.parametrize("status", [None, S.PENDING, S.SETTLED, S.RETURNED])
async def test_nothing_is_released_while_it_may_have_been_paid(
    books: PgRailBooks, ledger: PgLedger, owner: psycopg.Connection, status: RailStatus | None
) -> None:
    await books.intend(STEP)
    await books.note(KEY, said(status) if status else UNHEARD)
    for state in (PaymentState.FAILED, PaymentState.EXPIRED, PaymentState.CANCELLED):
        with pytest.raises(PaymentUnsettledError):
            await ledger.void("p", state, "x")
    with pytest.raises(PaymentUnsettledError):
        await ledger.revise(replace(outside(minor=1_00), version=2, transaction_hash="e" * 64))
    assert balances(owner)["a1"] == (100_00, 25_00)


@pytest.mark.parametrize("status", [S.REFUSED, S.BARRED])
async def test_what_the_rail_has_not_and_will_not_pay_is_released(
    books: PgRailBooks, ledger: PgLedger, owner: psycopg.Connection, status: RailStatus
) -> None:
    await books.intend(STEP)
    await books.note(KEY, RailReply(status))
    with pytest.raises(PaymentUnsettledError):
        await ledger.post("p")
    await ledger.void("p", PaymentState.FAILED, "rail_refused")
    assert balances(owner)["a1"] == (100_00, 0)
    assert_books_agree(owner)


async def test_what_was_never_asked_for_can_be_taken_back(ledger: PgLedger, owner: psycopg.Connection) -> None:
    await ledger.void("p", PaymentState.CANCELLED)
    assert balances(owner)["a1"] == (100_00, 0)


SPOILT: list[tuple[str, type[BankError]]] = [
    ("DELETE FROM payees", PayeeRemovedError),
    ("UPDATE accounts SET closed_at = now() WHERE account_id = 'out'", BankError),
    ("UPDATE payments SET version = 2, transaction_hash = 'x'", StaleVersionError),
]


@pytest.mark.parametrize(("spoil", "error"), SPOILT)
async def test_what_may_not_be_posted_does_not_go_out(
    books: PgRailBooks, owner: psycopg.Connection, spoil: str, error: type[BankError]
) -> None:
    owner.execute(spoil.encode())
    with pytest.raises(error):
        await books.intend(STEP)
    assert owner.execute("SELECT count(*) FROM rail_payments").fetchone() == (0,)


async def test_nothing_goes_out_that_not_everybody_has_countersigned(books: PgRailBooks, ledger: PgLedger) -> None:
    unsigned = replace(outside("q", 1_00), countersigns=(ElicitationType.OTP,))
    await ledger.open_payment(request("q", 1_00), unsigned)
    with pytest.raises(PaymentClosedError):
        await books.intend(PaymentStep("q"))  # nothing is held
    await ledger.hold("q")
    with pytest.raises(CountersignMissingError):
        await books.intend(PaymentStep("q"))


@pytest.mark.parametrize(("payee", "kind"), [("out", PaymentKind.PAYEE), ("shop", PaymentKind.OUTSIDE)])
async def test_only_payees_elsewhere_are_paid_over_the_rail(ledger: PgLedger, payee: str, kind: PaymentKind) -> None:
    wrong = replace(plan("q", 1_00, payee=payee), kind=kind)
    await ledger.open_payment(request("q", 1_00), wrong)
    with pytest.raises(psycopg.errors.CheckViolation):
        await ledger.hold("q")


WRONG = [said(S.SETTLED, minor=1), said(S.SETTLED, currency="EUR"), said(S.SETTLED, account="98"), RailReply(S.SETTLED)]


@pytest.mark.parametrize("reply", WRONG)
async def test_an_answer_about_something_else_is_a_doubt_and_moves_nothing(
    books: PgRailBooks, ledger: PgLedger, owner: psycopg.Connection, reply: RailReply
) -> None:
    await books.intend(STEP)
    for _ in range(2):
        order = await books.note(KEY, reply)
        assert (order.status, order.doubt) == (S.SENT, RailMismatchError.code)
    with pytest.raises(PaymentUnsettledError):
        await ledger.post("p")
    doubts = owner.execute("SELECT count(*) FROM audit WHERE action = 'rail.doubted'").fetchone()
    assert doubts == (1,)
    assert (await books.note(KEY, said(S.SETTLED))).doubt == ""


@pytest.mark.parametrize(
    ("first", "then", "known", "doubt"),
    [
        (S.PENDING, S.SETTLED, S.SETTLED, ""),
        (S.SETTLED, S.PENDING, S.SETTLED, ""),
        (S.SETTLED, S.RETURNED, S.RETURNED, ""),
        (S.RETURNED, S.SETTLED, S.RETURNED, ""),
        (S.BARRED, S.REFUSED, S.BARRED, ""),
        (S.SETTLED, S.REFUSED, S.SETTLED, RailContradictionError.code),
        (S.REFUSED, S.SETTLED, S.REFUSED, RailContradictionError.code),
        (S.BARRED, S.PENDING, S.BARRED, RailContradictionError.code),
    ],
)
async def test_old_news_changes_nothing_and_a_contradiction_is_a_doubt(
    books: PgRailBooks, first: RailStatus, then: RailStatus, known: RailStatus, doubt: str
) -> None:
    await books.intend(STEP)
    await books.note(KEY, said(first))
    order = await books.note(KEY, said(then))
    assert (order.status, order.doubt) == (known, doubt)


async def test_that_nobody_knows_is_said_once_and_told_to_the_next_conversation(
    books: PgRailBooks, ledger: PgLedger, owner: psycopg.Connection, pool: Pool
) -> None:
    await books.intend(STEP)
    assert [(await books.note(KEY, UNHEARD)).looks for _ in range(3)] == [1, 2, 3]
    assert await ledger.state_of("p") is PaymentState.UNKNOWN
    assert owner.execute("SELECT count(*) FROM outbox WHERE kind = 'payment.unknown'").fetchone() == (1,)
    outcomes = PgOutcomes(pool)
    assert [news.state for news in await outcomes.take("u1", "s2")] == [PaymentState.UNKNOWN]
    await books.note(KEY, said(S.SETTLED))
    await ledger.post("p")
    assert [news.state for news in await outcomes.take("u1", "s3")] == [PaymentState.COMPLETED]
    assert await outcomes.take("u1", "s4") == []


async def test_what_comes_back_is_a_new_transfer_once(
    books: PgRailBooks, ledger: PgLedger, owner: psycopg.Connection, pool: Pool
) -> None:
    await books.intend(STEP)
    await books.note(KEY, said(S.RETURNED))
    with pytest.raises(UnavailableError):
        await books.give_back(KEY)  # not posted yet
    await ledger.post("p")
    for _ in range(2):
        assert (await books.give_back(KEY)).payment_id == "p"
    assert (balances(owner)["a1"], balances(owner)["out"]) == ((100_00, 0), (0, 0))
    steps = owner.execute("SELECT step FROM transfers WHERE payment_id = 'p' ORDER BY transfer_id").fetchall()
    assert steps == [("hold",), ("post",), ("return",)]
    [news] = await PgOutcomes(pool).take("u1", "s2")
    assert (news.state, news.returned) == (PaymentState.COMPLETED, True)
    assert_books_agree(owner)


async def test_what_did_not_come_back_is_not_given_back(books: PgRailBooks, ledger: PgLedger) -> None:
    await books.intend(STEP)
    await books.note(KEY, said(S.SETTLED))
    await ledger.post("p")
    with pytest.raises(RailContradictionError):
        await books.give_back(KEY)
    with pytest.raises(RailPaymentUnknownError):
        await books.give_back("nobody-1")


async def test_an_event_counts_once_by_its_id(
    books: PgRailBooks, ledger: PgLedger, owner: psycopg.Connection, api_pool: Pool
) -> None:
    await books.intend(STEP)
    events = PgRailEvents(api_pool)
    for _ in range(2):
        await events.take(RailEvent("e1", "d1", KEY, said(S.SETTLED)))
    with pytest.raises(WebhookReusedError):
        await events.take(RailEvent("e1", "d2", KEY, said(S.REFUSED)))
    for _ in range(2):
        with pytest.raises(RailPaymentUnknownError):
            await events.take(RailEvent("e2", "d", "nobody-1", said(S.SETTLED)))
    with pytest.raises(RailMismatchError):
        await events.take(RailEvent("e3", "d", KEY, said(S.RETURNED, minor=9)))
    audited = owner.execute("SELECT detail ->> 'code' FROM audit WHERE action = 'rail.ignored' ORDER BY audit_id")
    assert audited.fetchall() == [("webhook_reused",), ("rail_payment_unknown",)]
    assert (await books.intend(STEP)).status is S.SETTLED
    assert balances(owner)["a1"] == (100_00, 25_00)  # the api moves nothing
    await ledger.post("p")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE rail_payments SET status = 'sent'",
        "UPDATE rail_payments SET status = 'refused', known_at = now()",
        "UPDATE rail_payments SET amount_minor = 1",
        "UPDATE creditors SET account = '1'",
        "DELETE FROM rail_payments",
        "DELETE FROM creditors",
        "TRUNCATE rail_events",
        "UPDATE accounts SET closed_at = now() WHERE account_id = 'out'",
        "UPDATE accounts SET user_id = 'u1' WHERE account_id = 'out'",
    ],
)
async def test_the_owner_too_is_refused(books: PgRailBooks, owner: psycopg.Connection, statement: str) -> None:
    await books.intend(STEP)
    await books.note(KEY, said(S.SETTLED))
    with pytest.raises(psycopg.errors.IntegrityError):
        owner.execute(statement.encode())


@pytest.mark.parametrize("status", [S.SETTLED, S.RETURNED])
async def test_between_the_rails_word_and_the_post_the_auditor_waits(
    books: PgRailBooks, ledger: PgLedger, database: Database, status: RailStatus
) -> None:
    chosen = Settings(environment="test", database_url=database.audit_url)
    await books.intend(STEP)
    await books.note(KEY, said(status))
    found = (await audit_ledger(chosen, 0, ())).differences
    assert [(each.check, each.row) for each in found] == [("rail.payments", "p")]
    looking = asyncio.create_task(audit_ledger(chosen, 60, ()))
    await asyncio.sleep(0.3)
    await ledger.post("p")
    if status is S.RETURNED:
        await books.give_back(KEY)
    assert (await looking).differences == ()
