"""`python -m bench [eval|startup|approvals|discovery|…]…`: everything without a name, on own servers."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from bench import approvals, discovery, inquiries, ledger, memory, models, payments, spoken, startup, understanding
from bench.report import console
from runtime.local.layout import Layout
from runtime.local.site import load_site
from runtime.settings import Settings, settings
from runtime.telemetry import setup

ROOT: Final = Path(__file__).parent.parent


def main(names: list[str]) -> int:
    """Run what was asked for; the servers are started once and stopped at the end."""
    if names[:1] == ["eval"]:
        return spoken.main(names[2:]) if names[1:2] == ["--spoken"] else understanding.main()
    with tempfile.TemporaryDirectory(prefix="countersign-bench-") as folder:
        os.environ["COUNTERSIGN_STATE_DIR"] = folder
        try:
            startup.run()
            os.environ |= load_site(Layout(Path(folder))).settings_of("bench")
            settings.cache_clear()
            setup("bench", settings().model_copy(update={"log_level": "ERROR"}))
            for name in [name for name in names or [*_PARTS] if name != "startup"]:
                console.rule(name)
                _PARTS[name](settings())
        finally:
            startup.countersign("down")
    return 0


def _voice(_chosen: Settings) -> None:
    command = [sys.executable, str(ROOT / "bench" / "voice.py"), "--peer"]
    subprocess.run(command, check=True, cwd=ROOT, env=os.environ)


def _words(_chosen: Settings) -> None:
    understanding.main()


_PARTS: Final[dict[str, Callable[[Settings], None]]] = {
    "eval": _words,
    "approvals": approvals.run,
    "discovery": lambda _chosen: asyncio.run(discovery.run()),
    "inquiries": lambda chosen: asyncio.run(inquiries.run(chosen)),
    "ledger": ledger.run,
    "memory": memory.run,
    "models": models.run,
    "payments": lambda chosen: asyncio.run(payments.run(chosen)),
    "voice": _voice,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
