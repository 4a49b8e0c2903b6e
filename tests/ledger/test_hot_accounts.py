"""Many writers on one account: nothing is lost, nothing is overdrawn, nobody waits for those who only pay in."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Final, LiteralString

import psycopg
import pytest

from adapters.postgres.ledger import PgLedger
from tests.bank import assert_books_agree, balances, found_bank, plan, request

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from adapters.postgres.pool import Pool
    from tests.conftest import Database

pytestmark = pytest.mark.servers

WRITERS: Final = 50
PATIENCE_S: Final = 120
BOOK: Final = "SELECT CASE WHEN book(%s, %s, %s, %s, 'x', now()) THEN 'ok' END"

CLOSE: Final = "UPDATE accounts SET closed_at = now() WHERE account_id = 'shop' RETURNING 'ok'"


@pytest.fixture
def ledger(owner: psycopg.Connection, pool: Pool) -> PgLedger:
    found_bank(owner)
    owner.execute("SELECT book('more', 'equity', 'a1', 1000000, 'More', now())")
    return PgLedger(pool)


@asynccontextmanager
async def writers(url: str, number: int) -> AsyncIterator[list[psycopg.AsyncConnection]]:
    """Connections of their own, of which no two have the same part."""
    async with AsyncExitStack() as opened:
        by_part: dict[int, psycopg.AsyncConnection] = {}
        while len(by_part) < number:
            one = await opened.enter_async_context(await psycopg.AsyncConnection.connect(url, autocommit=True))
            if by_part.setdefault(one.info.backend_pid % 64, one) is not one:
                await one.close()
        yield list(by_part.values())


async def said(writer: psycopg.AsyncConnection, statement: LiteralString, *values: object) -> str:
    """The ledger's answer, or how it refused."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            found = await (await writer.execute(statement, values)).fetchone()
    except psycopg.errors.CheckViolation:
        return "overdrawn"
    except psycopg.DatabaseError as error:
        return error.diag.message_primary or "" if error.sqlstate == "CSM01" else type(error).__name__
    return "" if found is None else str(found[0])


async def paid_by(writer: psycopg.AsyncConnection, payment: str) -> list[str]:
    return [await said(writer, step, payment) for step in ("SELECT hold_payment(%s, 1)", "SELECT post_payment(%s, 1)")]


async def opened(ledger: PgLedger, name: str, payer: str, payee: str, minor: int = 1_00) -> str:
    made = plan(name, minor, payer, payee)
    await ledger.open_payment(request(name, minor, user_id=made.user_id), made)
    return name


def blockers(owner: psycopg.Connection, writer: psycopg.AsyncConnection) -> list[int]:
    found = owner.execute("SELECT pg_blocking_pids(%s)", [writer.info.backend_pid]).fetchone()
    return [] if found is None else found[0]


async def waits(owner: psycopg.Connection, writer: psycopg.AsyncConnection) -> None:
    """Until another keeps the writer's server process."""
    async with asyncio.timeout(PATIENCE_S):
        while blockers(owner, writer) == []:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


@pytest.mark.parametrize(("payer", "payee"), [("a1", "shop"), ("a1", "b1"), ("shop", "a1")])
async def test_fifty_writers_of_one_account_lose_nothing(
    ledger: PgLedger, database: Database, owner: psycopg.Connection, payer: str, payee: str
) -> None:
    owner.execute("SELECT book('float', 'equity', 'shop', 5000, 'Float', now())")
    before = balances(owner)
    names = [await opened(ledger, f"p{n}", payer, payee) for n in range(WRITERS)]
    async with writers(database.worker_url, WRITERS) as crowd:
        answers = await asyncio.gather(*map(paid_by, crowd, names))
    assert answers == [["ok", "ok"]] * WRITERS
    after = balances(owner)
    assert after[payer] == (before[payer][0] - WRITERS * 1_00, 0)
    assert after[payee] == (before[payee][0] + WRITERS * 1_00, 0)
    assert_books_agree(owner)


async def test_what_is_paid_in_can_be_paid_out_but_no_more(
    ledger: PgLedger, database: Database, owner: psycopg.Connection
) -> None:
    """Some pay a shop, others take its money by hold and by booking, all at once."""
    incoming = [await opened(ledger, f"in{n}", f"{'ab'[n % 2]}1", "shop") for n in range(20)]
    outgoing = [await opened(ledger, f"out{n}", "shop", "a2") for n in range(20)]
    async with writers(database.owner_url, WRITERS) as crowd:
        paid_in = [paid_by(one, name) for one, name in zip(crowd[:20], incoming, strict=True)]
        held = [said(one, "SELECT hold_payment(%s, 1)", name) for one, name in zip(crowd[20:40], outgoing, strict=True)]
        booked = [said(one, BOOK, f"k{n}", "shop", "mill", 1_00) for n, one in enumerate(crowd[40:])]
        answers = await asyncio.gather(*paid_in, *held, *booked)
        assert answers[:20] == [["ok", "ok"]] * 20
        taken = Counter(str(answer) for answer in answers[20:])
        assert set(taken) <= {"ok", "insufficient_funds", "overdrawn"}
        assert_books_agree(owner)
        again = [await said(crowd[0], "SELECT hold_payment(%s, 1)", name) for name in outgoing]
        moved = Counter(answers[40:])["ok"]
        assert again.count("ok") == 20 - moved
        assert balances(owner)["shop"] == (20_00 - moved * 1_00, 20_00 - moved * 1_00)
    assert_books_agree(owner)


async def test_who_pays_in_waits_for_nobody(ledger: PgLedger, database: Database, owner: psycopg.Connection) -> None:
    for name, payer in (("p", "a1"), ("q", "b1")):
        await ledger.hold(await opened(ledger, name, payer, "shop"))
    async with writers(database.worker_url, 2) as (first, second):
        async with first.transaction():
            assert await said(first, "SELECT post_payment('p', 1)") == "ok"
            assert await said(second, "SELECT post_payment('q', 1)") == "ok"
        assert balances(owner)["shop"] == (2_00, 0)
    assert_books_agree(owner)


async def test_an_account_closes_after_who_was_first_and_before_who_was_not(
    ledger: PgLedger, database: Database, owner: psycopg.Connection
) -> None:
    for name, payer in (("p", "a1"), ("q", "b1")):
        await ledger.hold(await opened(ledger, name, payer, "shop"))
    async with writers(database.owner_url, 3) as (first, closer, late):
        async with first.transaction():
            assert await said(first, "SELECT post_payment('p', 1)") == "ok"
            closing = asyncio.create_task(said(closer, CLOSE))
            await waits(owner, closer)
            too_late = asyncio.create_task(said(late, "SELECT post_payment('q', 1)"))
            await waits(owner, late)
        assert (await closing, await too_late) == ("ok", "account_closed")
    assert balances(owner)["shop"] == (1_00, 0)
    assert owner.execute("SELECT FROM account_parts").fetchall() == []
    assert_books_agree(owner)


@pytest.mark.usefixtures("ledger")
def test_an_account_of_nobody_stays_nobodys(owner: psycopg.Connection) -> None:
    with pytest.raises(psycopg.errors.RestrictViolation):
        owner.execute("UPDATE accounts SET user_id = 'u2' WHERE account_id = 'shop'")
