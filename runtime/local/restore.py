"""Puts a backup in the place of the state that is there, which is kept beside it."""

from __future__ import annotations

import os
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from runtime.local import control, find, sweep
from runtime.local.archive import BackupError, Manifest, digest_of, unpack
from runtime.local.backup import HISTORY, KEYS, LEDGER, refuse_given
from runtime.local.layout import Layout
from runtime.local.site import load_site
from runtime.migrate import newest_revision

_REPLACED: Final = (LEDGER, HISTORY, f"{HISTORY}-wal", f"{HISTORY}-shm")


def restore(layout: Layout, file: Path) -> tuple[Manifest, Path]:
    """What was restored, and where the state before it is now. Raises BackupError, having changed nothing.

    Everything is unpacked and checked first; then names are changed. Interrupted between those, nothing starts until
    it has been done again (`interrupted`).
    """
    _refuse_running(layout)
    layout.make()
    if (layout.root / "ports.json").exists():
        refuse_given(load_site(layout))
    with tempfile.TemporaryDirectory(dir=layout.root, prefix=".restoring.") as name:
        folder = Path(name)
        manifest = unpack(file, folder)
        _refuse_unfit(layout, manifest, folder)
        _refuse_running(layout)
        return manifest, _exchange(layout, folder, manifest)


def interrupted(layout: Layout) -> bool:
    """Whether a restore was begun and not finished: half of the state is of another time."""
    return _mark(layout).exists()


def _refuse_running(layout: Layout) -> None:
    if control.supervisor_pid(layout) or sweep.of_stack(layout.root):
        raise BackupError("something runs here: stop it first, with make down")


def _refuse_unfit(layout: Layout, manifest: Manifest, folder: Path) -> None:
    ours = find.postgres().version.partition(".")[0]
    if manifest.postgres != ours:
        raise BackupError(f"the backup is of PostgreSQL {manifest.postgres}, and {ours or 'another'} is what is here")
    if manifest.revision > newest_revision():
        raise BackupError("the backup is of a newer version of Countersign: use that one, or a newer")
    keys = folder / KEYS if manifest.with_keys else layout.keys
    wrong = [name for name, digest in manifest.keys.items() if _digest(keys / name) != digest]
    if wrong:
        raise BackupError(f"the keys that belong to the backup are not there: {', '.join(wrong)} below {keys}")


def _digest(path: Path) -> str:
    return digest_of(path) if path.exists() else ""


def _exchange(layout: Layout, folder: Path, manifest: Manifest) -> Path:
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    aside = Path(tempfile.mkdtemp(dir=layout.root, prefix=f"before-restore-{moment}-"))
    names = [*_REPLACED, *([KEYS] if manifest.with_keys else [])]
    _mark(layout).touch(mode=0o600)
    _sync(layout.root)
    for name in names:
        if (layout.root / name).exists():
            (layout.root / name).rename(aside / name)
    for name in names:
        if (folder / name).exists():
            (folder / name).rename(layout.root / name)
    shutil.rmtree(layout.root / "redis", ignore_errors=True)
    _sync(layout.root)
    _mark(layout).unlink()
    _sync(layout.root)
    return aside


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _mark(layout: Layout) -> Path:
    return layout.root / "restoring"
