"""`countersign backup` and `countersign restore`: the embedded servers' state as one file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.console import err, here, out
from runtime.local.archive import BackupError
from runtime.local.backup import back_up
from runtime.local.restore import restore as put_back

File = Annotated[Path, typer.Argument(help="The backup.", dir_okay=False)]


def backup(
    file: File,
    *,
    without_keys: Annotated[
        bool, typer.Option("--without-keys", help="Name the keys instead: they must be there to restore it.")
    ] = False,
) -> None:
    """Save Temporal's history, the database and their keys, also while everything runs."""
    try:
        manifest = back_up(here(), file.absolute(), with_keys=not without_keys)
    except (BackupError, OSError) as error:
        err.print(f"[red]No backup was made.[/] {error}", soft_wrap=True)
        raise typer.Exit(1) from error
    size = file.stat().st_size / 1e6
    out.print(f"Saved to {file}: {size:.1f} MB, {len(manifest.files)} files, as of {manifest.made_at}.", soft_wrap=True)
    if manifest.with_keys:
        out.print("It contains every key and password of this bank: keep it as you would keep those.")
    else:
        out.print(f"Keep the keys apart, and safe: nothing can be read without {', '.join(manifest.keys)}.")


def restore(file: File) -> None:
    """Put a backup in the place of the state that is here, once nothing runs; the old state is kept beside it."""
    try:
        manifest, aside = put_back(here(), file.absolute())
    except (BackupError, OSError) as error:
        err.print(f"[red]Nothing was restored.[/] {error}", soft_wrap=True)
        raise typer.Exit(1) from error
    out.print(f"Restored as of {manifest.made_at}. What was here before is in {aside}.", soft_wrap=True)
    out.print("Start it with: make up")
