"""`countersign doctor`: what is missing on this machine, and how to get it."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from temporalio.service import RPCError

from cli.console import here, load_settings, out
from runtime.local import control, find, ports
from runtime.local.find import MissingProgramError, Program
from runtime.settings import settings

MIN_PYTHON = (3, 11)
MIN_FREE_GB = 3
_SHOWN = 5


class Finding(NamedTuple):
    """One thing that was looked at. `fix` is empty where all is well."""

    what: str
    found: str
    fix: str = ""


def examine() -> int:
    """Print every finding; the exit code says whether something is missing."""
    findings = [*_machine(), *_servers(), *_ports(), *_leftovers(), *_releases(), *_models()]
    for finding in findings:
        sign = "[red]✗[/]" if finding.fix else "[green]✓[/]"
        out.print(f"{sign} [bold]{finding.what}[/] {finding.found}", soft_wrap=True)
        if finding.fix:
            out.print(f"  {finding.fix}", soft_wrap=True)
    bad = sum(bool(finding.fix) for finding in findings)
    out.print("Everything is there." if not bad else f"{bad} to mend.")
    return 1 if bad else 0


def _machine() -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    old = sys.version_info < MIN_PYTHON
    yield Finding("Python", version, "install Python 3.11 or newer, then: make clean up" if old else "")
    free = shutil.disk_usage(_existing(here().root)).free / 1e9
    fix = "" if free > MIN_FREE_GB else f"at least {MIN_FREE_GB} GB are needed"
    yield Finding("Disk", f"{free:.0f} GB free at {here().root}", fix)


def _servers() -> Iterator[Finding]:
    yield _server("PostgreSQL", find.postgres)
    yield _server("Valkey", find.redis)
    yield _server("Temporal", find.temporal)
    livekit = _server("LiveKit", find.livekit)
    if livekit.fix and find.go():
        livekit = Finding("LiveKit", "not built yet; `make up` builds it once, which takes some minutes")
    yield livekit


def _server(name: str, locate: Callable[[], Program]) -> Finding:
    try:
        program = locate()
    except MissingProgramError as error:
        return Finding(name, "missing", str(error))
    return Finding(name, f"{program.version} ({program.path})")


def _ports() -> Iterator[Finding]:
    if not control.supervisor_pid(here()):
        taken = [f"{name} {port}" for name, port in ports.USUAL.items() if not ports.is_free(port)]
        yield Finding("Ports", f"taken: {', '.join(taken)}; others will be chosen" if taken else "all usual ones free")


def _leftovers() -> Iterator[Finding]:
    left = control.stale(here())
    pids = ", ".join(map(str, left))
    yield Finding(
        "State", f"processes without supervisor: {pids}" if left else "clean", "run: make down" if left else ""
    )


def _releases() -> Iterator[Finding]:
    """Payments that wait for a release of the worker that is not the current one: they are safe, and stand still."""
    if not control.supervisor_pid(here()):
        return
    from adapters.temporal.releases import left_behind  # noqa: PLC0415 - as below

    load_settings()
    chosen = settings()
    try:
        left = asyncio.run(left_behind(chosen.temporal_address, chosen.temporal_namespace, chosen.task_queue))
    except (RuntimeError, RPCError) as error:
        yield Finding("Releases", f"Temporal did not say: {error}", "see: countersign status")
        return
    shown = ", ".join(left[:_SHOWN]) + (" and more" if len(left) > _SHOWN else "")
    fix = "start the worker of the release that they began under, and end it when they have ended"
    yield Finding(
        "Releases",
        f"{len(left)} workflows need an older one: {shown}" if left else "none waits for another",
        fix if left else "",
    )


def _models() -> Iterator[Finding]:
    """Whether the models file is good, and each deployment's server takes connections: nothing is asked of it."""
    # checking it loads what no other command needs
    from adapters.models.plan import ModelsFileError  # noqa: PLC0415
    from adapters.models.reach import answers, place_of  # noqa: PLC0415
    from runtime.models import models_plan  # noqa: PLC0415

    load_settings()
    try:
        plan = models_plan(settings())
    except ModelsFileError as error:
        yield Finding("Models", "the file cannot be used", str(error))
        return
    if plan is None:
        yield Finding("Models", "none configured; the grammar understands alone")
        return
    for name, deployment in plan.deployments.items():
        place = place_of(deployment)
        down = "" if answers(place) else "start it, or check api_base and the network; until then others help out"
        yield Finding(f"Model {name}", f"{deployment.model} at {place}", down)


def _existing(path: Path) -> Path:
    return next(place for place in (path, *path.parents) if place.exists())
