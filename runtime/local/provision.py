"""`python -m runtime.local.provision`: have every server's program at hand before tests or benchmarks need it."""

from __future__ import annotations

import asyncio
import subprocess
import sys

from rich.console import Console

from runtime.local import find
from runtime.local.find import MissingProgramError
from runtime.local.servers import livekit
from runtime.local.service import PreparationError

console = Console(stderr=True)


def main() -> int:
    """The exit code. What is missing is named, with how to get it."""
    try:
        find.livekit()
    except MissingProgramError:
        _build()
    missing: list[str] = []
    for locate in (find.postgres, find.redis, find.temporal, find.livekit):
        try:
            locate()
        except MissingProgramError as error:
            missing.append(str(error))
    for text in missing:
        console.print(f"[red]✗[/] {text}")
    return 1 if missing else 0


def _build() -> None:
    with console.status(f"Building LiveKit's server {find.LIVEKIT_VERSION}, once: this takes some minutes"):
        try:
            asyncio.run(livekit.build(run))
        except MissingProgramError:
            return  # named below
        except PreparationError as error:
            console.print(str(error), markup=False)


async def run(command: list[str]) -> None:
    """Run a command to its end. Raises PreparationError with the last of what it said."""
    process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    said, _ = await process.communicate()
    if process.returncode:
        raise PreparationError(said.decode(errors="replace")[-2000:])


if __name__ == "__main__":
    sys.exit(main())
