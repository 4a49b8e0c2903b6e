"""`countersign up` on a new state directory with everything cached, and again on the one that it made."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

from bench.report import table

ROOT: Final = Path(__file__).parent.parent


def countersign(*words: str) -> str:
    """Run the command line; its output."""
    command = [str(Path(sys.executable).parent / "countersign"), *words]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT, env=os.environ)
    return done.stdout


def run() -> None:
    """Print how long it takes; leaves the servers up."""
    first = _timed("up")
    countersign("down")
    second = _timed("up")
    again = _timed("up")
    rows = [["new state directory", first, ""], ["second time", second, "≤ 10"], ["already up", again, ""]]
    table("countersign up, everything cached", ["", "seconds", "goal"], rows)


def _timed(word: str) -> float:
    started = time.perf_counter()
    countersign(word)
    return time.perf_counter() - started
