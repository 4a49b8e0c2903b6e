"""The drawings of the dialogues are of the dialogues as they are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from domain.dialogue import drawing
from domain.dialogue.graph import Graph
from domain.dialogue.graphs import HOUSE

PAGES = Path(__file__).parents[2] / "docs" / "dialogues"


@pytest.mark.parametrize("graph", HOUSE.graphs, ids=lambda graph: graph.name)
def test_a_drawing_is_current(graph: Graph) -> None:
    again = "run: countersign dialogue draw --write docs/dialogues"
    assert (PAGES / f"{graph.name}.md").read_text() == drawing.page(graph), again


def test_no_drawing_is_left_of_what_is_gone() -> None:
    assert {page.stem for page in PAGES.glob("*.md")} == {graph.name for graph in HOUSE.graphs}


@pytest.mark.parametrize("graph", HOUSE.graphs, ids=lambda graph: graph.name)
def test_each_way_of_a_graph_is_drawn(graph: Graph) -> None:
    """Read back from the picture, arrow by arrow: each intent of each state goes where the graph says."""
    arrows = re.findall(r"^    (\w+) --> (\w+): (.*)$", drawing.mermaid(graph), re.MULTILINE)
    drawn = {(source, target, intent.split(" ")[0]) for source, target, heard in arrows for intent in
             heard.replace(";", ",").split(", ")}  # fmt: skip
    for state in graph.states:
        here = f"{graph.name}_{state.name}"
        for each in state.on:
            there = here if not each.to else each.to.replace(".", "_") if "." in each.to else f"{graph.name}_{each.to}"
            assert all((here, there, intent.value) in drawn for intent in each.intents)
