"""Temporal's server with its Web UI, on one SQLite file."""

from __future__ import annotations

from runtime.local import find, probe
from runtime.local.find import Program
from runtime.local.service import Service
from runtime.local.site import Site, host_and_port

QUEUES = ("transfer", "timer", "visibility")
"""The server's queues read their tasks at most 20 times a second unless told otherwise: 45 ms for each step of a
workflow once a burst of 20 is used up (measured: 124 ms for a signal and two activities, 31 ms with this)."""
SEARCH_ATTRIBUTES = {
    "PaymentState": "Keyword",
    "ElicitationType": "Keyword",
    "CustomerRef": "Keyword",
    "TenantId": "Keyword",
    "ApproverGroup": "Keyword",
    "DueAt": "Datetime",
    "AmountMinor": "Int",
}


class Temporal(Service):
    """Write-ahead log and synchronous=1: 2.7 times the throughput of the default file, and it survives SIGKILL."""

    name = "temporal"
    given_by = "COUNTERSIGN_TEMPORAL_ADDRESS"

    def program(self) -> Program:
        """See Service."""
        return find.temporal()

    def command(self, program: Program, site: Site, /) -> list[str]:
        """See Service."""
        ports = {
            "--port": site.ports["temporal"],
            "--ui-port": site.ports["temporal_ui"],
            "--http-port": site.ports["temporal_http"],
            "--metrics-port": site.ports["temporal_metrics"],
        }
        return [
            str(program.path),
            *("server", "start-dev", "--ip", "127.0.0.1", "--log-format", "json", "--log-level", "warn"),
            *("--db-filename", str(site.layout.root / "temporal.db")),
            *("--sqlite-pragma", "journal_mode=wal", "--sqlite-pragma", "synchronous=1", "--ui-disable-news-fetch"),
            *(word for flag, port in ports.items() for word in (flag, str(port))),
            *(
                word
                for name in QUEUES
                for word in ("--dynamic-config-value", f"history.{name}ProcessorMaxPollRPS=2000")
            ),
            *(word for name, kind in SEARCH_ATTRIBUTES.items() for word in ("--search-attribute", f"{name}={kind}")),
        ]

    def url(self, site: Site, /) -> str:
        """See Service."""
        return site.settings()["COUNTERSIGN_TEMPORAL_ADDRESS"]

    async def healthy(self, site: Site, /) -> bool:
        """A server of ours must know the search attributes too: it adds them after it has begun to listen."""
        if self.is_given(site):
            return await probe.listens(*host_and_port(self.url(site), 7233))
        url = site.url("temporal_http") + "/api/v1/namespaces/default/search-attributes"
        return await probe.http_answers(url, next(reversed(SEARCH_ATTRIBUTES)).encode())
