"""How a story looks in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.markup import escape
from rich.table import Table
from rich.text import Text

from cli.console import out
from domain.money import Money

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cli.demo.caller import Said

TRUE: Final = "[green]✓[/]"
FALSE: Final = "[red]✗[/]"
_CURRENCY: Final = "USD"
Fact = tuple[bool, str]
"""Whether it is so, and what."""


class DemoFailedError(Exception):
    """Something that the demo promises did not happen; the text says what."""


def money(minor: int) -> str:
    """Minor units of the demo's currency."""
    return f"{Money(minor, _CURRENCY).decimal()} {_CURRENCY}"


def title(words: str) -> None:
    """What the story is."""
    out.print(f"\n[bold]{words}[/]")


def step(number: int, words: str) -> None:
    """A part of it begins."""
    out.print(f"\n[bold cyan]{number}[/]  [bold]{words}[/]")


def entry(sign: str, words: str, width: int = 1) -> None:
    """A line of markup whose continuation is indented below its own words."""
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=2)
    grid.add_column(width=width)
    grid.add_row("", sign, Text.from_markup(words))
    out.print(grid)


def note(words: str) -> None:
    """What a listener could not know."""
    entry("", f"[dim]{escape(words)}[/]")


def speech(who: str, text: str) -> None:
    """A line of dialogue."""
    name = f"[cyan]{who}[/]" if who == "assistant" else f"[bold]{who}[/]"
    entry(name, escape(text), width=len("assistant"))


def speaker(customer: str) -> Callable[[Said], None]:
    """Shows a call's lines."""
    return lambda said: speech(customer if said.who == "customer" else said.who, said.text)


def claim(true: bool, words: str) -> None:
    """Show something that was looked up. Raises DemoFailedError where it is not so."""
    entry(TRUE if true else FALSE, escape(words))
    if not true:
        raise DemoFailedError(f"it is not so: {words}")


def verdict(facts: Sequence[Fact], otherwise: str) -> None:
    """Show what was found. Raises DemoFailedError with these words where not all of it is so."""
    for true, words in facts:
        entry(TRUE if true else FALSE, escape(words))
    if not all(true for true, _ in facts):
        raise DemoFailedError(otherwise)
