"""Which release this worker is: what its workflows can do and in which order, as a digest."""

from __future__ import annotations

import hashlib
from importlib import metadata
from pathlib import Path

_DECIDING = ("domain", "activities", "workflows")
_SHOWN = 16


def build_id(root: Path = Path(__file__).parents[1]) -> str:
    """SHA-256's head over the sources that a replay depends on. Two trees with the same ones are the same release."""
    digest = hashlib.sha256(metadata.version("temporalio").encode())
    for folder in _DECIDING:
        for source in sorted((root / folder).rglob("*.py")):
            digest.update(str(source.relative_to(root)).encode())
            digest.update(source.read_bytes())
    return digest.hexdigest()[:_SHOWN]
