"""Decides what to do about a turn. Pure: the same state and turn give the same move."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from domain.dialogue.graphs import HOUSE
from domain.dialogue.state import Asked, Dialogue
from domain.understanding import Intent

if TYPE_CHECKING:
    from domain.conversation import Turn
    from domain.dialogue.wishes import Decided


def decide(dialogue: Dialogue, turn: Turn) -> Decided:
    """The state after hearing `turn`, and the move that it calls for."""
    heard = _heard(dialogue, turn)
    place = HOUSE.place(heard)
    taken = HOUSE.transition(place, heard, turn)
    after, move = taken.action(heard, turn)
    return HOUSE.at(after, taken.on.to, taken.graph.name), move


def _heard(dialogue: Dialogue, turn: Turn) -> Dialogue:
    """What every turn changes: how often in a row nothing was understood; a question beside is answered or dropped."""
    understood = turn.intent not in {Intent.UNKNOWN, Intent.NOT_OFFERED}
    heard = replace(dialogue, misheard=0 if understood else dialogue.misheard + 1)
    if turn.intent in {Intent.CONFIRM, Intent.DENY}:
        return heard
    return replace(heard, doubted="", asked=Asked.NOTHING, revoking="")
