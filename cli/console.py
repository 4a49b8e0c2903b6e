"""What all commands share: the terminal, the state directory, and settings loaded from it."""

from __future__ import annotations

import os

from rich.console import Console

from runtime.local.layout import Layout, state_dir
from runtime.local.site import read_env

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
