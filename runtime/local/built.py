"""Programs that are built here by Go, once a version, from a module that pins all that goes into them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from runtime.local import find
from runtime.local.find import Program
from runtime.local.layout import PROJECT
from runtime.local.service import Run


async def build(  # noqa: PLR0913 - one build
    run: Run, locate: Callable[[], Program], module: str, package: str, target: Path, *, ldflags: str = ""
) -> None:
    """Build `package` of `ops/<module>` to `target`. Raises `locate`'s MissingProgramError where there is no Go."""
    go = find.go()
    if go is None:
        locate()
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f"{target.name}.{os.getpid()}.partial")
    flags = ["-C", str(PROJECT / "ops" / module), "-mod=readonly", "-buildvcs=false", "-trimpath"]
    await run([str(go), "build", *flags, f"-ldflags={ldflags}", "-o", str(partial), package])
    partial.replace(target)
