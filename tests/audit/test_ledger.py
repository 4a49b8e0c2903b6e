"""The auditor finds what somebody with the owner's rights has made untrue, names the row, and nothing else."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

import psycopg
import pytest

from adapters.audit.ledger import CHECKS, MOST, look, look_at
from adapters.postgres.pool import open_pool
from tests.audit.scene import play
from tests.audit.wrongs import WRONGS
from tests.conftest import EMPTY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Database

pytestmark = pytest.mark.servers


@pytest.fixture(scope="module")
def bank(migrated: Database) -> Iterator[psycopg.Connection]:
    """As its owner sees it. Played once: each test takes back what it did."""
    with psycopg.connect(migrated.owner_url, autocommit=True) as owner:
        owner.execute(EMPTY)
        asyncio.run(played(owner, migrated.worker_url))
        yield owner


async def played(owner: psycopg.Connection, worker_url: str) -> None:
    pool = await open_pool(worker_url, 1, 2)
    await play(owner, pool)
    await pool.close()


def test_nothing_differs_where_all_went_its_way(bank: psycopg.Connection, migrated: Database) -> None:
    assert bank
    with psycopg.connect(migrated.audit_url, autocommit=True) as auditor:
        assert list(look(auditor)) == []


def words_in(bank: psycopg.Connection) -> dict[str, str]:
    """What the words in braces stand for."""
    found = bank.execute(
        """SELECT payment_id || '.' || step, transfer_id::text FROM transfers
           UNION ALL SELECT 'last', max(seq)::text FROM outbox
           UNION ALL SELECT 'skipped', (max(seq) + 5)::text FROM outbox
           UNION ALL SELECT 'period', min(period_began)::text FROM mandate_uses
           UNION ALL SELECT 'today', min(due_on)::text FROM standing_order_runs
           UNION ALL SELECT 'tomorrow', max(due_on)::text FROM standing_order_runs
           UNION ALL SELECT 'run', max(payment_id) FROM standing_order_runs"""
    )
    return {name: word for name, word in found if word is not None}


def told(text: str, words: dict[str, str]) -> str:
    return re.sub(r"\{([a-z0-9.-]+)\}", lambda found: words.get(found[1], found[0]), text)


@pytest.mark.parametrize("name", WRONGS)
def test_what_was_made_untrue_is_found_and_nothing_else(bank: psycopg.Connection, name: str) -> None:
    before = words_in(bank)
    with bank.transaction(force_rollback=True):
        bank.execute("SET LOCAL session_replication_role = replica")
        bank.execute(told(WRONGS[name].statement, before).encode())
        words = words_in(bank) | before
        expected = {(check, told(row, words)) for check, row in WRONGS[name].finds}
        bank.execute("SET LOCAL ROLE countersign_audit")
        found = [each for check in CHECKS for each in look_at(bank, check)]
    assert {(each.check, each.row) for each in found} == expected
    assert all(each.found for each in found)


def test_a_payee_who_was_entered_again_is_paid(bank: psycopg.Connection) -> None:
    with bank.transaction(force_rollback=True):
        bank.execute("INSERT INTO payees VALUES ('y3', 'u1', 'Mill', 'mill')")
        bank.execute("SELECT hold_payment('too-late', 1); SELECT post_payment('too-late', 1)")
        assert [each for check in CHECKS for each in look_at(bank, check)] == []


def test_every_check_is_tried() -> None:
    assert {check for wrong in WRONGS.values() for check, _ in wrong.finds} == {check.name for check in CHECKS}


def test_a_check_that_finds_no_end_stops(bank: psycopg.Connection) -> None:
    with bank.transaction(force_rollback=True):
        bank.execute(
            """INSERT INTO accounts (account_id, kind, name, currency, balance_minor)
               SELECT 'x' || n, 'checking', 'x', 'USD', 1 FROM generate_series(1, %s) n""",
            [MOST + 5],
        )
        assert len(list(look_at(bank, CHECKS[0]))) == MOST
