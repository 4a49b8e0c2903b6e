"""Processes that belong to a state directory, whoever started them: found by a mark in their environment."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil

MARK = "COUNTERSIGN_STACK"
RUN_MARK = "COUNTERSIGN_RUN"


def marked(name: str, value: str) -> list[psutil.Process]:
    """Processes whose environment has this variable with this value."""
    return [process for process in psutil.process_iter() if _variable(process, name) == value]


def working_in(folder: Path) -> list[psutil.Process]:
    """Postgres processes of this data directory: they rename themselves and lose their environment."""
    return [process for process in psutil.process_iter() if _is_postgres_in(process, folder.resolve())]


def of_stack(root: Path) -> list[psutil.Process]:
    """Every process of a state directory."""
    return _unique([*marked(MARK, str(root)), *working_in(root / "postgres")])


async def end(processes: list[psutil.Process], grace_s: float) -> None:
    """Ask, wait, then kill."""
    for process in processes:
        with suppress(psutil.Error):
            process.send_signal(signal.SIGINT if process.name() == "postgres" else signal.SIGTERM)
    for _ in range(int(grace_s / 0.05)):
        if not any(_alive(process) for process in processes):
            return
        await asyncio.sleep(0.05)
    for process in processes:
        with suppress(psutil.Error):
            process.kill()
    while any(_alive(process) for process in processes):  # noqa: ASYNC110 - they are not our children
        await asyncio.sleep(0.02)


def _variable(process: psutil.Process, name: str) -> str | None:
    with suppress(psutil.Error, OSError):
        return process.environ().get(name)
    return None


def _is_postgres_in(process: psutil.Process, folder: Path) -> bool:
    with suppress(psutil.Error, OSError):
        return process.name() == "postgres" and Path(process.cwd()) == folder
    return False


def _alive(process: psutil.Process) -> bool:
    with suppress(psutil.Error):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def _unique(processes: list[psutil.Process]) -> list[psutil.Process]:
    return list({process.pid: process for process in processes}.values())


def pids(processes: list[psutil.Process]) -> Iterator[int]:
    """Their process ids."""
    return (process.pid for process in processes)
