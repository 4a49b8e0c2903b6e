"""What a service has to say of itself to be started, watched and stopped."""

from __future__ import annotations

import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Literal

from runtime.local.find import Program
from runtime.local.layout import PROJECT
from runtime.local.site import Site

Run = Callable[[list[str]], Awaitable[None]]
"""Runs a command of preparation to its end, with the service's own log; raises PreparationError."""


class PreparationError(Exception):
    """A command that had to come before the server failed; the text says which."""


class Service:
    """One process, or (`job`) one command that runs to its end."""

    name: str = ""
    needs: tuple[str, ...] = ()
    job: bool = False
    given_by: str = ""
    """The setting by which somebody else's server is used instead."""
    root: Literal["keep", "shed"] = "keep"
    """Whether the program may run as root, or must be put under another user id."""
    stop_signal: signal.Signals = signal.SIGTERM
    grace_s: float = 6
    patience_s: float = 60
    cwd: Path = PROJECT

    def is_given(self, site: Site, /) -> bool:
        """Whether the settings name a server that is not ours to start."""
        return self.given_by in site.given

    def program(self) -> Program:
        """The program to run. Raises MissingProgramError."""
        raise NotImplementedError

    def command(self, program: Program, site: Site, /) -> list[str]:
        """Program and arguments."""
        raise NotImplementedError

    def environment(self, _site: Site, /) -> dict[str, str]:
        """Variables beside the settings."""
        return {}

    def url(self, _site: Site, /) -> str:
        """Where it is reached; empty for a job."""
        return ""

    async def prepare(self, _site: Site, _run: Run, /) -> None:
        """What has to be there before each start."""

    async def healthy(self, _site: Site, /) -> bool:
        """Whether it serves."""
        return True

    def fingerprint(self) -> str:
        """Changes when the running process is older than its code."""
        return ""
