"""Backups as files: complete, private, and refused rather than half restored."""

from __future__ import annotations

import gzip
import json
import os
import random
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from unittest.mock import Mock

import pytest
from typer.testing import CliRunner

from cli.main import app
from runtime.keys import ensure_keys
from runtime.local import find, sweep
from runtime.local.archive import BackupError, Manifest, pack, unpack
from runtime.local.backup import back_up
from runtime.local.layout import Layout
from runtime.local.restore import interrupted, restore


def state_in(root: Path, said: str = "first") -> Layout:
    """As a set of servers that has stopped leaves it."""
    layout = Layout(root)
    layout.make()
    ensure_keys(layout.keys)
    (root / "ports.json").write_text("{}")
    (root / "postgres" / "base" / "1").mkdir(parents=True)
    (root / "postgres" / "empty").mkdir()
    (root / "postgres" / "PG_VERSION").write_text(f"{find.postgres().version.partition('.')[0]}\n")
    (root / "postgres" / "base" / "1" / "1249").write_bytes(said.encode() * 100_000)
    with closing(sqlite3.connect(root / "temporal.db")) as history, history:
        history.execute("CREATE TABLE said (words text)")
        history.execute("INSERT INTO said VALUES (?)", [said])
    return layout


def everything(root: Path) -> dict[str, bytes]:
    """What is restored."""
    paths = [path for name in ("postgres", "keys", "temporal.db") for path in [root / name, *(root / name).rglob("*")]]
    return {str(path.relative_to(root)): path.read_bytes() for path in paths if path.is_file()}


def said(root: Path) -> str:
    with closing(sqlite3.connect(root / "temporal.db")) as history:
        return history.execute("SELECT words FROM said").fetchone()[0]


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return state_in(tmp_path / "state")


def test_what_was_saved_comes_back_and_what_was_there_is_kept(layout: Layout, tmp_path: Path) -> None:
    file, other = tmp_path / "bank.backup", state_in(tmp_path / "other", "second")
    back_up(layout, file)
    saved, before = everything(layout.root), everything(other.root)
    _, aside = restore(other, file)
    after = everything(other.root)
    assert {name: after[name] for name in saved if name != "temporal.db"} == {
        name: each for name, each in saved.items() if name != "temporal.db"
    }
    assert said(other.root) == "first"
    assert everything(aside) == before
    assert (other.root / "postgres" / "empty").is_dir()
    assert not list(other.root.glob(".restoring*"))


def test_only_its_owner_may_read_it_or_what_comes_out_of_it(layout: Layout, tmp_path: Path) -> None:
    file = tmp_path / "bank.backup"
    back_up(layout, file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path for path in tmp_path.iterdir() if path not in {file, layout.root}] == []
    restore(layout, file)
    paths = [layout.keys, layout.root / "postgres", *layout.keys.iterdir(), *(layout.root / "postgres").rglob("*")]
    assert {stat.S_IMODE(path.stat().st_mode) & 0o077 for path in paths} == {0}


