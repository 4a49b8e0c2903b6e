"""PostgreSQL, from initdb on; roles and tables are the migrations' matter."""

from __future__ import annotations

import shutil
import signal
from pathlib import Path

from runtime.local import find, probe, sweep
from runtime.local.find import Program
from runtime.local.service import Run, Service
from runtime.local.site import DATABASE, OWNER, Site, host_and_port


class Postgres(Service):
    """Loopback TCP only, passwords checked (SCRAM), every change on disk before it is confirmed."""

    name = "postgres"
    given_by = "COUNTERSIGN_MIGRATIONS_URL"
    root = "shed"
    stop_signal = signal.SIGINT  # fast shutdown: clients are disconnected, nothing is lost

    def program(self) -> Program:
        """See Service."""
        return find.postgres()

    def command(self, program: Program, site: Site, /) -> list[str]:
        """See Service."""
        options = {
            "listen_addresses": "127.0.0.1",
            "port": str(site.ports["postgres"]),
            "unix_socket_directories": "",
            "max_connections": "150",
            "log_line_prefix": "%m [%p] ",
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        flags = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        return [str(program.path), "-D", str(_data(site)), *flags]

    def environment(self, site: Site, /) -> dict[str, str]:
        """The launcher gives this directory to the user it runs the server as."""
        return {"COUNTERSIGN_DATA": str(_data(site))}

    def url(self, site: Site, /) -> str:
        """See Service."""
        host, port = host_and_port(site.settings()["COUNTERSIGN_MIGRATIONS_URL"], 5432)
        return f"postgresql://{host}:{port}/{DATABASE}"

    async def prepare(self, site: Site, run: Run, /) -> None:
        """A data directory, and nothing left of a server that was killed."""
        data = _data(site)
        await sweep.end(sweep.working_in(data), grace_s=3)
        (data / "postmaster.pid").unlink(missing_ok=True)
        if not (data / "PG_VERSION").exists():
            await _initialise(data, site, run)

    async def healthy(self, site: Site, /) -> bool:
        """See Service."""
        return await probe.postgres_answers(*host_and_port(site.settings()["COUNTERSIGN_MIGRATIONS_URL"], 5432))


def _data(site: Site) -> Path:
    return site.layout.root / "postgres"


async def _initialise(data: Path, site: Site, run: Run) -> None:
    """A half-made directory of an interrupted first start is thrown away."""
    initdb = find.postgres().path.with_name("initdb")
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(mode=0o700)  # noqa: ASYNC240 - nothing else can go on meanwhile
    locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    login = ["-U", OWNER, "-A", "scram-sha-256", f"--pwfile={site.layout.keys / 'postgres_owner'}"]
    try:
        await run([str(initdb), "-D", str(data), "--no-sync", *locale, *login])
    except BaseException:
        shutil.rmtree(data, ignore_errors=True)
        raise
