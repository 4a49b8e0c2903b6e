"""Many clients, few ids, connections cut in the middle of a call: what was not answered is asked again, and is one."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import psycopg
import pytest

from adapters.postgres.ledger import PgLedger
from adapters.postgres.pool import open_pool
from domain.errors import BankError, UnavailableError
from domain.payments import PaymentState
from tests.bank import OPENING, assert_books_agree, balances, found_bank, plan, request

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.conftest import Database

pytestmark = pytest.mark.servers

CLIENTS: Final = 12
ENOUGH_CUT: Final = 10
"""Calls that were cut off; fewer would show nothing."""
AMOUNTS: Final = (3_00, 5_00)
"""An id stands for the one or the other: for whichever comes first."""


@dataclass
class Told:
    """What clients were told of one id."""

    opened: set[int] = field(default_factory=set)
    refused: set[int] = field(default_factory=set)
    held: set[str] = field(default_factory=set)
    posted: set[str] = field(default_factory=set)
    ended: set[str] = field(default_factory=set)


@dataclass
class Clients:
    """Each call is repeated until it is answered."""

    ledger: PgLedger
    told: defaultdict[str, Told] = field(default_factory=lambda: defaultdict(Told))
    cut: int = 0

    async def known(self, call: Callable[[], Awaitable[object]]) -> str:
        while True:
            try:
                await call()
            except UnavailableError:
                self.cut += 1
                await asyncio.sleep(0.01)
            except BankError as error:
                return error.code
            else:
                return "ok"

    async def one(self, dice: random.Random, ids: list[str]) -> None:
        """A client's dealings with one payment that others deal with as well."""
        name, minor = dice.choice(ids), dice.choice(AMOUNTS)
        told = self.told[name]
        code = await self.known(lambda: self.ledger.open_payment(request(name, minor), plan(name, minor)))
        (told.opened if code == "ok" else told.refused).add(minor)
        told.held.add(await self.known(lambda: self.ledger.hold(name)))
        if dice.random() < 0.7:
            told.posted.add(await self.known(lambda: self.ledger.post(name)))
        else:
            told.ended.add(await self.known(lambda: self.ledger.void(name, PaymentState.CANCELLED, "withdrawn")))


async def work(database: Database, seed: int, ids: list[str], rounds: int) -> Clients:
    pool = await open_pool(database.worker_url, CLIENTS, CLIENTS, wait_s=60)
    clients = Clients(PgLedger(pool))

    async def client(number: int) -> None:
        dice, done = random.Random(seed * CLIENTS + number), 0  # noqa: S311 - a schedule, not a secret
        while done < rounds or clients.cut < ENOUGH_CUT:
            await clients.one(dice, ids)
            done += 1

    cutting = asyncio.create_task(cut_off(database))
    try:
        async with asyncio.timeout(300):
            await asyncio.gather(*(client(number) for number in range(CLIENTS)))
    finally:
        cutting.cancel()
        await asyncio.wait([cutting])
        await pool.close()
    return clients


async def cut_off(database: Database) -> None:
    """Whoever is in the middle of a statement, again and again."""
    async with await psycopg.AsyncConnection.connect(database.owner_url, autocommit=True) as owner:
        while True:
            await owner.execute(
                """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                   WHERE usename = 'countersign_worker' AND datname = current_database() AND state = 'active'
                   ORDER BY random() LIMIT 1"""
            )
            await asyncio.sleep(0.02)


def judge(owner: psycopg.Connection, clients: Clients) -> int:
    """What was told is what is: how many were posted."""
    states = dict(owner.execute("SELECT payment_id, state FROM payments").fetchall())
    amounts = dict(owner.execute("SELECT payment_id, amount_minor FROM payments").fetchall())
    posts = dict(
        owner.execute("SELECT payment_id, count(*) FROM transfers WHERE step = 'post' GROUP BY payment_id").fetchall()
    )
    for name, told in clients.told.items():
        assert told.opened <= {amounts[name]}
        assert amounts[name] not in told.refused
        assert (states[name] == "COMPLETED") == (posts.get(name, 0) == 1) == ("ok" in told.posted)
        assert not ("ok" in told.posted and "ok" in told.ended)
        assert told.posted | told.ended | told.held <= {"ok", "payment_closed", "insufficient_funds"}
    assert max(posts.values()) == 1
    paid = sum(amounts[name] for name in posts)
    waits = sum(amounts[name] for (name,) in owner.execute("SELECT payment_id FROM holds WHERE state = 'held'"))
    assert balances(owner)["a1"] == (OPENING["a1"] - paid, waits)
    assert balances(owner)["shop"] == (paid, 0)
    doubled = owner.execute("SELECT kind, subject_id FROM outbox GROUP BY 1, 2 HAVING count(*) > 1").fetchall()
    assert doubled == []
    assert_books_agree(owner)
    return len(posts)


async def test_what_was_cut_off_is_asked_again_and_is_one(database: Database, owner: psycopg.Connection) -> None:
    found_bank(owner)
    clients = await work(database, 1, [f"p{n}" for n in range(40)], 20)
    assert judge(owner, clients) > 0


@pytest.mark.long
@pytest.mark.parametrize("seed", range(20))
async def test_twenty_crowds(database: Database, owner: psycopg.Connection, seed: int) -> None:
    found_bank(owner)
    clients = await work(database, seed, [f"p{n}" for n in range(200)], 200)
    print(f"seed {seed}: {clients.cut} calls cut off, {judge(owner, clients)} posted")  # noqa: T201
