"""The runbook's point-in-time recovery of the ledger: base backup, archived log, and the books as they were."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Final

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from adapters.audit.ledger import look
from adapters.postgres.pool import open_pool
from runtime.local.find import postgres
from runtime.local.stack import Stack
from runtime.migrate import migrate, passwords_in
from tests.audit.scene import play
from tests.faults.customer import until

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.servers
BANK: Final = "bank"
BALANCES: Final = "SELECT account_id, balance_minor, held_minor FROM accounts_shown ORDER BY account_id"
DAMAGE: Final = """
    ALTER TABLE entries DISABLE TRIGGER ALL;
    DELETE FROM entries WHERE amount_minor > 0;
    UPDATE accounts SET balance_minor = balance_minor + 1 WHERE kind = 'savings';
"""


def as_owner(servers: Stack, database: str = BANK) -> psycopg.Connection:
    url = make_conninfo(servers.env["COUNTERSIGN_MIGRATIONS_URL"], dbname=database)
    return psycopg.connect(url, autocommit=True)


@pytest.fixture
def primary(tmp_path: Path) -> Iterator[Stack]:
    """A ledger whose log is archived as it is written."""
    place, archive = tmp_path / "primary", tmp_path / "archive"
    archive.mkdir()
    with Stack(place, ["postgres"]) as servers, as_owner(servers, "postgres") as owner:
        owner.execute("ALTER SYSTEM SET archive_mode = on")
        owner.execute(f"ALTER SYSTEM SET archive_command = 'cp %p {archive}/%f'".encode())
    with Stack(place, ["postgres"]) as servers:
        url = make_conninfo(servers.env["COUNTERSIGN_MIGRATIONS_URL"], dbname=BANK)
        migrate(url, passwords_in(servers.site.layout.keys))
        yield servers


def back_up(primary: Stack, place: Path) -> None:
    """A base backup, with the keys that are kept apart."""
    url = make_conninfo(primary.env["COUNTERSIGN_MIGRATIONS_URL"], dbname=BANK)
    program = str(postgres().path.with_name("pg_basebackup"))
    shutil.copytree(primary.site.layout.keys, place / "keys")
    subprocess.run([program, "-d", url, "-D", str(place / "postgres"), "-c", "fast"], check=True)  # noqa: S603 - ours


def aim(data: Path, archive: Path, moment: str) -> None:
    """It shall go on from the archive until then."""
    with (data / "postgresql.auto.conf").open("a") as settings:
        settings.write(f"archive_mode = off\nrestore_command = 'cp {archive}/%f %p'\n")
        settings.write(f"recovery_target_time = '{moment}'\nrecovery_target_action = promote\n")
    (data / "recovery.signal").touch()


async def played(owner: psycopg.Connection, worker_url: str) -> None:
    pool = await open_pool(worker_url, 1, 2)
    await play(owner, pool)
    await pool.close()


def test_the_ledger_comes_back_to_the_moment_before_the_damage(primary: Stack, tmp_path: Path) -> None:
    anew = tmp_path / "recovered"
    back_up(primary, anew)
    with as_owner(primary) as owner:
        asyncio.run(played(owner, make_conninfo(primary.site.database_url("countersign_worker"), dbname=BANK)))
        before = owner.execute(BALANCES).fetchall()
        [moment] = owner.execute("SELECT clock_timestamp()::text").fetchone() or [""]
        owner.execute(DAMAGE)
        assert list(look(owner))
        owner.execute("SELECT pg_switch_wal()")
    primary.stop()

    aim(anew / "postgres", tmp_path / "archive", moment)
    with Stack(anew, ["postgres"]) as servers, as_owner(servers) as owner:
        until(lambda: owner.execute("SELECT pg_is_in_recovery()").fetchone() == (False,), "the recovery")
        assert owner.execute(BALANCES).fetchall() == before
        assert list(look(owner)) == []
