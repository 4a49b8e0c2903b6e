"""Valkey (or Redis): the mirror of events and the counters of limits. It keeps nothing that Postgres does not have."""

from __future__ import annotations

from runtime.local import find, probe
from runtime.local.find import Program
from runtime.local.service import Run, Service
from runtime.local.site import Site, host_and_port


class Redis(Service):
    """Loopback only, nothing on disk: a restart is the loss that every consumer has to bear."""

    name = "redis"
    given_by = "COUNTERSIGN_REDIS_URL"

    def program(self) -> Program:
        """See Service."""
        return find.redis()

    def command(self, program: Program, site: Site, /) -> list[str]:
        """See Service."""
        place = ["--bind", "127.0.0.1", "--port", str(site.ports["redis"]), "--dir", str(site.layout.root / "redis")]
        return [str(program.path), *place, "--save", "", "--appendonly", "no", "--set-proc-title", "no"]

    def url(self, site: Site, /) -> str:
        """See Service."""
        host, port = host_and_port(site.settings()["COUNTERSIGN_REDIS_URL"], 6379)
        return f"redis://{host}:{port}/0"

    async def prepare(self, site: Site, _run: Run, /) -> None:
        """See Service."""
        (site.layout.root / "redis").mkdir(mode=0o700, exist_ok=True)

    async def healthy(self, site: Site, /) -> bool:
        """See Service."""
        return await probe.redis_answers(*host_and_port(self.url(site), 6379))
