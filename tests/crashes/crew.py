"""The bank's three processes, some workers, and the rail, on databases of their own; who dies is forked anew."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit
from uuid import uuid4

import httpx
import psycopg
from psycopg.conninfo import make_conninfo

from adapters.crash_points import TAKEN
from runtime.demo_data import load
from runtime.local.layout import PROJECT
from runtime.local.ports import HOST, free_port
from runtime.local.rail.found import PASSWORD_FILE, found_rail, rail_database
from runtime.local.stack import Stack
from runtime.migrate import migrate, passwords_in
from runtime.settings import Settings

WORKERS: Final = 3
SERVERS: Final = ["postgres", "redis", "temporal", "sms_sink", "migrate"]
_DATABASE: Final = "countersign_crashes"
_REDIS: Final = 3
_PATIENCE_S: Final = 240
SILENT: Final = ("acct_out_silent_books", "Silent Books")
_BEHAVIOURS: Final = {SILENT[1]: ("timeout-after", 30), "Lakeside Dental": ("returned", 1)}
"""How the rail treats payees of other banks; `runtime/local/rail/modes.py`."""
_TIMES: Final = {
    "COUNTERSIGN_COOLING_OFF_S": "0.5",
    "COUNTERSIGN_IDEMPOTENCY_LEASE_S": "5",
    "COUNTERSIGN_ELICITATION_S": "1500",
    "COUNTERSIGN_RAIL_TIMEOUT_S": "2",
}


@dataclass(frozen=True)
class Place:
    """Where customers find the bank, and a test its books and crash points."""

    api: str
    mcp: str
    temporal: str
    queue: str
    books: str
    audit: str
    rail: str
    keys: Path
    password: str
    points: Path

    def arm(self, point: str, name: str, pattern: str) -> None:
        """The next call at this point in which the regular expression is found is its process's last."""
        draft = self.points / f".{name}"
        draft.write_text(pattern)
        draft.rename(self.points / f"{point}@{name}")

    def disarm(self, name: str) -> bool:
        """Take what is armed under this name away; whether somebody has died of it."""
        for path in self.points.glob(f"*@{name}"):
            with suppress(FileNotFoundError):
                path.unlink()
        return any((self.points / TAKEN).glob(f"*@{name}"))


@contextmanager
def crew(stack: Stack, root: Path) -> Iterator[Place]:
    """Up and healthy while the block runs."""
    stack.start(SERVERS)
    site = stack.site
    books = urlsplit(stack.env["COUNTERSIGN_MIGRATIONS_URL"])._replace(path=f"/{_DATABASE}").geturl()
    migrate(books, passwords_in(site.layout.keys))
    password = stack.env["COUNTERSIGN_DEMO_PASSWORD"]
    load(Settings(environment="test", migrations_url=books, demo_password=password, state_dir=root))
    _found_silent(books)
    found_rail(books, site.secret(PASSWORD_FILE).strip())
    points = root / "points"
    (points / TAKEN).mkdir(parents=True)
    ports = {"api": free_port(), "mcp": free_port(), "rail": free_port()}
    common = _TIMES | {
        "COUNTERSIGN_REDIS_URL": f"{stack.env['COUNTERSIGN_REDIS_URL'].rpartition('/')[0]}/{_REDIS}",
        "COUNTERSIGN_TASK_QUEUE": f"crashes-{uuid4().hex}",
        "COUNTERSIGN_CRASH_DIR": str(points),
        **{f"COUNTERSIGN_{name.upper()}_PORT": str(port) for name, port in ports.items()},
        **{f"COUNTERSIGN_{name.upper()}_URL": f"http://{HOST}:{port}" for name, port in ports.items()},
    }

    def told(service: str, door: str = "COUNTERSIGN_DATABASE_URL", database: str = _DATABASE) -> dict[str, str]:
        settings = site.settings_of(service) | common
        return settings | {door: make_conninfo(settings[door], dbname=database)}

    its_own = told("rail", "COUNTERSIGN_RAIL_DATABASE_URL", rail_database(books))
    wanted = [
        ("api", told("api"), str(root / "api.log")),
        ("mcp_tools", told("mcp"), str(root / "mcp.log")),
        ("runtime.local.rail", its_own, str(root / "rail.log")),
    ]
    health = [common["COUNTERSIGN_API_URL"], common["COUNTERSIGN_MCP_URL"], common["COUNTERSIGN_RAIL_URL"]]
    for number in range(WORKERS):
        port = free_port()
        health.append(f"http://{HOST}:{port}")
        own = told("temporal_worker") | {"COUNTERSIGN_WORKER_HEALTH_PORT": str(port)}
        wanted.append(("temporal_worker", own, str(root / f"worker_{number}.log")))
    with _nursery(wanted, root):
        for address in health:
            _await_health(address)
        _behave(health[2], site.secret("rail_admin"))
        audit = make_conninfo(site.database_url("countersign_audit"), dbname=_DATABASE)
        temporal = stack.env["COUNTERSIGN_TEMPORAL_ADDRESS"]
        yield Place(
            health[0],
            health[1],
            temporal,
            common["COUNTERSIGN_TASK_QUEUE"],
            books,
            audit,
            health[2],
            site.layout.keys,
            password,
            points,
        )


def _found_silent(books: str) -> None:
    """A payee of another bank about whom the rail pays and says nothing."""
    account, name = SILENT
    with psycopg.connect(books, autocommit=True) as owner:
        owner.execute(
            """INSERT INTO accounts (account_id, kind, name, currency, overdraft_limit_minor)
               VALUES (%s, 'clearing', %s, 'USD', 0)""",
            [account, name],
        )
        owner.execute("INSERT INTO creditors VALUES (%s, %s, '011401533', '5550001')", [account, name])


def _behave(rail: str, admin: str) -> None:
    for payee, (mode, after_s) in _BEHAVIOURS.items():
        url, headers = f"{rail}/admin/behaviours/{quote(payee)}", {"Authorization": f"Bearer {admin}"}
        httpx.put(url, json={"mode": mode, "after_s": after_s}, headers=headers, timeout=60).raise_for_status()


@contextmanager
def _nursery(wanted: list[tuple[str, dict[str, str], str]], root: Path) -> Iterator[None]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("COUNTERSIGN_")}
    with (
        (root / "nursery.log").open("ab") as log,
        subprocess.Popen(
            [sys.executable, "-m", "tests.crashes.nursery"],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            cwd=PROJECT,
            # a pool of threads that is made while importing would not be there after a fork
            env=inherited | {"OPENBLAS_NUM_THREADS": "1", "COUNTERSIGN_STATE_DIR": str(root)},
        ) as process,
    ):
        assert process.stdin is not None
        process.stdin.write(json.dumps(wanted).encode() + b"\n")
        process.stdin.flush()
        try:
            yield
        finally:
            process.stdin.close()
            process.wait()


def _await_health(address: str) -> None:
    until = time.monotonic() + _PATIENCE_S
    while True:
        with suppress(httpx.TransportError):
            if httpx.get(f"{address}/health", timeout=5).is_success:
                return
        assert time.monotonic() < until, f"{address} does not serve"
        time.sleep(0.05)
