"""Standing orders on the real Postgres: signed or nothing, one payment a due date, stopped at once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import psycopg
import pytest

from activities.ports import ElicitationRow
from adapters.postgres.elicitations import PgElicitations
from adapters.postgres.inquiries import PgInquiries
from adapters.postgres.ledger import PgLedger
from adapters.postgres.outcomes import PgOutcomes
from adapters.postgres.rail import PgRailBooks
from adapters.postgres.standing_orders import PgStandingOrders
from domain import ids
from domain.elicitation import STANDING_ORDER, ElicitationRequest, ElicitationState, ElicitationType
from domain.errors import (
    BankError,
    IdempotencyConflictError,
    InsufficientFundsError,
    StandingOrderClosedError,
    StandingOrderEndedError,
    StandingOrderMismatchError,
    StandingOrderNotFoundError,
    StandingOrderPausedError,
    StandingOrdersLockedError,
    StandingOrderUnsignedError,
    TooManyStandingOrdersError,
)
from domain.order_runs import RunState, Settling, SignedTerms, Unsigned, run_payment_id
from domain.payments import PaymentKind, PaymentState, PaymentStep
from domain.rail import RailReply, RailStatus
from domain.standing_orders import (
    MOST_ORDERS,
    OrderPlan,
    OrderRequest,
    OrderState,
    OrderWish,
    Terms,
    terms_hash,
)
from tests.bank import assert_books_agree, balances, found_bank, plan, request
from tests.ledger.test_hot_accounts import said, waits, writers

if TYPE_CHECKING:
    from adapters.postgres.pool import Pool
    from domain.payments import PaymentPlan, PaymentRequest
    from tests.conftest import Database

pytestmark = pytest.mark.servers
BOTH = (ElicitationType.BIOMETRIC, ElicitationType.CONFIRMATION)
WISH = OrderWish("Shop", "25.00", every="FREQ=DAILY")
NOW = datetime.now(UTC)


def today() -> date:
    """The database's own, in UTC; a test over midnight is about yesterday, which is as due."""
    return NOW.date()


@pytest.fixture
def orders(owner: psycopg.Connection, pool: Pool) -> PgStandingOrders:
    found_bank(owner)
    return PgStandingOrders(pool)


@pytest.fixture
def customer(api_pool: Pool) -> PgStandingOrders:
    """At the api."""
    return PgStandingOrders(api_pool)


@pytest.fixture
def ledger(pool: Pool) -> PgLedger:
    return PgLedger(pool)


def planned(order_id: str = "o", version: int = 1, minor: int = 25_00, **changes: object) -> OrderPlan:
    terms = Terms(order_id, version, minor, "USD", "shop", "Shop", "a1", "FREQ=DAILY", today().isoformat())
    terms = replace(terms, **changes)
    return OrderPlan(
        terms, "u1", "t", "ref_u1", f"{minor / 100:.2f}", "checking", BOTH, "v", terms_hash(terms), "every day"
    )


def question_of(terms: OrderPlan, kind: ElicitationType) -> ElicitationRequest:
    return ElicitationRequest(
        ids.standing_order_elicitation_id(terms.order_id, kind, terms.terms.version),
        "call", kind, terms.order_id, terms.terms.version, terms.terms_hash, terms.amount, "USD", "Shop",
        "checking", NOW.isoformat(), (NOW + timedelta(minutes=5)).isoformat(), 300,
        transaction_type=STANDING_ORDER, schedule=terms.schedule,
    )  # fmt: skip


async def asked(pool: Pool, terms: OrderPlan, kinds: tuple[ElicitationType, ...] = BOTH, user: str = "u1") -> None:
    """Questions about these terms, all answered yes."""
    elicitations = PgElicitations(pool)
    for kind in kinds:
        question = question_of(terms, kind)
        await elicitations.open(ElicitationRow(question, user, "s1", ElicitationState.PENDING, 0))
        await elicitations.close(question.elicitation_id, ElicitationState.COMPLETED, response_id="r1")


async def active(orders: PgStandingOrders, pool: Pool, order_id: str = "o", **changes: object) -> OrderPlan:
    terms = planned(order_id, **changes)
    await orders.plan(OrderRequest(order_id, "u1", WISH), terms)
    await asked(pool, terms)
    await orders.sign(SignedTerms(order_id, 1))
    return terms


