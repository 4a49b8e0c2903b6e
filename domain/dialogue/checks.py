"""What must be true of the graphs before a process may start."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from domain.dialogue.house import START
from domain.dialogue.repairs import REPAIRS
from domain.understanding import Intent

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from domain.dialogue.graph import Graph, On
    from domain.dialogue.house import House, Place

TOOLS: Final = frozenset(
    {
        "balance",
        "transactions",
        "spending",
        "loans",
        "credit",
        "cards",
        "scheduled",
        "alerts",
        "payment",
        "payment_resume",
        "payment_correct",
        "payment_cancel",
        "transfer",
        "elicitation_cancel",
        "mandates",
        "mandate_create",
        "mandate_revoke",
        "standing_orders",
    }
)
"""Every tool of the bank that a conversation may come to call."""


class GraphError(ValueError):
    """A dialogue that nobody could hold; its text has one line a fault."""


def check(house: House) -> None:
    """Raises GraphError with every fault that there is."""
    names = [*_unknown_names(house), *_doubled(house)]
    # ways can only be walked where every name leads somewhere
    faults = names or [*_lost_ways(house), *_masked(house)]
    if faults:
        raise GraphError("\n".join(faults))


def _unknown_names(house: House) -> Iterator[str]:
    known = {place.name for place in house.places()}
    if START not in known:
        yield f"there is no {START}"
    for graph in house.graphs:
        yield from _unknown_in(graph, known)


def _unknown_in(graph: Graph, known: set[str]) -> Iterator[str]:
    if graph.states and not graph.fallback:
        yield f"{graph.name}: no fallback"
    elif graph.fallback and graph.fallback not in graph.actions and graph.fallback not in REPAIRS:
        yield f"{graph.name}: unknown fallback {graph.fallback}"
    for after in graph.after:
        if _full(graph, after.to) not in known:
            yield f"{graph.name}, after {after.event}: unknown target {after.to}"
    for where, each in _transitions(graph):
        yield from _unknown_of(graph, where, each, known)
    for state in graph.states:
        asked = (state.prompt, state.again or state.prompt)
        yield from (f"{graph.name}.{state.name}: unknown prompt {each}" for each in asked if each not in graph.prompts)
        if not state.help:
            yield f"{graph.name}.{state.name}: no help"
        if not state.rest and not graph.title:
            yield f"{graph.name}: no title to go back to"
        yield from _unknown_tools(f"{graph.name}.{state.name}", state.tools)
    yield from _unknown_tools(graph.name, graph.tools)


def _unknown_of(graph: Graph, where: str, each: On, known: set[str]) -> Iterator[str]:
    if each.do not in graph.actions and each.do not in REPAIRS:
        yield f"{where}: unknown action {each.do}"
    if each.when and each.when not in graph.guards:
        yield f"{where}: unknown guard {each.when}"
    if each.to and _full(graph, each.to) not in known:
        yield f"{where}: unknown target {each.to}"


def _unknown_tools(where: str, tools: Sequence[str]) -> Iterator[str]:
    yield from (f"{where}: unknown tool {tool}" for tool in tools if tool not in TOOLS)


def _doubled(house: House) -> Iterator[str]:
    graphs = Counter(graph.name for graph in house.graphs)
    states = Counter(place.name for place in house.places())
    yield from (f"{name}: declared twice" for name, count in (graphs + states).items() if count > 1)
    for graph in house.graphs:
        events = Counter(each.event for each in graph.after)
        yield from (f"{graph.name}, after {event}: two targets" for event, count in events.items() if count > 1)


def _masked(house: House) -> Iterator[str]:
    """Transitions that can never be taken, because one without a guard comes first; in `anywhere`, of any graph."""
    for graph in house.graphs:
        yield from _overlaps(graph.name, graph.throughout)
        for state in graph.states:
            yield from _overlaps(f"{graph.name}.{state.name}", state.on)
    yield from _overlaps("anywhere", tuple(each for graph in house.graphs for each in graph.anywhere))


def _overlaps(where: str, among: Sequence[On]) -> Iterator[str]:
    decided: set[Intent] = set()
    for each in among:
        yield from (f"{where}: two transitions on {intent}" for intent in each.intents if intent in decided)
        if not each.when:
            decided.update(each.intents)


def _lost_ways(house: House) -> Iterator[str]:
    """States that nothing leads to, that nothing leads out of, and that cannot be cancelled."""
    ways = {place.name: _leads_to(place) for place in house.places()}
    far = {_full(graph, each.to) for graph in house.graphs for each in graph.anywhere if each.to}
    far |= {_full(graph, each.to) for graph in house.graphs if not graph.states for each in graph.after}
    reached = _closure({START, *far}, ways)
    yield from (f"{name}: nothing leads there" for name in ways if name not in reached)
    for place in house.places():
        ends = any(house.named(name).state.rest for name in _closure({place.name}, ways))
        if not ends:
            yield f"{place.name}: nothing leads out to where a conversation may end"
        own = (*place.state.on, *place.graph.throughout)
        if not place.state.rest and not any(Intent.CANCEL in each.intents and not each.when for each in own):
            yield f"{place.name}: nothing is done about cancel"


def _leads_to(place: Place) -> set[str]:
    """By its own dialogue: that one may change the subject is no way out."""
    graph = place.graph
    own = (*place.state.on, *graph.throughout)
    return {*(_full(graph, each.to) for each in own if each.to), *(_full(graph, each.to) for each in graph.after)}


def _closure(start: set[str], ways: dict[str, set[str]]) -> set[str]:
    reached, new = set[str](), set(start)
    while new:
        reached |= new
        new = {each for name in new for each in ways[name]} - reached
    return reached


def _transitions(graph: Graph) -> Iterator[tuple[str, On]]:
    yield from ((graph.name, each) for each in (*graph.throughout, *graph.anywhere))
    for state in graph.states:
        yield from ((f"{graph.name}.{state.name}", each) for each in state.on)


def _full(graph: Graph, target: str) -> str:
    return target if "." in target else f"{graph.name}.{target}"
