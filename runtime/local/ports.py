"""Ports: the usual one where it is free, else one that is."""

from __future__ import annotations

import fcntl
import os
import socket
import tempfile
from collections.abc import Mapping
from pathlib import Path

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
    "mail_sink": 8050,
    "rail": 8060,
    "api": 8000,
    "mcp": 8010,
    "temporal_worker": 8020,
    "voice_worker": 8030,
}
NEIGHBOURS = 40


class Claims:
    """Ports that this process has spoken for, so that another set does not choose them before they are used.

    A claim is a lock on a small file; it ends with the process, however that ends.
    """

    def __init__(self) -> None:
        self._folder = Path(tempfile.gettempdir()) / f"countersign-ports-{os.getuid()}"
        self._folder.mkdir(mode=0o700, exist_ok=True)
        self._held: list[int] = []

    def claim(self, port: int) -> bool:
        """Whether the port is ours now."""
        handle = os.open(self._folder / str(port), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        self._held.append(handle)
        return True

    def release(self) -> None:
        """Give all of them back."""
        while self._held:
            os.close(self._held.pop())


def choose(before: Mapping[str, int], claims: Claims, *, usual: bool) -> dict[str, int]:
    """A port for every name: that of last time, else the usual one or a neighbour, else any; always a free one."""
    chosen: dict[str, int] = {}
    for name, port in USUAL.items():
        wish = [before[name]] if name in before else []
        wish += range(port, port + NEIGHBOURS) if usual else []
        chosen[name] = _first_free(name, wish, claims)
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


def _first_free(name: str, wish: list[int], claims: Claims) -> int:
    kind = socket.SOCK_DGRAM if name.endswith("_udp") else socket.SOCK_STREAM
    for port in wish:
        if is_free(port, kind) and claims.claim(port):
            return port
    while not claims.claim(port := free_port(kind)):
        continue
    return port
