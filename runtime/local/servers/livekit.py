"""LiveKit's server, built once a version where it is not installed."""

from __future__ import annotations

import json

from runtime.local import built, find, probe
from runtime.local.find import MissingProgramError, Program
from runtime.local.layout import write_private
from runtime.local.service import Run, Service
from runtime.local.site import Site

BUILD_PATIENCE_S = 900
PACKAGE = "github.com/livekit/livekit-server/cmd/server"


class LiveKit(Service):
    """Signalling and media on loopback only; no Redis, since there is one node."""

    name = "livekit"
    given_by = "COUNTERSIGN_LIVEKIT_URL"
    patience_s = BUILD_PATIENCE_S

    def program(self) -> Program:
        """See Service."""
        return find.livekit()

    def command(self, program: Program, site: Site, /) -> list[str]:
        """See Service."""
        return [str(program.path), "--config", str(site.layout.root / "livekit.json")]

    def url(self, site: Site, /) -> str:
        """See Service."""
        return site.settings()["COUNTERSIGN_LIVEKIT_URL"]

    async def prepare(self, site: Site, run: Run, /) -> None:
        """The program and its settings (JSON is YAML)."""
        try:
            find.livekit()
        except MissingProgramError:
            await build(run)
        write_private(site.layout.root / "livekit.json", json.dumps(_settings(site)))

    async def healthy(self, site: Site, /) -> bool:
        """See Service."""
        return await probe.http_answers(self.url(site))


async def build(run: Run) -> None:
    """Build the pinned version into the user's cache. Raises MissingProgramError where there is no Go."""
    await built.build(run, find.livekit, "livekit", PACKAGE, find.livekit_cached())


def _settings(site: Site) -> dict[str, object]:
    return {
        "port": site.ports["livekit"],
        "bind_addresses": ["127.0.0.1"],
        "key_file": str(site.layout.livekit_key),
        "rtc": {
            "node_ip": "127.0.0.1",
            "use_external_ip": False,
            "enable_loopback_candidate": True,
            "interfaces": {"includes": ["lo", "lo0"]},
            "udp_port": site.ports["livekit_udp"],
            "tcp_port": 0,  # it would listen on every interface
        },
        "logging": {"level": "info", "json": True},
    }
