"""What can be answered in a state: for whoever has to understand words there, a language model among them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.conversation import Expects
from domain.dialogue.graphs import HOUSE
from domain.understanding import Intent

if TYPE_CHECKING:
    from collections.abc import Iterable

    from domain.dialogue.graph import On


@dataclass(frozen=True, slots=True)
class Expected:
    """`likely`: intents that only this state or its dialogue knows; `slots`: what an answer may hold."""

    likely: tuple[Intent, ...] = ()
    possible: tuple[Intent, ...] = ()
    slots: tuple[str, ...] = ()
    listens: Expects = Expects.ANYTHING


def expected(state: str) -> Expected:
    """Of a `Reply.state`; several dialogues may have states of one name. One that nobody declares expects nothing."""
    places = [place for place in HOUSE.places() if place.state.name == state]
    if not places:
        return Expected()
    own = _intents(each for place in places for each in (*place.state.on, *place.graph.throughout))
    anywhere = _intents(each for graph in HOUSE.graphs for each in graph.anywhere)
    slots = dict.fromkeys(slot for place in places for slot in place.state.slots)
    return Expected(own, tuple(each for each in anywhere if each not in own), tuple(slots), places[0].state.expects)


def _intents(among: Iterable[On]) -> tuple[Intent, ...]:
    return tuple(dict.fromkeys(intent for each in among for intent in each.intents))
