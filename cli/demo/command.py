"""`countersign demo`: a story told on the running bank, step by step, and verified at its end."""

from __future__ import annotations

import os
import time
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.markup import escape

from cli.authenticator import NotToBeSignedError
from cli.console import here, out
from cli.demo.handover import handover
from cli.demo.kills import kills
from cli.demo.tell import DemoFailedError
from domain.errors import BankError
from runtime.local import control
from runtime.local.catalogue import names_of
from runtime.local.site import read_env

if TYPE_CHECKING:
    from collections.abc import Callable


class Story(StrEnum):
    """The stories, by name."""

    KILLS = "kills"
    HANDOVER = "handover"


_STORIES: Final[dict[Story, tuple[Callable[[], None], str]]] = {
    Story.KILLS: (kills, "a payment by voice, while three processes are killed under it"),
    Story.HANDOVER: (handover, "a killed call, taken up elsewhere; a correction voids an approval"),
}


def demo(
    story: Annotated[Story, typer.Option(help="Which story; `--list` says what they are about.")] = Story.KILLS,
    *,
    names: Annotated[bool, typer.Option("--list", help="Name the stories, and tell none.")] = False,
) -> None:
    """A story on the running bank, told step by step and verified in its books; status 1 where a claim is not true."""
    if names:
        for name, (_, about) in _STORIES.items():
            out.print(f"[bold]{name:<9}[/] {about}")
        return
    began = time.monotonic()
    _bring_up()
    try:
        _STORIES[story][0]()
    except (DemoFailedError, NotToBeSignedError, TimeoutError, OSError, BankError) as error:
        out.print(f"\n[red bold]✗[/] {escape(str(error) or 'something took too long')}")
        out.print("  What the processes said: ./countersign logs")
        raise typer.Exit(1) from error
    out.print(f"\n[green bold]Paid once, and everybody was told the truth.[/] [dim]{time.monotonic() - began:.0f} s[/]")


def _bring_up() -> None:
    layout = here()
    services = control.read_state(layout).get("services", {})
    if set(names_of([])) <= set(services) and all(each["state"] == "ready" for each in services.values()):
        return
    from cli.up import bring_up  # noqa: PLC0415 - only where it is needed

    out.print("Countersign is not running yet: starting it.")
    if code := bring_up([], foreground=False):
        raise typer.Exit(code)
    os.environ.update(read_env(layout.env))
