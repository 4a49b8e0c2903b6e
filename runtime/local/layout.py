"""Where one set of servers keeps what is its own."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
PREPARATION = ".prepare"
"""Ends the name of the log of what a service ran before it could start, such as a build."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The paths below one state directory. Two directories never share anything."""

    root: Path

    @property
    def keys(self) -> Path:
        """Keys and passwords, mode 0700."""
        return self.root / "keys"

    @property
    def logs(self) -> Path:
        """One file a child: its stdout and stderr."""
        return self.root / "logs"

    @property
    def env(self) -> Path:
        """The chosen addresses as COUNTERSIGN_* lines."""
        return self.root / "env"

    @property
    def state(self) -> Path:
        """What the supervisor last knew of each service, as JSON."""
        return self.root / "state.json"

    @property
    def wanted(self) -> Path:
        """The names of the services that should run, as JSON."""
        return self.root / "wanted.json"

    @property
    def lock(self) -> Path:
        """Held by the running supervisor; contains its process id."""
        return self.root / "supervisor.lock"

    @property
    def livekit_key(self) -> Path:
        """`key: secret`, the one line of LiveKit's key file."""
        return self.keys / "livekit.yaml"

    def make(self) -> None:
        """Make the directories, readable by their owner alone."""
        for folder in (self.root, self.keys, self.logs):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def state_dir() -> Path:
    """The state directory of this checkout, or the one COUNTERSIGN_STATE_DIR names."""
    return Path(os.environ.get("COUNTERSIGN_STATE_DIR") or PROJECT / ".countersign").absolute()


def write_private(path: Path, text: str) -> None:
    """Replace a file in one step; only its owner may read it."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "w") as file:
        file.write(text)
    Path(name).replace(path)
