"""Pages of the supervisors' list over 100,000 open approvals, as the api's role reads them. Limit: p95 of 50 ms."""

from __future__ import annotations

import asyncio
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import psycopg
from psycopg.conninfo import make_conninfo

from adapters.postgres.approval_list import PgApprovalList, Wanted
from adapters.postgres.pool import open_pool
from bench.report import percentile, table
from runtime.local.stack import Stack
from runtime.migrate import migrate, passwords_in

if TYPE_CHECKING:
    from runtime.settings import Settings

OPEN: Final = 100_000
PAGES: Final = 100
_ALL: Final = Wanted("t")
_LATE: Final = datetime.now(UTC) + timedelta(hours=14)
_FILTERS: Final = {
    "no filter": _ALL,
    "200 a page": replace(_ALL, limit=200),
    "due late": replace(_ALL, due_after=_LATE),
    "one group": replace(_ALL, group="senior_supervisors"),
    "a wide range of amounts": replace(_ALL, amount_min=1_500_000),
    "few amounts": replace(_ALL, amount_min=600_000, amount_max=600_100),
    "no such amount": replace(_ALL, amount_min=90_000_000),
    "one payee": replace(_ALL, payee="Payee 7"),
    "group, amount, due": replace(_ALL, group="supervisors", amount_min=2_490_000, due_after=_LATE),
}


def fill(owner: psycopg.Connection, count: int) -> None:
    """Many open approvals of the tenant `t`, as a busy month leaves them."""
    owner.execute("SET session_replication_role = replica")
    owner.execute(
        """INSERT INTO approvals (elicitation_id, payment_id, tenant_id, maker, payer_name, version, transaction_hash,
               round, needed, amount_minor, amount, currency, payee, account, reason, policy_version, approver_group,
               due_at)
           SELECT 'e' || n, 'p' || n, 't', 'u1', 'User u1', 1, 'f', 1, 1, 500000 + (n::bigint * 7919) %% 2000000, 'x',
               'USD', 'Payee ' || n %% 500, 'Checking', 'r', 'v',
               CASE n %% 4 WHEN 0 THEN 'senior_supervisors' ELSE 'supervisors' END,
               now() + make_interval(secs => (n::bigint * 104729) %% 100000)
           FROM generate_series(1, %s) n""",
        [count],
    )
    owner.execute("SET session_replication_role = origin")
    owner.execute("VACUUM ANALYZE approvals")


def run(_chosen: Settings) -> None:
    """Print the time of a page for each filter; on a Postgres of its own."""
    with (
        tempfile.TemporaryDirectory(prefix="countersign-bench-") as folder,
        Stack(Path(folder), ["postgres"]) as servers,
    ):
        url = make_conninfo(servers.env["COUNTERSIGN_MIGRATIONS_URL"], dbname="bench")
        migrate(url, passwords_in(servers.site.layout.keys))
        with psycopg.connect(url, autocommit=True) as owner:
            fill(owner, OPEN)
        asyncio.run(_measure(make_conninfo(servers.site.database_url("countersign_api"), dbname="bench")))


async def _measure(url: str) -> None:
    pool = await open_pool(url)
    pages = PgApprovalList(pool)
    rows = [(name, *await _times(pages, wanted)) for name, wanted in _FILTERS.items()]
    await pool.close()
    columns = ["filter", "rows", "p50 ms", "p95 ms", "limit"]
    table(f"A page of the list of {OPEN:,} open approvals", columns, [(*row, 50.0) for row in rows])


async def _times(pages: PgApprovalList, wanted: Wanted) -> tuple[int, float, float]:
    took: list[float] = []
    found = 0
    for _ in range(PAGES):
        begin = time.perf_counter()
        found = len((await pages.page(wanted)).approvals)
        took.append((time.perf_counter() - begin) * 1000)
    return found, percentile(took, 0.5), percentile(took, 0.95)
