"""Starting and ending one child process, so that neither it nor its children outlive us."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import suppress
from io import FileIO
from pathlib import Path

from runtime.local.layout import PREPARATION
from runtime.local.service import PreparationError, Service
from runtime.local.site import Site
from runtime.local.sweep import MARK, RUN_MARK

LAUNCH = Path(__file__).with_name("launch.py")
LOG_MAX_BYTES = 20_000_000


async def spawn(
    service: Service, command: list[str], site: Site, run_id: str, log_suffix: str = ".log"
) -> asyncio.subprocess.Process:
    """Start a command as this service: its log, its settings, a session of its own."""
    launch = [sys.executable, "-I", "-S", str(LAUNCH), str(os.getpid()), str(int(service.stop_signal)), service.root]
    with _open_log(site.layout.logs / f"{service.name}{log_suffix}") as log:
        return await asyncio.create_subprocess_exec(
            *launch,
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=service.cwd,
            env=_environment(service, site, run_id),
            start_new_session=True,
        )


async def run(service: Service, command: list[str], site: Site, run_id: str) -> None:
    """Run a command of preparation, with a log of its own. Raises PreparationError."""
    process = await spawn(service, command, site, run_id, PREPARATION)
    try:
        code = await process.wait()
    finally:
        await stop(process, signal.SIGKILL, 0)
    if code:
        said = last_line(site, service.name, PREPARATION)
        raise PreparationError(f"{Path(command[0]).name} ended with {code}: {said}")


async def stop(process: asyncio.subprocess.Process, gently: signal.Signals, grace_s: float) -> None:
    """Ask the process to end, then end whatever is left of its group."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.send_signal(gently)
        with suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), grace_s or None)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()


def last_line(site: Site, name: str, log_suffix: str = ".log") -> str:
    """The last thing that a service said before it ended."""
    path = site.layout.logs / f"{name}{log_suffix}"
    lines = path.read_text(errors="replace")[-4000:].split("\n") if path.exists() else []
    return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")


def _open_log(path: Path) -> FileIO:
    if path.exists() and path.stat().st_size > LOG_MAX_BYTES:
        path.replace(path.with_name(f"{path.name}.1"))
    return path.open("ab", buffering=0)


def _environment(service: Service, site: Site, run_id: str) -> dict[str, str]:
    # without compiled modules every start takes three times as long
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("COUNTERSIGN_") and name != "PYTHONDONTWRITEBYTECODE"
    }
    marks = {MARK: str(site.layout.root), RUN_MARK: run_id}
    return {**inherited, **site.settings_of(service.name), **marks, **service.environment(site)}
