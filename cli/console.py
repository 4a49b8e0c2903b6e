"""What all commands share: the terminal, the state directory, and settings loaded from it."""

from __future__ import annotations

import os

from rich.console import Console

from runtime.local.layout import Layout, state_dir
from runtime.local.site import load_site, read_env

out = Console()
err = Console(stderr=True)
NO_FILE = "there is no such sound file"


def here() -> Layout:
    """This checkout's state."""
    return Layout(state_dir())


def load_settings() -> None:
    """Put the running servers' settings where `runtime.settings` reads them; what the caller has set stays."""
    for name, value in read_env(here().env).items():
        os.environ.setdefault(name, value)


def load_settings_of(process: str) -> None:
    """The same for a command that does what a process of its own would, with that process's secrets and no others.

    Where no servers were set up here, all must come from the caller's environment.
    """
    if (here().root / "ports.json").exists():
        for name, value in load_site(here()).settings_of(process).items():
            os.environ.setdefault(name, value)
