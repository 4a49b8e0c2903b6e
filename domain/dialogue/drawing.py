"""Graphs as pictures: Mermaid for pages, DOT for Graphviz, and plain lines for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from domain.dialogue.graph import After, Graph, On, State

EVERYWHERE: Final = "anywhere"
_ANY: Final = "in_each_state"
_TELLS: Final = "the bank tells "


def mermaid(graph: Graph) -> str:
    """A state diagram. What any state knows leaves from one node, as do the ways from any other dialogue."""
    names = [f'    state "{state.name}" as {_id(graph, state.name)}' for state in graph.states]
    # a label ends at a colon or a semicolon
    arrows = [f"    {source} --> {target}: {label}" for source, label, target in _arrows(graph)]
    return "\n".join(["stateDiagram-v2", *names, *arrows])


def dot(graph: Graph) -> str:
    """The same for Graphviz."""
    lines = [f'digraph "{graph.name}" {{', "    rankdir=LR;", "    node [shape=box, style=rounded];"]
    for source, label, target in _arrows(graph):
        lines.append(f'    "{source}" -> "{target}" [label="{label}"];')
    return "\n".join([*lines, "}"])


def text(graph: Graph) -> str:
    """Each state with what it expects, allows and leads to."""
    lines = [f"{graph.name}: {graph.about}"]
    for state in graph.states:
        lines += ["", *_state_lines(state)]
    for title, among in (("in each of its states", graph.throughout), ("in every dialogue", graph.anywhere)):
        if among:
            lines += ["", f"  {title}", *(f"    {_line(each)}" for each in among)]
    if graph.after:
        lines += ["", "  told by the bank", *(f"    {each.event} -> {each.to}" for each in graph.after)]
    if graph.tools:
        lines += ["", f"  tools in every dialogue: {', '.join(graph.tools)}"]
    return "\n".join(lines)


def page(graph: Graph) -> str:
    """A page of documentation; `countersign dialogue draw --write docs/dialogues` writes all of them."""
    return "\n".join(
        [
            f"# The dialogue {graph.name}",
            "",
            graph.about,
            "",
            "Drawn by `countersign dialogue draw --write docs/dialogues` from `domain/dialogue/graphs/`. Don't edit.",
            "",
            "```mermaid",
            mermaid(graph),
            "```",
            "",
            "```text",
            text(graph),
            "```",
            "",
        ]
    )


def _state_lines(state: State) -> Iterator[str]:
    ends = ", a conversation may end here" if state.rest else ""
    yield f"  [{state.name}] listens for {state.expects}{ends}"
    if state.slots:
        yield f"    slots: {', '.join(state.slots)}"
    if state.tools:
        yield f"    tools: {', '.join(state.tools)}"
    yield f"    help: {state.help}"
    yield from (f"    {_line(each)}" for each in state.on)


def _line(each: On) -> str:
    target = f" -> {each.to}" if each.to else ""
    return f"{_heard(each)}: {each.do}{target}{' and back' if each.aside else ''}"


def _arrows(graph: Graph) -> list[tuple[str, str, str]]:
    own = [arrow for state in graph.states for arrow in _moves(graph, _id(graph, state.name), state.on)]
    told = [(_ANY, f"{_TELLS}{each.event}", _id(graph, each.to)) for each in graph.after]
    opened = _moves(graph, EVERYWHERE, graph.anywhere)
    return [*own, *_moves(graph, _ANY, graph.throughout), *told, *opened]


def _moves(graph: Graph, source: str, among: Sequence[On]) -> list[tuple[str, str, str]]:
    """One arrow a pair of states: what stays is one loop."""
    found: dict[str, list[str]] = {}
    for each in among:
        found.setdefault(_id(graph, each.to) if each.to else source, []).append(_heard(each))
    return [(source, ", ".join(labels), target) for target, labels in found.items()]


def _heard(each: On | After) -> str:
    intents = ", ".join(getattr(each, "intents", ()))
    when = getattr(each, "when", "")
    return f"{intents} [{when}]" if when else intents


def _id(graph: Graph, target: str) -> str:
    return target.replace(".", "_") if "." in target else f"{graph.name}_{target}"