async def run_of(
    orders: PgStandingOrders, due: date, order_id: str = "o", **changes: object
) -> tuple[PaymentRequest, PaymentPlan]:
    row = await orders.stands(order_id)
    payment_id = run_payment_id(row.run_key, due.isoformat())
    wanted = replace(request(payment_id), order_id=order_id, due_on=due.isoformat())
    return wanted, replace(plan(payment_id), **changes)


async def test_nothing_is_paid_before_every_countersign(orders: PgStandingOrders, pool: Pool, ledger: PgLedger) -> None:
    terms = planned()
    await orders.plan(OrderRequest("o", "u1", WISH), terms)
    await asked(pool, terms, BOTH[:1])
    with pytest.raises(StandingOrderUnsignedError):
        await orders.sign(SignedTerms("o", 1))
    with pytest.raises(StandingOrderMismatchError):
        await ledger.open_payment(*await run_of(orders, today()))
    await asked(pool, terms, BOTH[1:])
    await orders.sign(SignedTerms("o", 1))
    await orders.sign(SignedTerms("o", 1))
    assert (await orders.stands("o")).state is OrderState.ACTIVE


async def test_anothers_or_another_questions_answers_count_for_nothing(orders: PgStandingOrders, pool: Pool) -> None:
    terms = planned()
    await orders.plan(OrderRequest("o", "u1", WISH), terms)
    await asked(pool, replace(terms, terms_hash="0" * 64))
    with pytest.raises(StandingOrderUnsignedError):
        await orders.sign(SignedTerms("o", 1))


async def test_one_due_date_is_one_payment_however_often_it_is_begun(
    orders: PgStandingOrders, pool: Pool, ledger: PgLedger, owner: psycopg.Connection
) -> None:
    await active(orders, pool)
    run = await run_of(orders, today())
    await asyncio.gather(*(ledger.open_payment(*run) for _ in range(20)))
    assert balances(owner)["a1"] == (100_00, 25_00)
    await asyncio.gather(*(ledger.hold(run[0].payment_id) for _ in range(5)))
    await asyncio.gather(*(ledger.post(run[0].payment_id) for _ in range(5)))
    other = replace(run[0], payment_id="another"), replace(run[1], payment_id="another")
    with pytest.raises(StandingOrderMismatchError):
        await ledger.open_payment(*other)
    assert balances(owner)["a1"] == (75_00, 0)
    assert_books_agree(owner)


async def test_money_that_is_missing_leaves_nothing_behind(
    orders: PgStandingOrders, pool: Pool, ledger: PgLedger, owner: psycopg.Connection
) -> None:
    await active(orders, pool)
    await ledger.open_payment(request("p", 90_00), plan("p", 90_00))
    await ledger.hold("p")
    run = await run_of(orders, today())
    with pytest.raises(InsufficientFundsError):
        await ledger.open_payment(*run)
    assert await ledger.find_payment(run[0]) is None
    assert await orders.run_on("o", today()) is None
    await ledger.void("p", PaymentState.CANCELLED)
    await ledger.open_payment(*run)
    await ledger.post(run[0].payment_id)
    assert_books_agree(owner)


@pytest.mark.parametrize(("step", "error"), [("pause", StandingOrderPausedError), ("cancel", StandingOrderEndedError)])
async def test_stopped_it_neither_holds_nor_posts(  # noqa: PLR0913, PLR0917 - two fixtures a side of the bank
    orders: PgStandingOrders,
    customer: PgStandingOrders,
    pool: Pool,
    ledger: PgLedger,
    owner: psycopg.Connection,
    step: str,
    error: type[BankError],
) -> None:
    await active(orders, pool)
    held = await run_of(orders, today())
    await ledger.open_payment(*held)
    await customer.step("o", "u1", step)
    await customer.step("o", "u1", step)
    with pytest.raises(error):
        await ledger.post(held[0].payment_id)
    await ledger.void(held[0].payment_id, PaymentState.FAILED, error.code)
    await orders.settle(Settling("o", today().isoformat(), RunState.SKIPPED, error.code), "", NOW)
    with pytest.raises(error):
        await ledger.open_payment(*await run_of(orders, today() + timedelta(days=1)))
    assert balances(owner)["a1"] == (100_00, 0)
    assert await orders.unheard(-1) == ["o"]
    await orders.heed("o", (await orders.stands("o")).step, [])
    assert await orders.unheard(-1) == []
    assert_books_agree(owner)


