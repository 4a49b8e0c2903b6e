"""All graphs together: which state a conversation is in, what that state allows, and where it goes on."""

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
DEEPEST: Final = 2
"""How many dialogues a customer may leave open for another one."""


@dataclass(frozen=True, slots=True)
class Place:
    """A state within its graph."""

    graph: Graph
    state: State

    @property
    def name(self) -> str:
        """`payment.confirming`."""
        return f"{self.graph.name}.{self.state.name}"

    def prompt(self, dialogue: Dialogue) -> str:
        """What is asked here."""
        return self.graph.prompts[self.state.prompt](dialogue)

    def again(self, dialogue: Dialogue) -> str:
        """What is asked here, in short."""
        return self.graph.prompts[self.state.again or self.state.prompt](dialogue)


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

    def opens(self, place: Place, taken: Taken) -> str:
        """The graph that the transition opens beside the one that is open here, or nothing."""
        if place.state.rest or not taken.on.to or taken.graph is place.graph:
            return ""
        return self.named(taken.on.to, taken.graph.name).graph.name

    def paused(self, dialogue: Dialogue, place: Place) -> Dialogue:
        """The same memory, to come back to this place."""
        return replace(dialogue, paused=(*_without(dialogue.paused, place.graph), place.name))

    def leaving(self, dialogue: Dialogue, name: str) -> Dialogue:
        """The same memory without this place to come back to."""
        return replace(dialogue, paused=tuple(each for each in dialogue.paused if each != name))

    def at(self, dialogue: Dialogue, target: str, near: str = "") -> Dialogue:
        """The same memory in this state. An empty target stays; from the start it goes back to what was paused."""
        if not target:
            return dialogue
        place = self.named(target, near)
        if place.name == START and dialogue.paused:
            return self.back(dialogue)
        return replace(dialogue, stage=place.state.name)

    def back(self, dialogue: Dialogue) -> Dialogue:
        """The same memory in the place that was paused last."""
        *others, last = dialogue.paused
        return replace(dialogue, stage=self.named(last).state.name, paused=tuple(others))

    def told(self, dialogue: Dialogue, name: str, event: Event) -> Dialogue:
        """The same memory where this event leads. What is asked takes the floor; what ends leaves it to whose it is."""
        graph = next(each for each in self.graphs if each.name == name)
        target = next(each.to for each in graph.after if each.event is event)
        here = self.place(dialogue)
        rest = replace(dialogue, paused=_without(dialogue.paused, graph))
        if here.state.rest or graph.state(here.state.name):
            return self.at(rest, target, name)
        if self.named(target, name).name == START:
            return rest
        return self.at(self.paused(rest, here), target, name)

    def tools(self, dialogue: Dialogue) -> frozenset[str]:
        """What may be called where the conversation stands."""
        everywhere = (tool for graph in self.graphs for tool in graph.tools)
        return frozenset((*self.place(dialogue).state.tools, *everywhere))


def _without(paused: tuple[str, ...], graph: Graph) -> tuple[str, ...]:
    """States of one name are one place, whichever of two dialogues the memory is of."""
    return tuple(each for each in paused if graph.state(each.partition(".")[2]) is None)


def _first(graph: Graph, among: Sequence[On], dialogue: Dialogue, turn: Turn) -> On | None:
    for each in among:
        if turn.intent in each.intents and (not each.when or graph.guards[each.when](dialogue, turn)):
            return each
    return None
