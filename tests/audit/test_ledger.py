"""The auditor finds what somebody with the owner's rights has made untrue, names the row, and nothing else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import psycopg
import pytest

from adapters.audit.ledger import CHECKS, MOST, look, look_at
from tests.audit.scene import play
from tests.audit.wrongs import WRONGS

if TYPE_CHECKING:
    from adapters.postgres.pool import Pool
    from tests.conftest import Database

pytestmark = pytest.mark.servers


@pytest.fixture
async def bank(owner: psycopg.Connection, pool: Pool) -> psycopg.Connection:
    """As its owner sees it."""
    await play(owner, pool)
    return owner


def test_nothing_differs_where_all_went_its_way(bank: psycopg.Connection, database: Database) -> None:
    assert bank
    with psycopg.connect(database.audit_url, autocommit=True) as auditor:
        assert list(look(auditor)) == []


def words_in(bank: psycopg.Connection) -> dict[str, str]:
    """What the words in braces stand for."""
    steps = bank.execute("SELECT payment_id || '.' || step, transfer_id::text FROM transfers").fetchall()
    others = bank.execute(
        "SELECT max(seq)::text, (max(seq) + 5)::text, (SELECT min(period_began)::text FROM mandate_uses) FROM outbox"
    ).fetchone()
    return dict(steps) | dict(zip(("last", "skipped", "period"), others or (), strict=True))


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
