"""The bank's three processes, the worker several times over, on a database of their own; who dies is forked anew."""

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
from uuid import uuid4

import httpx
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
_TIMES: Final = {
    "COUNTERSIGN_COOLING_OFF_S": "0.5",
    "COUNTERSIGN_IDEMPOTENCY_LEASE_S": "5",
    "COUNTERSIGN_ELICITATION_S": "1500",
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
    books = make_conninfo(stack.env["COUNTERSIGN_MIGRATIONS_URL"], dbname=_DATABASE)
    migrate(books, passwords_in(site.layout.keys))
    found_rail(books, site.secret(PASSWORD_FILE).strip())
    password = stack.env["COUNTERSIGN_DEMO_PASSWORD"]
    load(Settings(environment="test", migrations_url=books, demo_password=password, state_dir=root))
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

    def told(service: str) -> dict[str, str]:
        settings = site.settings_of(service) | common
        return settings | {
            "COUNTERSIGN_DATABASE_URL": make_conninfo(settings["COUNTERSIGN_DATABASE_URL"], dbname=_DATABASE)
        }

    rail = site.settings_of("rail") | common
    rail["COUNTERSIGN_RAIL_DATABASE_URL"] = make_conninfo(site.rail_database_url(), dbname=rail_database(books))
    wanted = [("api", told("api"), str(root / "api.log")), ("mcp_tools", told("mcp"), str(root / "mcp.log"))]
    wanted.append(("runtime.local.rail", rail, str(root / "rail.log")))
    health = [common[f"COUNTERSIGN_{name}_URL"] for name in ("API", "MCP", "RAIL")]
    for number in range(WORKERS):
        port = free_port()
        health.append(f"http://{HOST}:{port}")
        own = told("temporal_worker") | {"COUNTERSIGN_WORKER_HEALTH_PORT": str(port)}
        wanted.append(("temporal_worker", own, str(root / f"worker_{number}.log")))
    with _nursery(wanted, root):
        for address in health:
            _await_health(address)
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
