"""All graphs together: which state a conversation is in, and what that state allows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from domain.dialogue.graph import Event, Graph, On, State

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from domain.conversation import Turn
    from domain.dialogue.graph import Action
    from domain.dialogue.state import Dialogue

START: Final = "home.idle"


@dataclass(frozen=True, slots=True)
class Place:
    """A state within its graph."""

    graph: Graph
    state: State

    @property
    def name(self) -> str:
        """`payment.confirming`."""
        return f"{self.graph.name}.{self.state.name}"


@dataclass(frozen=True, slots=True)
class Taken:
    """The transition that a turn takes, and the graph that declares it."""

    on: On
    graph: Graph

    @property
    def action(self) -> Action:
        """What is done."""
        return self.graph.actions[self.on.do]


@dataclass(frozen=True, slots=True)
class House:
    """Every dialogue that a conversation can have."""

    graphs: tuple[Graph, ...]

    def place(self, dialogue: Dialogue) -> Place:
        """Where the conversation stands; at the start, where its memory names no state that there is."""
        for place in self.places():
            if place.state.name == dialogue.stage and place.graph.belongs(dialogue):
                return place
        return self.named(START)

    def places(self) -> Iterator[Place]:
        """Every state there is."""
        return (Place(graph, state) for graph in self.graphs for state in graph.states)

    def named(self, name: str, near: str = "") -> Place:
        """The state of that name: `graph.state`, or a bare one of the graph `near`. Raises KeyError."""
        full = name if "." in name else f"{near}.{name}"
        for place in self.places():
            if place.name == full:
                return place
        raise KeyError(full)

    def graph(self, name: str) -> Graph:
        """Raises KeyError."""
        for graph in self.graphs:
            if graph.name == name:
                return graph
        raise KeyError(name)

    def transition(self, place: Place, dialogue: Dialogue, turn: Turn) -> Taken:
        """What is done about the turn here: the most particular transition whose guard holds, else the fallback."""
        own = _first(place.graph, (*place.state.on, *place.graph.throughout), dialogue, turn)
        if own is not None:
            return Taken(own, place.graph)
        for graph in self.graphs:
            found = _first(graph, graph.anywhere, dialogue, turn)
            if found is not None:
                return Taken(found, graph)
        return Taken(On((turn.intent,), place.graph.fallback), place.graph)

    def at(self, dialogue: Dialogue, target: str, near: str = "") -> Dialogue:
        """The same memory in this state. An empty target stays."""
        return replace(dialogue, stage=self.named(target, near).state.name) if target else dialogue

    def told(self, dialogue: Dialogue, graph: str, event: Event) -> Dialogue:
        """The same memory where this event of the graph's leads."""
        target = next(each.to for each in self.graph(graph).after if each.event is event)
        return self.at(dialogue, target, graph)

    def tools(self, dialogue: Dialogue) -> frozenset[str]:
        """What may be called where the conversation stands."""
        everywhere = (tool for graph in self.graphs for tool in graph.tools)
        return frozenset((*self.place(dialogue).state.tools, *everywhere))


def _first(graph: Graph, among: Sequence[On], dialogue: Dialogue, turn: Turn) -> On | None:
    for each in among:
        if turn.intent in each.intents and (not each.when or graph.guards[each.when](dialogue, turn)):
            return each
    return None
