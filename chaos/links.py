"""The ways between processes that lead through a proxy, and the proxies on them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any, Final, Self
from uuid import uuid4

import httpx

from runtime.local import launch
from runtime.local.ports import HOST, free_port

if TYPE_CHECKING:
    from types import TracebackType

    from runtime.local.find import Program
    from runtime.local.site import Site

CLIENT: Final = "client"
SERVERS: Final = ("postgres", "redis", "temporal", "mcp", "api", "rail")
LINKS: Final = (
    *(f"{process}>{server}" for process in ("temporal_worker", "mcp", "api") for server in SERVERS[:3]),
    *(
        "temporal_worker>mcp",
        "mcp>api",
        "temporal_worker>rail",
        "rail>postgres",
        "rail>api",
        f"{CLIENT}>mcp",
        f"{CLIENT}>api",
    ),
)
_START_S: Final = 20.0
REFUSE: Final = "refuse"


class Links:
    """A Toxiproxy server with one proxy a link. Its processes are told of the detours before they start."""

    def __init__(self, program: Program, site: Site, links: tuple[str, ...] = LINKS) -> None:
        self._program = program
        self._site = site
        self._port = _own_port(site)
        self._ports = {link: _own_port(site) for link in links}
        self._process: subprocess.Popen[bytes] | None = None
        self._http = httpx.Client(base_url=f"http://{HOST}:{self._port}", timeout=10)
        for link, port in self._ports.items():
            process, server = link.split(">")
            site.detours.setdefault(process, {})[site.ports[server]] = port

    def __enter__(self) -> Self:
        """Start it, tied to this process's life."""
        log = self._site.layout.logs / "toxiproxy.log"
        tie = [sys.executable, "-I", "-S", launch.__file__, str(os.getpid()), "9", "keep"]
        with log.open("ab") as file:
            self._process = subprocess.Popen(
                [*tie, str(self._program.path), "-host", HOST, "-port", str(self._port)],
                stdout=file, stderr=file,
            )  # fmt: skip
        self._await_answer()
        for link, port in self._ports.items():
            upstream = f"{HOST}:{self._site.ports[link.split('>')[1]]}"
            self._send("POST", "/proxies", {"name": link, "listen": f"{HOST}:{port}", "upstream": upstream})
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop it."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
        self._http.close()

    def url(self, server: str) -> str:
        """Where the customers' programs reach a server."""
        return f"http://{HOST}:{self._ports[f'{CLIENT}>{server}']}"

    def poison(self, link: str, toxic: str, grade: float) -> str:
        """Until `cure` is given the result, what passes suffers; `grade`, 0 to 1, says how much.

        Which toxics there are: chaos.schedule.TOXICS. One link may have several at once.
        """
        if toxic == REFUSE:
            self._send("POST", f"/proxies/{link}", {"enabled": False})
            return REFUSE
        kind, stream, attributes = _toxic(toxic, grade)
        name = uuid4().hex
        wanted = {"name": name, "type": kind, "stream": stream, "attributes": attributes}
        self._send("POST", f"/proxies/{link}/toxics", wanted)
        return name

    def cure(self, link: str, name: str) -> None:
        """It passes again; what hung is closed."""
        if name == REFUSE:
            self._send("POST", f"/proxies/{link}", {"enabled": True})
        else:
            self._http.delete(f"/proxies/{link}/toxics/{name}")

    def cure_all(self) -> None:
        """No toxic is left anywhere."""
        self._send("POST", "/reset", {})

    def _send(self, method: str, path: str, body: dict[str, Any]) -> None:
        self._http.request(method, path, json=body).raise_for_status()

    def _await_answer(self) -> None:
        end = time.monotonic() + _START_S
        while True:
            try:
                self._send("GET", "/version", {})
            except httpx.TransportError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)
            else:
                return


def _own_port(site: Site) -> int:
    """A free one that no other set of servers is about to take."""
    while not site.claims.claim(port := free_port()):
        continue
    return port


def _toxic(name: str, grade: float) -> tuple[str, str, dict[str, int]]:
    """Toxiproxy's type, stream and attributes (https://github.com/Shopify/toxiproxy#toxics)."""
    match name:
        case "latency":
            return "latency", "downstream", {"latency": round(50 + 950 * grade), "jitter": round(300 * grade)}
        case "reset":
            return "reset_peer", "downstream", {"timeout": round(200 * grade)}
        case "silence":
            return "timeout", "downstream", {"timeout": 0}
        case "deaf":
            return "timeout", "upstream", {"timeout": 0}
        case "cut":
            return "limit_data", "downstream", {"bytes": round(20 + 2000 * grade)}
        case "slices":
            return (
                "slicer",
                "downstream",
                {"average_size": 64, "size_variation": 32, "delay": round(500 + 4000 * grade)},
            )
        case _:
            raise ValueError(name)
