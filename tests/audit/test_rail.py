"""The rail's own statement beside the books: what only one of them knows, or each knows otherwise, is found."""

from __future__ import annotations

import asyncio
import json
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from uuid import uuid4

import httpx
import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from psycopg_pool import ConnectionPool

from adapters.postgres.pool import open_pool
from domain.errors import UnavailableError
from runtime.audit import Beside, audit_ledger
from runtime.local.rail import books as rail_books
from runtime.local.rail.books import ROWS, Books
from runtime.local.rail.found import PASSWORD_FILE, found_rail, rail_database
from runtime.local.rail.http import Tokens, make_server
from runtime.settings import Settings
from tests.audit.scene_later import ABROAD, play_abroad
from tests.bank import found_bank
from tests.conftest import EMPTY
from tests.fakes.statements import rail_saying

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runtime.local.stack import Stack
    from tests.conftest import Database

pytestmark = pytest.mark.servers
SCHEMA: Final = Path(rail_books.__file__).with_name("schema.sql")
PATIENCE_S: Final = 60.0
TOKENS: Final = Tokens("bank", "reader", "admin")
PAID: Final = """
    INSERT INTO payments (key, digest, asked_minor, amount_minor, currency, creditor, debtor, status, rail_ref)
    SELECT '{key}', 'd', 300, {minor}, 'USD', '{"name": "Dentist", "bank": "021000021", "account": "99"}', '{}',
        '{status}', 'R1'
"""


def line(key: str, status: str = "settled", minor: int = 300) -> str:
    return PAID.replace("{key}", key).replace("{status}", status).replace("{minor}", str(minor))


class Rail(NamedTuple):
    """The rail, as those who run it see it, and where it is."""

    books: psycopg.Connection
    url: str


@pytest.fixture(scope="module")
def anew(migrated: Database, stack: Stack) -> Iterator[Rail]:
    found_rail(migrated.owner_url, stack.site.secret(PASSWORD_FILE).strip())
    url = make_conninfo(stack.site.rail_database_url(), dbname=rail_database(migrated.owner_url))
    with (
        psycopg.connect(url, autocommit=True) as books,
        ConnectionPool[psycopg.Connection[dict[str, Any]]](url, kwargs={"row_factory": ROWS}, open=True) as pool,
        make_server("127.0.0.1", 0, Books(pool), TOKENS) as server,
    ):
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Rail(books, f"http://127.0.0.1:{server.server_address[1]}")
        server.shutdown()


@pytest.fixture
def rail(anew: Rail) -> Rail:
    """It has done what the bank believes of it."""
    anew.books.execute("DROP TABLE IF EXISTS payments, asked, behaviours, events")
    anew.books.execute(SCHEMA.read_bytes())
    for payment_id, status in ABROAD.items():
        if status:
            anew.books.execute(line(f"{payment_id}-1", status.value).encode())
    return anew


@pytest.fixture(scope="module")
def bank(migrated: Database) -> Iterator[psycopg.Connection]:
    """It has paid abroad."""
    with psycopg.connect(migrated.owner_url, autocommit=True) as owner:
        owner.execute(EMPTY)
        asyncio.run(played(owner, migrated.worker_url))
        yield owner


async def played(owner: psycopg.Connection, worker_url: str) -> None:
    pool = await open_pool(worker_url, 1, 2)
    found_bank(owner)
    await play_abroad(owner, pool)
    await pool.close()


@pytest.fixture
def chosen(bank: psycopg.Connection, migrated: Database, tmp_path: Path) -> Settings:
    """What its auditor is told."""
    assert bank
    (tmp_path / "reader").write_text(TOKENS.reader)
    return Settings(environment="test", database_url=migrated.audit_url, rail_statement_file=tmp_path / "reader")


async def differing(chosen: Settings, url: str, patience_s: float = 0) -> dict[str, str]:
    report = await audit_ledger(chosen.model_copy(update={"rail_url": url}), patience_s, [Beside.RAIL])
    assert "rail.statement" in {each.name for each in report.checks}
    return {each.row: each.found for each in report.differences}


