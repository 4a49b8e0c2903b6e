"""What comes after plain payments: one that goes back, one to another bank, a standing order, a payee removed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from adapters.postgres.ledger import PgLedger
from adapters.postgres.rail import PgRailBooks
from adapters.postgres.standing_orders import PgStandingOrders
from domain.order_runs import RunState, Settling
from domain.payments import PaymentKind, PaymentState, PaymentStep
from domain.rail import UNHEARD, RailReply, RailStatus, rail_key
from tests.bank import plan, request
from tests.ledger.test_reversals import approve, planned, wish
from tests.postgres.test_standing_orders import NOW, run_of, today
from tests.postgres.test_standing_orders import active as ordered

if TYPE_CHECKING:
    import psycopg

    from adapters.postgres.pool import Pool

_PLACES: Final = """
    INSERT INTO users (user_id, username, display_name, role, tenant_id, customer_ref, platform, phone, email,
        password_hash) VALUES ('sam', 'sam', 'Sam', 'supervisor', 't', 'ref_sam', 'web', '', '', 'h');
    INSERT INTO accounts (account_id, kind, name, currency) VALUES ('out', 'clearing', 'Dentist', 'USD');
    INSERT INTO creditors VALUES ('out', 'Dentist', '021000021', '99');
    INSERT INTO payees (payee_id, user_id, name, account_id) VALUES ('y1', 'u1', 'Dentist', 'out'),
        ('y2', 'u1', 'Mill', 'mill')
"""


ABROAD: Final = {
    "abroad": RailStatus.SETTLED,
    "came-back": RailStatus.RETURNED,
    "refused-abroad": RailStatus.REFUSED,
    "under-way": None,
}
"""Payments to another bank, and what the rail has said of each: nothing, of the last."""


async def play_abroad(owner: psycopg.Connection, pool: Pool) -> None:
    """Those of ABROAD, in a bank that has been founded."""
    owner.execute(_PLACES)
    for payment_id, status in ABROAD.items():
        await _abroad(PgLedger(pool), PgRailBooks(pool), payment_id, status)


async def play_on(owner: psycopg.Connection, pool: Pool) -> None:
    """`back` and its `reversal`, those of ABROAD, the order `o`, `milled` and `too-late`."""
    await play_abroad(owner, pool)
    ledger = PgLedger(pool)
    await _reversed(owner, ledger)
    await _ordered(ledger, pool)
    await _removed(owner, ledger)


async def _paid(ledger: PgLedger, payment_id: str, minor: int, payee: str = "shop") -> None:
    await ledger.open_payment(request(payment_id, minor), plan(payment_id, minor, payee=payee))
    await ledger.hold(payment_id)
    await ledger.post(payment_id)


async def _reversed(owner: psycopg.Connection, ledger: PgLedger) -> None:
    await _paid(ledger, "back", 2_00)
    await ledger.open_reversal(wish("reversal", "back"), await planned(ledger, "reversal", "back"))
    await ledger.hold("reversal")
    approve(owner, "reversal", "u2")
    await ledger.post("reversal")


async def _abroad(ledger: PgLedger, books: PgRailBooks, payment_id: str, status: RailStatus | None) -> None:
    going = replace(plan(payment_id, 3_00, payee="out"), kind=PaymentKind.OUTSIDE)
    await ledger.open_payment(request(payment_id, 3_00), going)
    await ledger.hold(payment_id)
    await books.intend(PaymentStep(payment_id))
    key = rail_key(payment_id, 1)
    await books.note(key, RailReply(status, "R1", 3_00, "USD", "99") if status else UNHEARD)
    if status is None:
        return
    if status is RailStatus.REFUSED:
        await ledger.void(payment_id, PaymentState.FAILED, "rail_refused")
        return
    await ledger.post(payment_id)
    if status is RailStatus.RETURNED:
        await books.give_back(key)


async def _ordered(ledger: PgLedger, pool: Pool) -> None:
    orders = PgStandingOrders(pool)
    await ordered(orders, pool)
    run, made = await run_of(orders, today())
    await ledger.open_payment(replace(run, description="Standing order"), made)
    await ledger.post(run.payment_id)
    await orders.settle(Settling("o", today().isoformat(), RunState.PAID, ""), "", NOW)
    tomorrow = today() + timedelta(days=1)
    await orders.settle(Settling("o", tomorrow.isoformat(), RunState.SKIPPED, "insufficient_funds"), "", NOW)


async def _removed(owner: psycopg.Connection, ledger: PgLedger) -> None:
    await _paid(ledger, "milled", 1_00, "mill")
    await ledger.open_payment(request("too-late", 1_00), plan("too-late", 1_00, payee="mill"))
    assert owner.execute("SELECT remove_payee('y2', 'u1')").fetchone() == ("ok",)