async def run_abroad(
    orders: PgStandingOrders, pool: Pool, ledger: PgLedger, owner: psycopg.Connection
) -> PaymentRequest:
    """Today's, to another bank, held."""
    owner.execute(
        """INSERT INTO accounts (account_id, kind, name, currency) VALUES ('out', 'clearing', 'Shop', 'USD');
           INSERT INTO creditors VALUES ('out', 'Shop', '021000021', '99');
           INSERT INTO payees (payee_id, user_id, name, account_id) VALUES ('y', 'u1', 'Shop abroad', 'out')"""
    )
    await active(orders, pool, payee_account="out")
    run, made = await run_of(orders, today(), payee_account="out", kind=PaymentKind.OUTSIDE)
    await ledger.open_payment(run, made)
    return run


@pytest.mark.parametrize("settled_first", [True, False])
async def test_what_came_back_is_told_though_its_due_date_was_told_as_paid(
    orders: PgStandingOrders, pool: Pool, ledger: PgLedger, owner: psycopg.Connection, *, settled_first: bool
) -> None:
    run, books = await run_abroad(orders, pool, ledger, owner), PgRailBooks(pool)
    order = await books.intend(PaymentStep(run.payment_id))
    await books.note(order.key, RailReply(RailStatus.RETURNED, "R1", 25_00, "USD", "99"))
    await ledger.post(run.payment_id)
    paid = Settling("o", today().isoformat(), RunState.PAID)
    if settled_first:
        await orders.settle(paid, "", NOW)
        assert await PgOutcomes(pool).take("u1", "s2") == []
    await books.give_back(order.key)
    await orders.settle(paid, "", NOW)
    [news] = await PgOutcomes(pool).take("u1", "s3")
    assert (news.payment_id, news.returned) == (run.payment_id, True)
    assert_books_agree(owner)


@pytest.mark.parametrize(("step", "error"), [("pause", StandingOrderPausedError), ("cancel", StandingOrderEndedError)])
async def test_stopped_it_does_not_go_out_over_the_rail(  # noqa: PLR0913, PLR0917
    orders: PgStandingOrders,
    customer: PgStandingOrders,
    pool: Pool,
    ledger: PgLedger,
    owner: psycopg.Connection,
    step: str,
    error: type[BankError],
) -> None:
    run = await run_abroad(orders, pool, ledger, owner)
    await customer.step("o", "u1", step)
    with pytest.raises(error):
        await PgRailBooks(pool).intend(PaymentStep(run.payment_id))
    await ledger.void(run.payment_id, PaymentState.FAILED, error.code)
    assert balances(owner)["a1"] == (100_00, 0)
    assert_books_agree(owner)


@pytest.mark.parametrize("at_once", range(5))
async def test_a_stop_and_a_post_at_once_have_one_outcome(  # noqa: PLR0913, PLR0917
    orders: PgStandingOrders,
    customer: PgStandingOrders,
    pool: Pool,
    ledger: PgLedger,
    owner: psycopg.Connection,
    at_once: int,
) -> None:
    await active(orders, pool)
    run = await run_of(orders, today())
    await ledger.open_payment(*run)
    wait = asyncio.sleep(at_once / 1000)
    posted, _, _ = await asyncio.gather(
        ledger.post(run[0].payment_id), wait, customer.step("o", "u1", "cancel"), return_exceptions=True
    )
    state = await ledger.state_of(run[0].payment_id)
    assert (state is PaymentState.COMPLETED) == (posted is None)
    assert posted is None or isinstance(posted, StandingOrderEndedError)
    assert_books_agree(owner)


async def test_a_stop_and_a_post_take_the_order_before_its_account(
    orders: PgStandingOrders, pool: Pool, ledger: PgLedger, owner: psycopg.Connection, database: Database
) -> None:
    await active(orders, pool)
    run = await run_of(orders, today())
    await ledger.open_payment(*run)
    async with writers(database.owner_url, 3) as (other, stops, posts):
        async with other.transaction():
            await other.execute("SELECT FROM accounts WHERE account_id = 'a1' FOR NO KEY UPDATE")
            stopped = asyncio.create_task(said(stops, "SELECT step_standing_order('o', 'u1', 'cancel')"))
            await waits(owner, stops)
            posted = asyncio.create_task(said(posts, "SELECT post_payment(%s, 1)", run[0].payment_id))
            await waits(owner, posts)
        assert (await stopped, await posted) == ("ok", "standing_order_ended")
    assert_books_agree(owner)


