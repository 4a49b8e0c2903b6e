"""A backup as one file: a tar of what was saved, with a list in front that says what must be in it.

Everything is checked while it is unpacked into a folder of its own; what differs from the list is not used.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import stat
import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Final

FORMAT: Final = 1
_LIST: Final = "manifest.json"
_LARGEST_LIST: Final = 64 * 1024 * 1024
_CHUNK: Final = 1024 * 1024
_PRIVATE: Final = 0o700
_FAST: Final = 1  # a data directory is mostly zeros


class BackupError(Exception):
    """Why there is no backup, or none was restored; fit for a person. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup is. `made_at`: ISO 8601; `revision`: of the migrations; `files`: SHA-256, hex, by path.

    `keys`: SHA-256 of each key file that belongs to it, whether it is in it (`with_keys`) or kept elsewhere.
    """

    made_at: str
    postgres: str
    revision: str
    with_keys: bool
    keys: dict[str, str]
    files: dict[str, str]
    folders: list[str]
    format: int = FORMAT


def digest_of(path: Path) -> str:
    """SHA-256, hex, of a file of any size."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def listed(folder: Path) -> tuple[dict[str, str], list[str]]:
    """Digests of all files below, and all folders, by their paths within."""
    paths = sorted(folder.rglob("*"))
    odd = [path for path in paths if path.is_symlink() or not (path.is_file() or path.is_dir())]
    if odd:
        raise BackupError(f"{odd[0]} is neither a file nor a folder: a tablespace elsewhere is not backed up here")
    files = {path.relative_to(folder).as_posix(): digest_of(path) for path in paths if path.is_file()}
    return files, [path.relative_to(folder).as_posix() for path in paths if path.is_dir()]


def pack(folder: Path, manifest: Manifest, file: Path) -> None:
    """Write the folder as one file that its owner alone may read, there completely or not at all."""
    partial = file.with_name(f".{file.name}.partial")
    partial.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as raw:
            with gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=_FAST, filename="") as packed:
                _write(folder, manifest, packed)
            raw.flush()
            os.fsync(raw.fileno())
        partial.rename(file)
    finally:
        partial.unlink(missing_ok=True)


def _write(folder: Path, manifest: Manifest, packed: gzip.GzipFile) -> None:
    with tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        words = json.dumps(asdict(manifest)).encode()
        head = tarfile.TarInfo(_LIST)
        head.size, head.mode = len(words), 0o600
        tar.addfile(head, io.BytesIO(words))
        for name in manifest.files:
            path = _at(folder, name)
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = path.stat().st_size, stat.S_IMODE(path.stat().st_mode) & 0o700
            with path.open("rb") as file:
                tar.addfile(entry, file)


def unpack(file: Path, folder: Path) -> Manifest:
    """Fill an empty folder with what the file holds. Raises BackupError for anything that is not as it was saved."""
    try:
        with gzip.open(file, "rb") as packed, tarfile.open(fileobj=packed, mode="r|") as tar:
            members = iter(tar)
            manifest = _manifest(tar, members)
            for name in manifest.folders:
                _at(folder, name).mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
            found = {entry.name: _take(tar, entry, manifest, folder) for entry in members}
            while packed.read(_CHUNK):  # to its end, for the sum that stands there
                pass
    except (OSError, EOFError, tarfile.TarError, zlib.error) as error:
        raise BackupError(f"{file} cannot be read as a backup: {error}") from error
    if missing := manifest.files.keys() - found.keys():
        raise BackupError(f"{file} is damaged: {min(missing)} is not in it")
    return manifest


def _manifest(tar: tarfile.TarFile, members: Iterator[tarfile.TarInfo]) -> Manifest:
    first = next(members, None)
    source = tar.extractfile(first) if first and first.name == _LIST and first.size < _LARGEST_LIST else None
    if source is None:
        raise BackupError("this is no backup of Countersign's: it does not begin with its list")
    try:
        manifest = Manifest(**json.loads(source.read()))
    except (ValueError, TypeError) as error:
        raise BackupError("the backup's list is damaged, or of another version of Countersign") from error
    if manifest.format != FORMAT:
        raise BackupError(
            f"a backup of form {manifest.format} needs another version of Countersign; this one reads {FORMAT}"
        )
    return manifest


def _take(tar: tarfile.TarFile, entry: tarfile.TarInfo, manifest: Manifest, folder: Path) -> None:
    source = tar.extractfile(entry) if entry.isfile() and entry.name in manifest.files else None
    if source is None:
        raise BackupError(f"the backup is damaged: {entry.name} does not belong in it")
    target = _at(folder, entry.name)
    target.parent.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        if _copied(source, file) != manifest.files[entry.name]:
            raise BackupError(f"the backup is damaged: {entry.name} is not as it was saved")
        os.fsync(file.fileno())


def _copied(source: IO[bytes], target: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while chunk := source.read(_CHUNK):
        digest.update(chunk)
        target.write(chunk)
    target.flush()
    return digest.hexdigest()


def _at(folder: Path, name: str) -> Path:
    """A place below the folder, whatever a list says."""
    parts = PurePosixPath(name).parts
    if not parts or PurePosixPath(name).is_absolute() or ".." in parts:
        raise BackupError(f"the backup is damaged: {name!r} is no place in it")
    return folder.joinpath(*parts)
