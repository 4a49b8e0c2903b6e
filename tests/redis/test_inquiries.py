"""Remembered answers: as right as fresh ones whatever is posted meanwhile, each customer's own, and sealed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from adapters.postgres.inquiries import PgInquiries
from adapters.postgres.ledger import PgLedger
from adapters.postgres.pool import open_pool
from adapters.redis.inquiries import RedisAnswers, Told
from adapters.redis.stream import connect
from adapters.tokens import Principal
from domain.errors import ForbiddenError
from mcp_tools.bank import Reads
from mcp_tools.guard import Caller
from mcp_tools.memory import Memory
from mcp_tools.read_schemas import (
    BalanceArgs,
    BalanceResult,
    SpendingArgs,
    SpendingResult,
    TransactionsArgs,
    TransactionsResult,
)
from tests.bank import found_bank, plan, request

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import psycopg
    from redis.asyncio import Redis

    from adapters.postgres.pool import Pool
    from runtime.local.stack import Stack
    from tests.conftest import Database

pytestmark = pytest.mark.servers
TODAY = datetime.now(UTC).date() + timedelta(days=1)  # also where midnight comes between


def caller(user: str = "u1", scope: str = "read") -> Caller:
    return Caller(Principal(user, "s1", frozenset({scope})), "t")


@dataclass
class Desk:
    """The tools that read, with a memory in front."""

    inquiries: PgInquiries
    memory: Memory
    reads: Reads = field(init=False)

    def __post_init__(self) -> None:
        self.reads = Reads(self.inquiries, lambda: TODAY)

    async def minor(self, account: str = "checking", user: str = "u1") -> tuple[int, int]:
        run = self.memory.before("balance", BalanceResult, self.reads.balance)
        found = await run(caller(user), BalanceArgs(account=account))
        assert isinstance(found, BalanceResult)
        return found.accounts[0].balance_minor, found.accounts[0].available_minor

    async def lines(self, user: str = "u1") -> list[int]:
        run = self.memory.before("transactions", TransactionsResult, self.reads.transactions)
        found = await run(caller(user), TransactionsArgs(limit=50))
        assert isinstance(found, TransactionsResult)
        return [line.amount_minor for line in found.transactions]

    async def spent(self, user: str = "u1") -> int:
        run = self.memory.before("spending", SpendingResult, self.reads.spending)
        found = await run(caller(user), SpendingArgs.model_validate({"from": "2026-01-01"}))
        assert isinstance(found, SpendingResult)
        return found.total_minor

    def counted(self) -> tuple[int, int]:
        return self.memory.tally.hits, self.memory.tally.misses


@pytest.fixture
async def books(owner: psycopg.Connection, database: Database) -> AsyncIterator[PgInquiries]:
    found_bank(owner)
    pool = await open_pool(database.mcp_url, 1, 8)
    yield PgInquiries(pool)
    await pool.close()


@pytest.fixture
async def client(redis_url: str) -> AsyncIterator[Redis]:
    async with connect(redis_url) as opened:
        await opened.flushdb()
        yield opened


@pytest.fixture
async def desk(stack: Stack, redis_url: str, client: Redis, books: PgInquiries) -> AsyncIterator[Desk]:
    del client  # it is empty
    answers = RedisAnswers(redis_url, stack.site.layout.keys / "payload.json", 60)
    yield Desk(books, Memory(answers, books.revision_of, lambda: TODAY))
    await answers.close()


async def pay(pool: Pool, key: str, minor: int = 1, payee: str = "shop") -> None:
    ledger = PgLedger(pool)
    await ledger.open_payment(request(key, minor), plan(key, minor, payee=payee))
    await ledger.hold(key)
    await ledger.post(key)


async def test_an_answer_is_remembered_until_anything_moves(desk: Desk, pool: Pool) -> None:
    assert await desk.minor() == await desk.minor() == (100_00, 100_00)
    assert desk.counted() == (1, 1)
    ledger = PgLedger(pool)
    await ledger.open_payment(request("p"), plan("p"))
    await ledger.hold("p")
    assert await desk.minor() == (100_00, 75_00)
    await ledger.post("p")
    assert await desk.minor() == await desk.minor() == (75_00, 75_00)
    assert desk.counted() == (2, 3)
    assert await desk.lines() == await desk.lines() == [-25_00, 100_00]


async def test_whoever_is_paid_hears_of_it_too(desk: Desk, pool: Pool) -> None:
    assert (await desk.minor(user="u2"), await desk.minor(user="u2")) == ((70_00, 70_00), (70_00, 70_00))
    await pay(pool, "p", 5_00, payee="b1")
    assert await desk.minor(user="u2") == (75_00, 75_00)
    assert await desk.lines("u2") == [5_00, 70_00]


async def test_the_same_question_of_another_customer_is_another(desk: Desk) -> None:
    for _ in range(2):
        assert [await desk.minor(user=user) for user in ("u1", "u2")] == [(100_00, 100_00), (70_00, 70_00)]
    assert desk.counted() == (2, 2)


async def test_without_the_scope_nothing_is_remembered_either(desk: Desk) -> None:
    await desk.minor()
    run = desk.memory.before("balance", BalanceResult, desk.reads.balance)
    with pytest.raises(ForbiddenError):
        await run(caller(scope="transact"), BalanceArgs(account="checking"))


async def test_nobody_hears_an_old_answer_in_a_storm(desk: Desk, pool: Pool) -> None:
    paid, over = 0, asyncio.Event()

    async def payer(number: int) -> None:
        nonlocal paid
        for turn in range(8):
            await pay(pool, f"p{number}-{turn}")
            paid += 1
            await asyncio.sleep(0.01)

    async def reader() -> int:
        count = 0
        while not over.is_set():
            before = paid  # all of these have been told that they are paid
            minor, _ = await desk.minor()
            lines, spent = await desk.lines(), await desk.spent()
            assert minor <= 100_00 - before
            assert min(len(lines) - 1, spent) >= min(before, 49)
            count += 1
            await asyncio.sleep(0.002)
        return count

    readers = [asyncio.create_task(reader()) for _ in range(3)]
    await asyncio.gather(*(payer(number) for number in range(3)))
    over.set()
    assert sum(await asyncio.gather(*readers)) > 3
    assert await desk.minor() == (100_00 - 24, 100_00 - 24)
    assert await desk.minor() == (100_00 - 24, 100_00 - 24)
    assert desk.memory.tally.hits > 0


async def test_what_was_read_before_a_posting_and_kept_after_it_is_not_told(desk: Desk, pool: Pool) -> None:
    slow = asyncio.Event()

    async def balance(who: Caller, args: BalanceArgs) -> BalanceResult:
        found = await desk.reads.balance(who, args)
        await slow.wait()
        return found

    run = desk.memory.before("balance", BalanceResult, balance)
    late = asyncio.create_task(run(caller(), BalanceArgs(account="checking")))
    await asyncio.sleep(0.1)
    await pay(pool, "p")
    slow.set()
    await late
    assert await desk.minor() == (99_99, 99_99)


async def test_redis_holds_no_balance_that_can_be_read_or_moved(desk: Desk, client: Redis) -> None:
    await desk.minor()
    (key,) = [key async for key in client.scan_iter("countersign:inquiry:*")]
    kept = str(await client.get(key))
    assert not any(told in kept + key for told in ("Checking", "checking", "100.00", "account_id"))
    assert 0 < await client.pttl(key) <= 60_000
    assert await desk.minor(user="u2") == (70_00, 70_00)
    for other in [other async for other in client.scan_iter("countersign:inquiry:*")]:
        await client.set(other, kept)  # u1's answer in the place of u2's
    assert await desk.minor(user="u2") == (70_00, 70_00)
    await client.set(key, "nonsense")
    assert await desk.minor() == (100_00, 100_00)


async def test_without_redis_it_is_slower_and_right(
    stack: Stack, mortal: Stack, books: PgInquiries, pool: Pool
) -> None:
    now = [0.0]
    url, keys = mortal.env["COUNTERSIGN_REDIS_URL"], stack.site.layout.keys / "payload.json"
    answers = RedisAnswers(url, keys, 60, lambda: now[0])
    desk = Desk(books, Memory(answers, books.revision_of, lambda: TODAY))
    assert await desk.minor() == await desk.minor() == (100_00, 100_00)
    await asyncio.to_thread(mortal.kill, "redis")
    assert await desk.minor() == (100_00, 100_00)
    await pay(pool, "p")
    assert await desk.minor() == (99_99, 99_99)
    await asyncio.to_thread(mortal.restart, "redis")
    now[0] += 2
    assert await desk.minor() == await desk.minor() == (99_99, 99_99)
    assert desk.counted() == (2, 4)
    await answers.close()


async def test_another_key_ring_opens_nothing(
    desk: Desk, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    keys = tmp_path_factory.mktemp("keys") / "payload.json"
    keys.write_text('{"current": "k", "keys": {"k": "' + "A" * 43 + '="}}')
    other = RedisAnswers(redis_url, keys, 60)
    await desk.memory.answers.keep("question", Told(7, "answer"))
    assert await desk.memory.answers.find("question") == Told(7, "answer")
    assert await other.find("question") is None
    await other.close()
