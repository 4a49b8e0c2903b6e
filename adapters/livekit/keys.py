"""The one key pair that LiveKit's server, the api and the workers share: a file with a line `KEY: SECRET`."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class LiveKitKey:
    """API key and secret."""

    key: str
    secret: str = field(repr=False)


def read_key(path: Path) -> LiveKitKey:
    """Read the first pair of the file."""
    key, _, secret = path.read_text().strip().splitlines()[0].partition(":")
    return LiveKitKey(key.strip(), secret.strip())
