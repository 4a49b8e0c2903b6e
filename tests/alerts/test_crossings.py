"""What the ledger does sets alerts off: once for each crossing, in whatever order and however often it is heard."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING

import pytest

from adapters.postgres.ledger import PgLedger
from adapters.postgres.outbox import PgOutbox
from domain.alerts import AlertState, AlertWish
from tests.bank import plan, request
from tests.fakes.staff import until

if TYPE_CHECKING:
    from tests.alerts.conftest import Town

pytestmark = [pytest.mark.servers, pytest.mark.timeout(120)]
LOW = {"kind": "low_balance", "amount": "60.00"}


async def test_a_balance_that_drops_is_told_once_and_again_after_it_rose(town: Town) -> None:
    alert = await town.alert(**LOW)
    town.book("a1", "shop", 30_00)
    await town.carry()
    assert town.firings(alert) == []
    for minor in (20_00, 5_00, 5_00):
        town.book("a1", "shop", minor)
    await town.carry()
    await until(lambda: town.firings(alert) == ["Your checking balance is $50.00, which is below $60.00."])
    town.book("equity", "a1", 50_00)
    town.book("a1", "shop", 45_00)
    await town.carry()
    await until(lambda: len(town.firings(alert)) == 2)
    assert town.firings(alert)[1] == "Your checking balance is $45.00, which is below $60.00."


async def test_a_storm_around_the_threshold_fires_once_a_crossing(town: Town) -> None:
    alert = await town.alert(**LOW)
    dice, balance, crossings = random.Random(7), 100_00, 0  # noqa: S311 - a storm that can be had again
    for _ in range(120):
        falls = dice.random() < (0.75 if balance >= 60_00 else 0.25)
        minor = -min(dice.choice([20_00, 35_00]), balance) if falls else dice.choice([25_00, 30_00])
        if not minor:
            continue
        crossings += balance >= 60_00 > balance + minor
        balance += minor
        town.book(*(("a1", "shop") if minor < 0 else ("equity", "a1")), abs(minor))
    await PgOutbox(town.pool).sequence()
    # many at it at once, from the beginning again and again: an event may come twice, and late
    for _ in range(3):
        await asyncio.gather(*(town.feed.carry() for _ in range(4)))
        town.owner.execute("UPDATE alert_feed SET seq = 0, leased_until = '-infinity'")
    await town.carry()
    assert crossings > 5
    await until(lambda: len(town.firings(alert)) == crossings)
    await town.carry()
    assert len(set(town.firings(alert))) > 1
    assert len(town.firings(alert)) == crossings


async def test_concurrent_payments_make_one_crossing(town: Town) -> None:
    alert = await town.alert(**LOW)
    ledger = PgLedger(town.pool)

    async def pay(number: int) -> None:
        payment_id = f"p{number}"
        await ledger.open_payment(request(payment_id, 10_00), plan(payment_id, 10_00))
        await ledger.hold(payment_id)
        await ledger.post(payment_id)

    await asyncio.gather(*(pay(number) for number in range(9)))
    await town.carry()
    await until(lambda: len(town.firings(alert)) == 1)
    assert town.firings(alert) == ["Your checking balance is $50.00, which is below $60.00."]


async def test_a_worker_that_dies_between_loses_nothing(town: Town) -> None:
    """Lent and not noted: the next one takes them up once the lease has run out. Redis has no part in it."""
    alert = await town.alert(**LOW)
    town.book("a1", "shop", 60_00)
    await PgOutbox(town.pool).sequence()
    taken = await town.pool.rows("SELECT seq FROM take_postings(10, 0.2)")
    assert len(taken) == 1
    assert await town.feed.carry() == 0
    await asyncio.sleep(0.25)
    assert await town.feed.carry() == 1
    await until(lambda: len(town.firings(alert)) == 1)


async def test_large_transactions_and_deposits_once_an_event(town: Town) -> None:
    large = await town.alert(kind="large_transaction", amount="30.00")
    paid_in = await town.alert(kind="deposit_received", payee="opening", amount="10.00")
    town.book("a1", "a2", 40_00)  # between two of one's own: one transaction
    town.book("a1", "shop", 29_99)
    town.book("equity", "a1", 12_00)
    town.book("equity", "a1", 9_99)
    await town.carry()
    await until(lambda: bool(town.firings(large) and town.firings(paid_in)))
    assert town.firings(large) == ["A large transaction: $40.00 to Savings on your checking account."]
    assert town.firings(paid_in) == ["$12.00 from Opening balance came in on your checking account."]


async def test_the_payee_is_told_too(town: Town) -> None:
    other = await town.ask("u2", kind="deposit_received")
    town.book("a1", "b1", 25_00)
    await town.carry()
    await until(lambda: town.firings(other.alert_id) == ["$25.00 from Checking came in on your checking account."])


async def test_where_nobody_watches_nothing_is_written(town: Town) -> None:
    town.book("a1", "shop", 60_00)
    count = "SELECT count(*) FROM outbox WHERE kind = 'account.posted'"
    assert town.owner.execute(count).fetchone() == (0,)
    alert = await town.alert(**LOW, account="savings")
    town.book("a1", "shop", 1_00)
    assert town.owner.execute(count).fetchone() == (0,)
    await town.desk.step(alert, "u1", "pause")
    town.book("a2", "shop", 1_00)
    assert town.owner.execute(count).fetchone() == (0,)


@pytest.mark.parametrize("step", ["pause", "delete"])
async def test_paused_or_deleted_at_that_moment(town: Town, step: str) -> None:
    alert = await town.alert(**LOW)
    town.book("a1", "shop", 60_00)
    await PgOutbox(town.pool).sequence()
    await asyncio.gather(town.feed.carry(), town.desk.step(alert, "u1", step))
    state = "SELECT state FROM alerts WHERE alert_id = %s"
    assert town.owner.execute(state, [alert]).fetchone() == (f"{step.upper()}D",)
    before = len(town.firings(alert))
    assert before <= 1
    town.book("equity", "a1", 60_00)
    town.book("a1", "shop", 60_00)
    await town.carry()
    assert len(town.firings(alert)) == before


async def test_resumed_it_watches_from_then_on(town: Town) -> None:
    alert = await town.alert(**LOW)
    await town.desk.step(alert, "u1", "pause")
    town.book("a1", "shop", 60_00)
    await town.carry()
    await town.desk.step(alert, "u1", "resume")
    await town.carry()
    town.book("equity", "a1", 60_00)
    town.book("a1", "shop", 60_00)
    await town.carry()
    await until(lambda: len(town.firings(alert)) == 1)


@pytest.mark.parametrize("town", [30], indirect=True)
async def test_its_history_stays_bounded(town: Town) -> None:
    alert = await town.alert(**LOW)
    for _ in range(8):
        town.book("a1", "shop", 60_00)
        town.book("equity", "a1", 60_00)
        await town.carry()
    await until(lambda: len(town.firings(alert)) == 8)
    changed, shown = await town.desk.change(alert, "u1", AlertWish(amount="50.00"), "c1")
    assert (changed.state, shown.amount) == (AlertState.ACTIVE, "50.00")
    handle = town.client.get_workflow_handle(f"alert-{alert}")
    assert (await handle.describe()).history_length < 60
    begun = (await handle.fetch_history()).events[0].workflow_execution_started_event_attributes
    assert begun.continued_execution_run_id
