"""What customers ask about, on the real Postgres: filters, pages, what was spent, and nobody else's."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import psycopg
import pytest

from adapters.postgres.inquiries import PgInquiries
from adapters.postgres.ledger import PgLedger
from adapters.postgres.pool import open_pool
from domain.inquiries import Days, Direction, Order, Sizes, Wanted
from domain.payments import PaymentState
from runtime.demo_data import load
from runtime.settings import Settings
from tests.bank import found_bank, plan, request

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from adapters.postgres.pool import Pool
    from tests.conftest import Database

pytestmark = pytest.mark.servers
A1: Final = Wanted(("a1",))
# key, from, to, minor units, when; in the order of time
BOOKED: Final = (
    ("l1", "a1", "shop", 10_00, "2026-05-01T00:00:00Z"),
    ("l2", "a1", "mill", 20_00, "2026-05-31T23:59:59.999999Z"),
    ("l3", "a1", "shop", 5_00, "2026-06-01T00:00:00Z"),
    ("l4", "a1", "a2", 7_00, "2026-06-02T09:00:00Z"),
    ("l5", "shop", "a1", 3_00, "2026-06-03T09:00:00Z"),
    ("l6", "b1", "shop", 9_00, "2026-06-04T09:00:00Z"),
)
MAY: Final = Days(date(2026, 5, 1), date(2026, 5, 31))


@pytest.fixture
async def inquiries(owner: psycopg.Connection, database: Database) -> AsyncIterator[PgInquiries]:
    """As mcp_tools reads."""
    found_bank(owner)
    owner.execute("UPDATE accounts SET name = initcap(account_id) WHERE user_id IS NULL AND kind <> 'equity'")
    for key, debit, credit, minor, at in BOOKED:
        owner.execute("SELECT book(%s, %s, %s, %s, %s, %s)", [key, debit, credit, minor, key, at])
    pool = await open_pool(database.mcp_url, 1, 10)
    yield PgInquiries(pool)
    await pool.close()


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (A1, ["Opening", "l5", "l4", "l3", "l2", "l1"]),
        (replace(A1, order=Order.OLDEST), ["l1", "l2", "l3", "l4", "l5", "Opening"]),
        (replace(A1, order=Order.LARGEST), ["Opening", "l2", "l1", "l4", "l3", "l5"]),
        (replace(A1, order=Order.SMALLEST), ["l5", "l3", "l4", "l1", "l2", "Opening"]),
        (replace(A1, days=MAY), ["l2", "l1"]),
        (replace(A1, days=Days(last=date(2026, 5, 31))), ["l2", "l1"]),
        (replace(A1, days=Days(first=date(2026, 6, 1), last=date(2026, 6, 1))), ["l3"]),
        (replace(A1, direction=Direction.IN), ["Opening", "l5"]),
        (replace(A1, direction=Direction.OUT), ["l4", "l3", "l2", "l1"]),
        (replace(A1, sizes=Sizes(5_00, 10_00)), ["l4", "l3", "l1"]),
        (replace(A1, names=("Shop",)), ["l5", "l3", "l1"]),
        (replace(A1, names=("Shop", "Mill"), days=MAY), ["l2", "l1"]),
        (replace(A1, names=()), []),
        (replace(A1, account_ids=("a1", "a2"), days=Days(date(2026, 6, 2), date(2026, 6, 2))), ["l4", "l4"]),
        (replace(A1, account_ids=("b1",)), []),
        (replace(A1, account_ids=("shop", "equity")), []),
    ],
)
async def test_lines(inquiries: PgInquiries, wanted: Wanted, expected: list[str]) -> None:
    assert [line.description for line in await inquiries.lines_of("u1", wanted, 50)] == expected


async def test_days_begin_where_the_bank_is(inquiries: PgInquiries, database: Database) -> None:
    june = replace(A1, days=Days(date(2026, 6, 1), date(2026, 6, 1)))
    pool = await open_pool(database.mcp_url)
    found = await PgInquiries(pool, ZoneInfo("Europe/Berlin")).lines_of("u1", june, 9)
    await pool.close()
    assert [line.description for line in found] == ["l3", "l2"]
    assert [line.description for line in await inquiries.lines_of("u1", june, 9)] == ["l3"]


async def test_days_may_lie_anywhere(inquiries: PgInquiries) -> None:
    always = replace(A1, days=Days(date.min, date.max))
    assert len(await inquiries.lines_of("u1", always, 50)) == 6


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("most", [1, 2, 5])
async def test_pages_are_the_whole_list(inquiries: PgInquiries, order: Order, most: int) -> None:
    wanted = Wanted(("a1", "a2"), order=order)
    found, after = [], None
    while page := await inquiries.lines_of("u1", wanted, most, after):
        found += page
        after = page[-1].place
    assert found == await inquiries.lines_of("u1", wanted, 50)
    assert len({line.place for line in found}) == len(found) == 8


async def test_pages_hold_while_payments_come_in(inquiries: PgInquiries, pool: Pool) -> None:
    before = await inquiries.lines_of("u1", A1, 50)
    ledger = PgLedger(pool)

    async def pay(key: str) -> None:
        await ledger.open_payment(request(key), plan(key, 1))
        await ledger.hold(key)
        await ledger.post(key)

    found, after = [], None
    while page := (await asyncio.gather(inquiries.lines_of("u1", A1, 2, after), pay(f"p{len(found)}")))[0]:
        found += page
        after = page[-1].place
    assert found[-len(before) :] == before  # what came meanwhile comes before, if at all
    assert len({line.transfer_id for line in found}) == len(found)
    assert len(await inquiries.lines_of("u1", A1, 50)) > len(before)


@pytest.mark.parametrize(
    ("wanted", "total", "count"),
    [
        (A1, 35_00, 3),
        (replace(A1, days=MAY), 30_00, 2),
        (replace(A1, names=("Shop",)), 15_00, 2),
        (replace(A1, names=()), 0, 0),
        (Wanted(("a1", "a2")), 35_00, 3),
        (Wanted(("b1",)), 0, 0),
    ],
)
async def test_spent_is_what_left_for_others(inquiries: PgInquiries, wanted: Wanted, total: int, count: int) -> None:
    spent = await inquiries.spent("u1", wanted)
    assert (spent.total_minor, spent.count) == (total, count)


async def test_names_in_the_statement(inquiries: PgInquiries) -> None:
    assert await inquiries.counterparties_of("u1", ("a1", "b1")) == ["Mill", "Opening balance", "Savings", "Shop"]
    assert await inquiries.counterparties_of("u2", ("a1",)) == []


async def test_every_change_counts_for_all_whom_it_touches(
    inquiries: PgInquiries, owner: psycopg.Connection, pool: Pool
) -> None:
    async def both() -> tuple[int, int]:
        return await inquiries.revision_of("u1"), await inquiries.revision_of("u2")

    async def changed() -> tuple[bool, bool]:
        nonlocal seen
        before, seen = seen, await both()
        return seen[0] > before[0], seen[1] > before[1]

    seen, ledger = await both(), PgLedger(pool)
    await ledger.open_payment(request("p"), plan("p", payee="b1"))
    assert await changed() == (False, False)
    await ledger.hold("p")
    assert await changed() == (True, False)
    await ledger.post("p")
    assert await changed() == (True, True)
    await ledger.open_payment(request("q"), plan("q"))
    await ledger.hold("q")
    assert await changed() == (True, False)
    await ledger.void("q", PaymentState.CANCELLED)
    assert await changed() == (True, False)
    owner.execute("SELECT book('k', 'shop', 'b1', 1, 'Refund', now())")
    assert await changed() == (False, True)
    owner.execute(
        """INSERT INTO scheduled_payments (scheduled_id, account_id, payee, amount_minor, currency, due_on, kind)
           VALUES ('s', 'a1', 'Mill', 1, 'USD', '2026-12-01', 'bill')"""
    )
    assert await changed() == (True, False)
    owner.execute("UPDATE scheduled_payments SET cancelled_at = now()")
    assert await changed() == (True, False)
    assert await inquiries.revision_of("nobody") == 0


@pytest.fixture
async def demo(database: Database) -> AsyncIterator[PgInquiries]:
    load(Settings(migrations_url=database.owner_url, demo_password="one"))
    pool = await open_pool(database.mcp_url)
    yield PgInquiries(pool)
    await pool.close()


async def test_the_demo_has_loans_credit_cards_and_bills(demo: PgInquiries) -> None:
    today = datetime.now(UTC).date()
    (loan,), (credit,) = await demo.loans_of("user_maya"), await demo.credit_of("user_maya")
    assert (loan.outstanding_minor, loan.rate_bp, loan.instalment_minor) == (18_400_00, 590, 412_50)
    assert loan.next_due >= today.isoformat()
    assert (credit.limit_minor, credit.owed_minor, credit.available_minor) == (5_000_00, 640_25, 4_359_75)
    due = await demo.scheduled_of("user_maya", today, today + timedelta(days=31))
    assert {each.kind for each in due} == {"instalment", "bill", "standing"}
    assert {each.payee for each in due} == {"Harbor Homes", "City Power", "Lumen Mobile", "Loan", "Credit Card"}
    assert [each.due_on for each in due] == sorted(each.due_on for each in due)
    assert all(today.isoformat() <= each.due_on for each in due)
    year = await demo.scheduled_of("user_maya", today, today + timedelta(days=366))
    assert sum(each.kind == "instalment" for each in year) in {12, 13}
    assert await demo.loans_of("user_sam") == await demo.credit_of("user_sam") == []


async def test_a_card_stands_where_its_last_delivery_stands(demo: PgInquiries) -> None:
    cards = {card.last4: card for user in ("user_maya", "user_omar") for card in await demo.cards_of(user)}
    assert {last4: card.status for last4, card in cards.items()} == {
        "4821": "delivered", "7730": "shipped", "1964": "produced", "5502": "ordered",
    }  # fmt: skip
    assert (cards["7730"].carrier, cards["7730"].delivered_on) == ("PostExpress", "")
    assert cards["7730"].ordered_on < cards["7730"].shipped_on < cards["7730"].expected_on
    assert [card.last4 for card in await demo.cards_of("user_maya")] == ["7730", "4821"]
    assert await demo.cards_of("user_sam") == []


async def test_every_month_of_the_last_year_has_a_bill(demo: PgInquiries) -> None:
    month = datetime.now(UTC).date().replace(day=1)
    for _ in range(12):
        last = month - timedelta(days=1)
        month = last.replace(day=1)
        wanted = Wanted(("acct_maya_checking",), ("City Power",), Days(month, last))
        spent = await demo.spent("user_maya", wanted)
        assert (spent.count, 70_00 <= spent.total_minor <= 130_00) == (1, True)


def test_terms_belong_to_their_kind_of_account(owner: psycopg.Connection) -> None:
    found_bank(owner)
    with pytest.raises(psycopg.errors.CheckViolation, match="is no loan"):
        owner.execute(
            """INSERT INTO loans (account_id, principal_minor, rate_bp, instalment_minor, instalments_left)
               VALUES ('a1', 1, 1, 1, 0)"""
        )
