"""Ports: the usual one where it is free, else one that is."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

HOST = "127.0.0.1"
USUAL: dict[str, int] = {
    "postgres": 5432,
    "redis": 6379,
    "temporal": 7233,
    "temporal_ui": 8233,
    "temporal_http": 7243,
    "temporal_metrics": 7253,
    "livekit": 7880,
    "livekit_udp": 7882,
    "sms_sink": 8040,
    "api": 8000,
    "mcp": 8010,
    "temporal_worker": 8020,
    "voice_worker": 8030,
}
NEIGHBOURS = 40
LAST_PORT = 65535


def choose(before: Mapping[str, int], held: Mapping[str, int], *, usual: bool) -> dict[str, int]:
    """A port for every name: one still `held` by us stays, else the one from `before`, else the usual one, else a free one."""
    chosen = dict(held)
    for name, port in USUAL.items():
        if name not in chosen:
            wish = [before[name]] if name in before else []
            wish += range(port, port + NEIGHBOURS) if usual else []
            chosen[name] = _first_free(name, wish, set(chosen.values()))
    return chosen


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """A port that the system says is free on loopback."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def is_free(port: int, kind: socket.SocketKind = socket.SOCK_STREAM) -> bool:
    """Whether a server could listen there now. A listener on all interfaces counts too."""
    for host in (HOST, "0.0.0.0"):  # noqa: S104 - asks only, and lets go at once
        with socket.socket(socket.AF_INET, kind) as probe:
            if kind is socket.SOCK_STREAM:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                return False
    return True


def _first_free(name: str, wish: list[int], taken: set[int]) -> int:
    kind = socket.SOCK_DGRAM if name.endswith("_udp") else socket.SOCK_STREAM
    for port in wish:
        if port <= LAST_PORT and port not in taken and is_free(port, kind):
            return port
    while (port := free_port(kind)) in taken:
        continue
    return port