def test_a_backup_replaces_no_file_and_needs_something_to_save(layout: Layout, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("mine")
    with pytest.raises(BackupError, match="there already"):
        back_up(layout, tmp_path / "taken")
    assert (tmp_path / "taken").read_text() == "mine"
    with pytest.raises(BackupError, match="nothing has run"):
        back_up(Layout(tmp_path / "nowhere"), tmp_path / "file")


def test_of_a_damaged_file_nothing_is_restored(layout: Layout, tmp_path: Path) -> None:
    file, damaged = tmp_path / "bank.backup", tmp_path / "damaged"
    back_up(layout, file)
    whole, before = file.read_bytes(), everything(layout.root)
    dice = random.Random(6)  # noqa: S311 - places, not secrets
    for place in [0, len(whole) - 1, *(dice.randrange(len(whole)) for _ in range(30))]:
        damaged.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << dice.randrange(8)]) + whole[place + 1 :])
        refused_or_the_same(layout, damaged, before)
    for length in (0, 10, len(whole) // 2, len(whole) - 1):
        damaged.write_bytes(whole[:length])
        with pytest.raises(BackupError):
            restore(layout, damaged)
    assert everything(layout.root) == before
    assert not list(layout.root.glob("before-restore*"))


def refused_or_the_same(layout: Layout, file: Path, before: dict[str, bytes]) -> None:
    """gzip's own header has bits that mean nothing."""
    try:
        manifest = unpack(file, place := layout.root.parent / f"unpacked-{random.random()}")  # noqa: S311
    except BackupError:
        return
    assert set(manifest.files) <= set(before)
    assert everything(place).keys() == manifest.files.keys()


@pytest.mark.parametrize("name", ["../outside", "/tmp/outside", "postgres/../../outside"])  # noqa: S108 - is refused
def test_nothing_is_written_outside_of_its_place(tmp_path: Path, name: str) -> None:
    source = tmp_path / "a" / "b" / "source"
    source.mkdir(parents=True)
    manifest = Manifest("now", "18", "0001", with_keys=False, keys={}, files={}, folders=[name])
    pack(source, manifest, tmp_path / "file")
    with pytest.raises(BackupError, match="no place in it"):
        unpack(tmp_path / "file", tmp_path / "a" / "b" / "target")
    assert not list(tmp_path.rglob("outside"))


def test_it_is_refused_while_something_runs(layout: Layout, tmp_path: Path) -> None:
    file = tmp_path / "bank.backup"
    back_up(layout, file)
    running = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(300)"],
        env=os.environ | {sweep.MARK: str(layout.root)},
    )
    try:
        before = everything(layout.root)
        with pytest.raises(BackupError, match="make down"):
            restore(layout, file)
        assert everything(layout.root) == before
    finally:
        running.kill()
        running.wait()


def test_what_is_started_while_it_is_copied_is_not_saved(
    layout: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "of_stack", Mock(side_effect=[[], ["postgres"]]))
    with pytest.raises(BackupError, match="was started"):
        back_up(layout, tmp_path / "bank.backup")
    assert list(tmp_path.iterdir()) == [layout.root]


def test_without_its_keys_it_is_restored_only_where_they_are(layout: Layout, tmp_path: Path) -> None:
    file, other = tmp_path / "bank.backup", state_in(tmp_path / "other", "second")
    manifest = back_up(layout, file, with_keys=False)
    assert "payload.json" in manifest.keys
    assert b"PRIVATE KEY" not in gzip.decompress(file.read_bytes())
    with pytest.raises(BackupError, match=r"payload\.json"):
        restore(other, file)
    assert said(other.root) == "second"
    assert said(restore(layout, file)[1]) == "first"
    assert said(layout.root) == "first"


@pytest.mark.parametrize(("changed", "why"), [({"postgres": "17"}, "PostgreSQL 17"), ({"revision": "9999"}, "newer")])
def test_what_does_not_fit_is_refused(layout: Layout, tmp_path: Path, changed: dict[str, str], why: str) -> None:
    file, folder = tmp_path / "bank.backup", tmp_path / "unpacked"
    back_up(layout, file)
    manifest = unpack(file, folder)
    pack(folder, replace(manifest, **changed), tmp_path / "unfit")
    with pytest.raises(BackupError, match=why):
        restore(layout, tmp_path / "unfit")


def test_servers_of_somebody_else_are_not_saved(layout: Layout, tmp_path: Path) -> None:
    (layout.root / "given.json").write_text(json.dumps({"COUNTERSIGN_TEMPORAL_ADDRESS": "temporal:7233"}))
    with pytest.raises(BackupError, match=r"backup\.md"):
        back_up(layout, tmp_path / "file")


def test_after_an_interrupted_restore_nothing_starts(layout: Layout, tmp_path: Path) -> None:
    file = tmp_path / "bank.backup"
    back_up(layout, file)
    (layout.root / "restoring").touch()
    place = {"COUNTERSIGN_STATE_DIR": str(layout.root)}
    told = CliRunner().invoke(app, ["up"], env=place)
    assert told.exit_code == 1
    restored = CliRunner().invoke(app, ["restore", str(file)], env=place)
    assert restored.exit_code == 0
    assert not interrupted(layout)
