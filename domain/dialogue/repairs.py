"""What is mended alike in every state: not understood, not heard, silence, going back to what was left open."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from domain.conversation import Turn
from domain.dialogue import explaining, phrases
from domain.dialogue.house import House, Place
from domain.dialogue.moves import Ask, HandOver, Say
from domain.dialogue.state import Asked, Dialogue, Missed
from domain.dialogue.wishes import Decided
from domain.understanding import Intent

ALL_RIGHT: Final = "All right."
SORRY: Final = "Sorry, I didn't get that."
STILL_NOT: Final = "I still didn't get that."
TO_A_PERSON: Final = "Or shall I pass you on to a person?"
STILL_THERE: Final = "Are you still there?"
TYPE_IT: Final = "You can also type it, in the app or on your phone's keypad."
NOTHING_TO_REPEAT: Final = "I haven't said anything yet."
IN_SHORT: Final = "Once more, in short:"
FIRST_THIS: Final = "Let's finish this first."
TRY_AGAIN: Final = "I can't reach the bank's systems just now. Nothing is lost. Shall I try again?"
STILL_OUT_OF_REACH: Final = "I still can't reach them."
STILL_OUT: Final = f"{STILL_OUT_OF_REACH} Shall I try once more?"
OR_A_PERSON: Final = "Shall I pass you on to a person? You can also ask me again later."
GONE_QUIET: Final = "I can't hear you, so I'll end here."
KEPT: Final = "What is open is kept: you can finish it in the app, or when you call again. Goodbye."
NOTHING_OPEN: Final = "Nothing was moved, and nothing is open. Call again at any time. Goodbye."
_COUNTED: Final = {Intent.UNKNOWN, Intent.NOT_OFFERED}
_BESIDE: Final = {Intent.CONFIRM, Intent.DENY, Intent.REPEAT, Intent.SILENCE}


def counted(dialogue: Dialogue, turn: Turn) -> Dialogue:
    """What every turn changes: how often in a row something went wrong; a question beside is answered or dropped."""
    intent = turn.intent
    misheard = dialogue.misheard + 1 if intent in _COUNTED else 0
    heard = replace(
        dialogue,
        misheard=dialogue.misheard if intent is Intent.SILENCE else misheard,
        silences=dialogue.silences + 1 if intent is Intent.SILENCE else 0,
        repeats=dialogue.repeats + 1 if intent is Intent.REPEAT else 0,
    )
    return heard if intent in _BESIDE else replace(heard, doubted="", asked=Asked.NOTHING, revoking="", stopping="")


def not_understood(dialogue: Dialogue, place: Place, turn: Turn) -> Decided:
    """First it is asked again, then with examples, then with a person offered; every time the question stays open."""
    again = place.again(dialogue)
    if turn.degraded:
        stands = "" if place.state.rest else f" {place.prompt(dialogue)}"
        return dialogue, Say(f"{explaining.simple_only(dialogue)}{stands}")
    if dialogue.misheard < 2:
        return dialogue, Say(phrases.NOT_UNDERSTOOD if place.state.rest else f"{SORRY} {place.prompt(dialogue)}")
    if dialogue.misheard == 2 or dialogue.case_id:
        return dialogue, Say(f"{STILL_NOT} {place.state.help} {again}")
    return replace(dialogue, asked=Asked.PERSON), Say(f"{STILL_NOT} {place.state.help} {TO_A_PERSON}")


def silence(dialogue: Dialogue, place: Place, _turn: Turn) -> Decided:
    """Asked again, then with another way to answer, then let go with what is open kept."""
    others = place.state.rest and (dialogue.held or dialogue.case_id)  # it is not the customer who is waited for
    if place.state.waits or dialogue.with_person or others:
        return replace(dialogue, silences=0), Say("")
    asked = dialogue.last_said.removeprefix(f"{STILL_THERE} ") if dialogue.asked else place.again(dialogue)
    if dialogue.silences < 2:
        return dialogue, Say(f"{STILL_THERE} {asked}")
    if dialogue.silences == 2:
        return dialogue, Say(f"{STILL_THERE} {place.state.help} {TYPE_IT}")
    kept = KEPT if dialogue.active is not None or dialogue.held else NOTHING_OPEN
    return replace(dialogue, silences=0), Say(f"{GONE_QUIET} {kept}", end=True)


def repeat(dialogue: Dialogue, place: Place, _turn: Turn) -> Decided:
    """The last sentence; asked for twice running, what is asked in short and how it can be answered."""
    if dialogue.repeats < 2 or place.state.rest:
        return dialogue, Say(dialogue.last_said or NOTHING_TO_REPEAT)
    return dialogue, Say(f"{IN_SHORT} {place.again(dialogue)} {place.state.help}")


def help_out(dialogue: Dialogue, place: Place, _turn: Turn) -> Decided:
    """What can be said here."""
    return dialogue, Say(place.state.help)


def out_of_reach(dialogue: Dialogue, move: Ask) -> tuple[Dialogue, str]:
    """A tool did not answer: first it is offered to try again, then a person."""
    times = dialogue.missed.times + 1 if dialogue.missed else 1
    missed = replace(dialogue, missed=Missed(move.tool, dict(move.arguments), times))
    if times == 1 or dialogue.case_id:
        return replace(missed, asked=Asked.AGAIN), TRY_AGAIN if times == 1 else STILL_OUT
    return replace(missed, asked=Asked.PERSON), f"{STILL_OUT_OF_REACH} {OR_A_PERSON}"


def try_again(dialogue: Dialogue, place: Place, turn: Turn) -> Decided:
    """Yes or no to whether what could not be looked up is looked up once more."""
    settled, missed = replace(dialogue, asked=Asked.NOTHING), dialogue.missed
    if turn.intent is Intent.CONFIRM and missed:
        return settled, Ask(missed.tool, missed.arguments)
    return replace(settled, missed=None), Say(f"{ALL_RIGHT} {place.again(dialogue)}")


def person(dialogue: Dialogue, place: Place, turn: Turn) -> Decided:
    """Yes or no to whether to pass the customer on."""
    settled = replace(dialogue, asked=Asked.NOTHING, misheard=0)
    if turn.intent is Intent.CONFIRM:
        return replace(settled, missed=None), HandOver("asked" if dialogue.missed else "not_understood")
    return settled, Say(f"{ALL_RIGHT} {place.again(dialogue)}")


REPAIRS: Final[Mapping[str, Callable[[Dialogue, Place, Turn], Decided]]] = {
    each.__name__: each for each in (not_understood, silence, repeat, help_out)
}
"""What every graph may name as an action without declaring it."""


def gone_back(house: House, before: Dialogue, after: Dialogue, text: str, *, aside: bool) -> str:
    """The text, and behind a digression, or a dialogue that ended in the middle of another, what is still open."""
    place = house.place(after)
    returned = len(after.paused) < len(before.paused)
    if after.with_person or place.state.rest or place.state.waits or not (aside or returned):
        return text
    again = place.again(after)
    if again in text or after.asked:
        return text
    begins = again if again.startswith(("I ", "I'")) else f"{again[0].lower()}{again[1:]}"
    return f"{text} Back to {place.graph.title}: {begins}".lstrip()