@pytest.mark.parametrize(
    "changes",
    [
        {"amount_minor": 25_01, "amount": "25.01"},
        {"payee_account": "mill"},
        {"payer_account": "a2"},
        {"countersigns": (ElicitationType.CONFIRMATION,)},
    ],
)
async def test_what_does_not_fit_the_terms_is_no_run(
    orders: PgStandingOrders, pool: Pool, ledger: PgLedger, owner: psycopg.Connection, changes: dict[str, object]
) -> None:
    await active(orders, pool)
    with pytest.raises(StandingOrderMismatchError):
        await ledger.open_payment(*await run_of(orders, today(), **changes))
    assert balances(owner)["a1"] == (100_00, 0)


@pytest.mark.parametrize("days", [-1, 2])
async def test_a_day_that_is_not_due_is_no_run(
    orders: PgStandingOrders, pool: Pool, ledger: PgLedger, days: int
) -> None:
    await active(orders, pool)
    with pytest.raises(StandingOrderMismatchError):
        await ledger.open_payment(*await run_of(orders, today() + timedelta(days=days)))


async def test_a_settled_date_is_settled_and_the_ledger_is_believed(
    orders: PgStandingOrders, pool: Pool, ledger: PgLedger, owner: psycopg.Connection
) -> None:
    await active(orders, pool)
    run, due = await run_of(orders, today()), today().isoformat()
    with pytest.raises(StandingOrderMismatchError):
        await orders.settle(Settling("o", due, RunState.PAID), "paid", NOW)
    await ledger.open_payment(*run)
    with pytest.raises(StandingOrderMismatchError):
        await orders.settle(Settling("o", due, RunState.SKIPPED, "x"), "skipped", NOW)
    await ledger.post(run[0].payment_id)
    for _ in range(2):
        await orders.settle(Settling("o", due, RunState.PAID), "I paid it.", NOW)
    assert (await orders.stands("o")).due_from == today() + timedelta(days=1)
    said = owner.execute("SELECT order_id, said FROM alert_firings").fetchall()
    assert said == [("o", "I paid it.")]
    kinds = [kind for (kind,) in owner.execute("SELECT kind FROM outbox WHERE subject_id = 'o'").fetchall()]
    assert kinds.count("standing_order.paid") == 1


async def test_a_skipped_date_can_be_paid_no_more(orders: PgStandingOrders, pool: Pool, ledger: PgLedger) -> None:
    await active(orders, pool)
    await orders.settle(Settling("o", today().isoformat(), RunState.SKIPPED, "standing_order_late"), "late", NOW)
    with pytest.raises(StandingOrderMismatchError):
        await ledger.open_payment(*await run_of(orders, today()))


async def test_other_terms_hold_once_they_are_signed(orders: PgStandingOrders, pool: Pool, ledger: PgLedger) -> None:
    await active(orders, pool)
    wish = OrderRequest("o", "u1", OrderWish(amount="30.00"), "c1")
    terms = planned(version=2, minor=30_00)
    await orders.plan(wish, terms)
    with pytest.raises(StandingOrderUnsignedError):
        await orders.sign(SignedTerms("o", 2))
    assert (await orders.stands("o")).terms.amount_minor == 25_00
    assert await orders.find(wish) == (terms, False)
    await asked(pool, terms)
    await orders.sign(SignedTerms("o", 2))
    with pytest.raises(StandingOrderMismatchError):
        await ledger.open_payment(*await run_of(orders, today()))
    changes: dict[str, object] = {"amount_minor": 30_00, "amount": "30.00"}
    wanted, run = await run_of(orders, today(), **changes)
    await ledger.open_payment(replace(wanted, amount="30.00"), run)


async def test_terms_that_were_not_signed_leave_the_others(orders: PgStandingOrders, pool: Pool) -> None:
    await active(orders, pool)
    await orders.plan(OrderRequest("o", "u1", OrderWish(amount="30.00"), "c1"), planned(version=2, minor=30_00))
    assert await orders.drop(Unsigned("o", 2, OrderState.EXPIRED)) is OrderState.ACTIVE
    with pytest.raises(StandingOrderClosedError):
        await orders.sign(SignedTerms("o", 2))
    await orders.plan(OrderRequest("new", "u1", WISH), planned("new"))
    assert await orders.drop(Unsigned("new", 1, OrderState.EXPIRED)) is OrderState.EXPIRED


