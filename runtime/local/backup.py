"""A copy of the embedded servers' state that can be restored: Temporal's history, then the ledger, and their keys.

The order is what makes it safe while everything runs. A ledger that is newer than the history has done steps that the
history will ask for again, and each is done once by its key. A history newer than the ledger would have told a
customer of money that never moved.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import tempfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from runtime.local import find, sweep
from runtime.local.archive import BackupError, Manifest, digest_of, listed, pack
from runtime.local.layout import Layout
from runtime.local.servers.postgres import Postgres
from runtime.local.servers.temporal import Temporal
from runtime.local.site import HOST, OWNER, Site, load_site
from runtime.migrate import newest_revision

HISTORY: Final = "temporal.db"
LEDGER: Final = "postgres"
KEYS: Final = "keys"
_PATIENCE_S: Final = 30
_NOT_COPIED: Final = ("postmaster.pid", "postmaster.opts", "pgsql_tmp*")


def back_up(layout: Layout, file: Path, *, with_keys: bool = True) -> Manifest:
    """Write the backup; what runs goes on. Raises BackupError where there is nothing to save or it cannot be read."""
    if file.exists():
        raise BackupError(f"{file} is there already")
    if not (layout.root / LEDGER / "PG_VERSION").exists() or not (layout.root / HISTORY).exists():
        raise BackupError(f"nothing has run in {layout.root} yet: there is nothing to save")
    site = load_site(layout)
    refuse_given(site)
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=f".{file.name}.") as name:
        folder = Path(name)
        copy_history(layout.root / HISTORY, folder / HISTORY)
        _copy_ledger(site, folder / LEDGER)
        keys = {path.name: digest_of(path) for path in sorted(layout.keys.iterdir())}
        if with_keys:
            shutil.copytree(layout.keys, folder / KEYS)
        manifest = _manifest(folder, keys, with_keys=with_keys)
        pack(folder, manifest, file)
    return manifest


def refuse_given(site: Site) -> None:
    """Raises BackupError for servers that somebody else runs."""
    for server in (Postgres(), Temporal()):
        if server.is_given(site):
            raise BackupError(f"{server.name} is not a server of this folder's: see docs/runbooks/backup.md")


def copy_history(source: Path, target: Path) -> None:
    """One moment of an SQLite file, also while its server writes."""
    try:
        with closing(sqlite3.connect(source, timeout=_PATIENCE_S)) as live, closing(sqlite3.connect(target)) as copy:
            live.backup(copy)
    except sqlite3.Error as error:
        raise BackupError(f"Temporal's history could not be read: {error}") from error


def _copy_ledger(site: Site, target: Path) -> None:
    """Of a server that runs by its own protocol; else the data directory as it lies there."""
    data = site.layout.root / LEDGER
    if not sweep.of_stack(site.layout.root):
        shutil.copytree(data, target, ignore=shutil.ignore_patterns(*_NOT_COPIED))
        if sweep.of_stack(site.layout.root):
            raise BackupError("something was started while the data was copied: try again")
        return
    program = find.postgres().path.with_name("pg_basebackup")
    place = ["-h", HOST, "-p", str(site.ports["postgres"]), "-U", OWNER, "--no-password"]
    command = [str(program), *place, "-D", str(target), "-X", "stream", "--checkpoint=fast"]
    environment = os.environ | {"PGPASSWORD": site.secret("postgres_owner"), "PGCONNECT_TIMEOUT": "10"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - found by us
    if done.returncode:
        raise BackupError(f"the database could not be copied: {done.stderr.strip()[-500:]}")


def _manifest(folder: Path, keys: dict[str, str], *, with_keys: bool) -> Manifest:
    files, folders = listed(folder)
    return Manifest(
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        postgres=(folder / LEDGER / "PG_VERSION").read_text().strip(),
        revision=newest_revision(),
        with_keys=with_keys,
        keys=keys,
        files=files,
        folders=folders,
    )
