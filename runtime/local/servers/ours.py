"""Our own processes and jobs: Python modules of this project."""

from __future__ import annotations

import os
import sys
from importlib import metadata
from pathlib import Path

from runtime.local import ports, probe
from runtime.local.find import Program
from runtime.local.layout import PROJECT
from runtime.local.service import PreparationError, Run, Service
from runtime.local.site import Site

SOURCES = (
    *("domain", "activities", "workflows", "adapters", "runtime"),
    *("temporal_worker", "voice_worker", "mcp_tools", "api", "ops/migrations"),
)


class Module(Service):
    """A `python -m module` that answers GET /health on its port."""

    def __init__(self, name: str, module: str, needs: tuple[str, ...] = ()) -> None:
        self.name = name
        self.module = module
        self.needs = needs

    def program(self) -> Program:
        """See Service."""
        return Program(Path(sys.executable), metadata.version("countersign"))

    def command(self, program: Program, _site: Site, /) -> list[str]:
        """See Service."""
        return [str(program.path), "-m", self.module]

    def environment(self, _site: Site, /) -> dict[str, str]:
        """See Service."""
        return {"PYTHONUNBUFFERED": "1"}

    def url(self, site: Site, /) -> str:
        """See Service."""
        return site.url(self.name)

    async def prepare(self, site: Site, _run: Run, /) -> None:
        """Somebody else's answer on our port would pass for ours."""
        port = site.ports.get(self.name)
        if port is not None and not ports.is_free(port):
            raise PreparationError(f"port {port} is taken by another process: make down, then make up")

    async def healthy(self, site: Site, /) -> bool:
        """See Service."""
        return await probe.http_answers(self.url(site) + "/health")

    def fingerprint(self) -> str:
        """See Service."""
        return newest_source()


class Job(Module):
    """A `python -m module` that runs to its end and may be run again."""

    job = True

    def url(self, _site: Site, /) -> str:
        """See Service."""
        return ""


class SmsSink(Module):
    """The local stand-in for the carrier."""

    given_by = "COUNTERSIGN_SMS_URL"

    def __init__(self) -> None:
        super().__init__("sms_sink", "runtime.local.sms_sink")

    def fingerprint(self) -> str:
        """It depends on nothing else of ours."""
        return ""


class Rail(Module):
    """The local stand-in for the rail to other banks."""

    given_by = "COUNTERSIGN_RAIL_URL"

    def __init__(self) -> None:
        super().__init__("rail", "runtime.local.rail", ("migrate",))


def newest_source() -> str:
    """The age of the newest source file."""
    newest = 0
    for folder in SOURCES:
        for place, _, files in os.walk(PROJECT / folder):
            for name in files:
                if name.endswith((".py", ".sql", ".lark", ".json")):
                    newest = max(newest, (Path(place) / name).stat().st_mtime_ns)
    return str(newest)