async def test_a_question_does_not_outlive_its_terms(orders: PgStandingOrders, pool: Pool) -> None:
    await active(orders, pool)
    elicitations = PgElicitations(pool)
    for version in (2, 3):
        terms = planned(version=version, minor=30_00 + version)
        await orders.plan(OrderRequest("o", "u1", OrderWish(amount=terms.amount), f"c{version}"), terms)
        first, last = (question_of(terms, kind) for kind in BOTH)
        await asked(pool, terms, BOTH[:1])
        await elicitations.open(ElicitationRow(last, "u1", "s1", ElicitationState.PENDING, 0))
        more, following = await elicitations.following(first.elicitation_id)
        assert (more, following and following.request) == (True, last)
        await orders.drop(Unsigned("o", version, OrderState.FAILED, "unavailable"))  # its message could not be sent
    assert await elicitations.pending_of("u1") == []


async def test_the_same_wish_twice_is_one_order(orders: PgStandingOrders) -> None:
    wish = OrderRequest("o", "u1", WISH)
    for _ in range(2):
        await orders.plan(wish, planned())
    assert await orders.find(wish) == (planned(), False)
    with pytest.raises(IdempotencyConflictError):
        await orders.plan(replace(wish, wish=replace(WISH, amount="26.00")), planned(minor=26_00))


async def test_of_another_customers_nothing_is_found(
    orders: PgStandingOrders, customer: PgStandingOrders, pool: Pool
) -> None:
    await active(orders, pool)
    theirs = replace(planned(), user_id="u2")
    for attempt in (
        orders.plan(OrderRequest("o", "u2", WISH), theirs),
        orders.find(OrderRequest("o", "u2", WISH)),
        customer.step("o", "u2", "cancel"),
        customer.get("o", "u2"),
    ):
        with pytest.raises(StandingOrderNotFoundError):
            await attempt
    assert await customer.of("u2") == []


async def test_there_can_be_so_many_and_wrong_codes_lock(orders: PgStandingOrders) -> None:
    for number in range(MOST_ORDERS):
        await orders.plan(OrderRequest(f"o{number}", "u1", WISH), planned(f"o{number}"))
    with pytest.raises(TooManyStandingOrdersError):
        await orders.plan(OrderRequest("o", "u1", WISH), planned())
    for number in range(3):
        await orders.drop(Unsigned(f"o{number}", 1, OrderState.FAILED, "too_many_tries"))
    with pytest.raises(StandingOrdersLockedError):
        await orders.plan(OrderRequest("o", "u1", WISH), planned())


async def test_what_comes_is_shown_among_the_payments_to_come(
    orders: PgStandingOrders, customer: PgStandingOrders, pool: Pool, owner: psycopg.Connection
) -> None:
    await active(orders, pool)
    days = [today() + timedelta(days=each) for each in (1, 2, 3)]
    revision = "SELECT revision FROM accounts WHERE account_id = 'a1'"
    before = owner.execute(revision).fetchall()
    await orders.heed("o", 0, days)
    assert owner.execute(revision).fetchall() > before
    inquiries = PgInquiries(pool)
    found = await inquiries.scheduled_of("u1", days[0], days[1])
    assert [(each.payee, each.amount_minor, each.due_on) for each in found] == [
        ("Shop", 25_00, day.isoformat()) for day in days[:2]
    ]
    await customer.step("o", "u1", "pause")
    assert await inquiries.scheduled_of("u1", days[0], days[1]) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE standing_order_terms SET amount_minor = 1000000",
        "UPDATE standing_orders SET due_from = due_from - 1",
        "UPDATE standing_orders SET state = 'ACTIVE', ended_at = NULL WHERE order_id = 'gone'",
        "UPDATE standing_order_runs SET payment_id = NULL, state = 'SKIPPED'",
        "DELETE FROM standing_orders",
        "DELETE FROM standing_order_terms",
        "TRUNCATE standing_order_runs",
    ],
)
async def test_what_was_countersigned_stays(  # noqa: PLR0913, PLR0917
    orders: PgStandingOrders,
    customer: PgStandingOrders,
    pool: Pool,
    ledger: PgLedger,
    owner: psycopg.Connection,
    statement: str,
) -> None:
    await active(orders, pool)
    await active(orders, pool, "gone")
    await customer.step("gone", "u1", "cancel")
    await ledger.open_payment(*await run_of(orders, today()))
    with pytest.raises((psycopg.errors.RestrictViolation, psycopg.errors.CheckViolation)):
        owner.execute(statement.encode())