ON = "UPDATE payments SET {} WHERE key = '{}'"
WRONGS: Final[dict[str, tuple[str, str]]] = {
    "the rail does not know what was posted": ("DELETE FROM payments WHERE key = 'abroad-1'", "abroad-1"),
    "the rail refused what was posted": (ON.format("status = 'refused'", "abroad-1"), "abroad-1"),
    "the rail has only taken on what was posted": (ON.format("status = 'pending'", "abroad-1"), "abroad-1"),
    "the rail has barred what was posted": (ON.format("status = 'barred'", "abroad-1"), "abroad-1"),
    "it came back and nobody has it back": (ON.format("status = 'returned'", "abroad-1"), "abroad-1"),
    "it never came back and was given back": (ON.format("status = 'settled'", "came-back-1"), "came-back-1"),
    "the rail paid what was released": (ON.format("status = 'settled'", "refused-abroad-1"), "refused-abroad-1"),
    "the rail will pay what was released": (ON.format("status = 'pending'", "refused-abroad-1"), "refused-abroad-1"),
    "paid and sent back what was released": (ON.format("status = 'returned'", "refused-abroad-1"), "refused-abroad-1"),
    "another amount": (ON.format("amount_minor = 301", "abroad-1"), "abroad-1"),
    "another currency": (ON.format("currency = 'EUR'", "abroad-1"), "abroad-1"),
    "another account": (ON.format("""creditor = '{"account": "98"}'""", "abroad-1"), "abroad-1"),
    "the amount of what is under way": (line("under-way-1", minor=1), "under-way-1"),
    "a payment that nobody asked for": (line("stray-1"), "stray-1"),
    "another version of it paid too": (line("abroad-2"), "abroad-2"),
    "one that is on its way and nobody asked for": (line("stray-1", "pending"), "stray-1"),
    "paid twice under one key": (f"ALTER TABLE payments DROP CONSTRAINT payments_pkey; {line('abroad-1')}", "abroad-1"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONGS)
async def test_what_rail_and_books_say_otherwise_is_found_and_nothing_else(
    chosen: Settings, rail: Rail, name: str
) -> None:
    statement, row = WRONGS[name]
    rail.books.execute(statement.encode())
    found = await differing(chosen, rail.url)
    assert found.keys() == {row}
    assert "rail" in found[row]


@pytest.mark.parametrize("status", ["", "settled", "pending", "refused", "barred", "returned"])
async def test_what_is_under_way_differs_from_nothing(chosen: Settings, rail: Rail, status: str) -> None:
    if status:
        rail.books.execute(line("under-way-1", status).encode())
    assert await differing(chosen, rail.url) == {}


async def test_what_the_rail_refused_or_barred_of_nobodys_moved_nothing(chosen: Settings, rail: Rail) -> None:
    for status in ("refused", "barred"):
        rail.books.execute(line(f"{status}-1", status).encode())
    assert await differing(chosen, rail.url) == {}


async def test_what_differs_only_for_a_while_does_not_count(chosen: Settings, rail: Rail) -> None:
    rail.books.execute("DELETE FROM payments WHERE key = 'abroad-1'")
    looking = asyncio.create_task(differing(chosen, rail.url, PATIENCE_S))
    await asyncio.sleep(0.3)
    rail.books.execute(line("abroad-1").encode())
    assert await looking == {}


async def test_a_rail_that_is_away_for_a_while_is_asked_again(chosen: Settings, rail: Rail) -> None:
    rail.books.execute("ALTER TABLE payments RENAME TO away")
    with pytest.raises(UnavailableError):
        await differing(chosen, rail.url)
    looking = asyncio.create_task(differing(chosen, rail.url, PATIENCE_S))
    await asyncio.sleep(0.3)
    rail.books.execute("ALTER TABLE away RENAME TO payments")
    assert await looking == {}


async def test_what_is_booked_by_hand_under_its_key_differs_no_more(
    chosen: Settings, rail: Rail, bank: psycopg.Connection
) -> None:
    key = f"{uuid4().hex}-1"
    rail.books.execute(line(key).encode())
    assert {*await differing(chosen, rail.url)} == {key}
    bank.execute("SELECT book(%s, 'equity', 'out', 300, 'The rail paid it', now())", [key])
    bank.execute("SELECT book(%s, 'out', 'equity', 100, 'To the central bank', now())", [uuid4().hex])
    assert await differing(chosen, rail.url) == {}


async def test_however_long_the_statement_is(chosen: Settings, rail: Rail) -> None:
    many = line("x", "refused").replace("'x'", "'many-' || n") + " FROM generate_series(1, 1300) n"
    rail.books.execute(many.encode())
    rail.books.execute(line("stray-1").encode())
    assert {*await differing(chosen, rail.url)} == {"stray-1"}


def test_the_readers_token_reads_the_statement_and_nothing_else(rail: Rail) -> None:
    as_reader = {"Authorization": f"Bearer {TOKENS.reader}", "Idempotency-Key": f"k-{uuid4().hex}"}
    assert httpx.get(f"{rail.url}/v1/payments", headers=as_reader).status_code == 200
    for verb, path in (
        ("POST", "/v1/payments"),
        ("GET", "/v1/payments/abroad-1"),
        ("POST", "/v1/payments/stray-1/bar"),
        ("GET", "/admin/behaviours"),
    ):
        assert httpx.request(verb, f"{rail.url}{path}", headers=as_reader).status_code == 401, (verb, path)
    assert httpx.get(f"{rail.url}/v1/payments", headers={"Authorization": "Bearer x"}).status_code == 401


ROUND: Final = json.dumps({"payments": [{"seq": 1, "key": "abroad-1", "status": "settled"}]}).encode()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 503),
        (b"<html>", 200),
        (b"[]", 200),
        (b'{"payments": [{"key": "k"}]}', 200),
        (b'{"payments": ["k"]}', 200),
        (ROUND, 200),  # and again, and again
    ],
)
async def test_a_statement_that_cannot_be_read_is_none(chosen: Settings, body: bytes, status: int) -> None:
    with rail_saying(body, status=status) as url, pytest.raises(UnavailableError):
        await differing(chosen, url)


async def test_a_line_that_cannot_be_read_is_a_difference(chosen: Settings) -> None:
    lines = [{"seq": 1, "key": "abroad-1", "status": "perhaps"}]
    with rail_saying(json.dumps({"payments": lines}).encode(), b'{"payments": []}') as url:
        found = await differing(chosen, url)
    assert found.keys() == {"abroad-1", "came-back-1"}
    assert "unreadable" in found["abroad-1"]
