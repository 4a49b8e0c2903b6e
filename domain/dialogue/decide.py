"""Decides what to do about a turn. Pure: the same state and turn give the same move."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from domain.dialogue import repairs
from domain.dialogue.graphs import HOUSE
from domain.dialogue.house import DEEPEST
from domain.dialogue.moves import Say, topic_of
from domain.dialogue.state import Asked
from domain.understanding import Intent

if TYPE_CHECKING:
    from domain.conversation import Turn
    from domain.dialogue.house import Place, Taken
    from domain.dialogue.state import Dialogue
    from domain.dialogue.wishes import Decided


def decide(dialogue: Dialogue, turn: Turn) -> Decided:
    """The state after hearing `turn`, and the move that it calls for."""
    if dialogue.with_person and not turn.heard_code and turn.by != "screen":
        return dialogue, Say("")
    heard = repairs.counted(dialogue, turn)
    place = HOUSE.place(heard)
    if heard.asked == Asked.PERSON and turn.intent in {Intent.CONFIRM, Intent.DENY}:
        return repairs.person(heard, place, turn)
    if heard.asked == Asked.AGAIN and turn.intent in {Intent.CONFIRM, Intent.DENY}:
        return repairs.try_again(heard, place, turn)
    taken = HOUSE.transition(place, heard, turn)
    if opened := HOUSE.opens(place, taken):
        return _digress(heard, turn, place, taken, opened)
    return _take(heard, turn, place, taken)


def answered(before: Dialogue, after: Dialogue, turn: Turn, text: str) -> str:
    """What is said in all: behind a digression, what was left open is asked again."""
    heard = repairs.counted(before, turn)
    taken = HOUSE.transition(HOUSE.place(heard), heard, turn)
    return repairs.gone_back(HOUSE, before, after, text, aside=taken.on.aside)


def _take(dialogue: Dialogue, turn: Turn, place: Place, taken: Taken) -> Decided:
    repair = repairs.REPAIRS.get(taken.on.do)
    after, move = repair(dialogue, place, turn) if repair else taken.action(dialogue, turn)
    after = replace(after, topic=topic_of(move) or after.topic)
    return HOUSE.at(after, taken.on.to, taken.graph.name), move


def _digress(dialogue: Dialogue, turn: Turn, place: Place, taken: Taken, opened: str) -> Decided:
    """Another dialogue, in the middle of this one: begun, or gone back to where it was left."""
    left = next((each for each in dialogue.paused if each.startswith(f"{opened}.")), "")
    if left:
        there = HOUSE.at(HOUSE.paused(HOUSE.leaving(dialogue, left), place), left)
        again = HOUSE.place(there)
        return _take(there, turn, again, HOUSE.transition(again, there, turn))
    if len(dialogue.paused) >= DEEPEST:
        return dialogue, Say(f"{repairs.FIRST_THIS} {place.prompt(dialogue)}")
    after, move = _take(HOUSE.paused(dialogue, place), turn, place, taken)
    return after, move
