"""The dialogues' graphs, in a terminal and as pages."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from cli.console import err, out
from domain.dialogue import drawing
from domain.dialogue.graphs import HOUSE


class Do(StrEnum):
    """What to do with them."""

    DRAW = "draw"
    CHECK = "check"


class Format(StrEnum):
    """How to draw."""

    MERMAID = "mermaid"
    DOT = "dot"
    TEXT = "text"


_DRAWN: Final = {Format.MERMAID: drawing.mermaid, Format.DOT: drawing.dot, Format.TEXT: drawing.text}


def dialogue(
    do: Annotated[Do, typer.Argument(help="draw them, or check that they are sound.")],
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="Only this one.")] = "",
    *,
    how: Annotated[Format, typer.Option("--format", help="For a page, for Graphviz, or for a terminal.")] = (
        Format.MERMAID
    ),
    write: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Write a page for each there.")] = None,
) -> None:
    """Draw the dialogues as declared, or check them as each process does when it starts."""
    graphs = [graph for graph in HOUSE.graphs if name in {"", graph.name}]
    if not graphs:
        known = ", ".join(graph.name for graph in HOUSE.graphs)
        err.print(f"There is no dialogue {name!r}. There are: {known}.", markup=False)
        raise typer.Exit(1)
    if do is Do.CHECK:  # what is unsound was refused when it was imported
        states = sum(len(graph.states) for graph in graphs)
        out.print(f"{len(graphs)} dialogues with {states} states are sound.")
    elif write is not None:
        write.mkdir(parents=True, exist_ok=True)
        for graph in graphs:
            (write / f"{graph.name}.md").write_text(drawing.page(graph))
    else:
        drawn = "\n\n".join(_DRAWN[how](graph) for graph in graphs)
        out.print(drawn, highlight=False, markup=False, soft_wrap=True)
