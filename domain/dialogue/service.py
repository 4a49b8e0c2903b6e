"""What is understood in every dialogue: reads, codes, courtesies, and what was not understood."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain import errors
from domain.dialogue import phrases, standing
from domain.dialogue.answering import cancel
from domain.dialogue.moves import Ask, AwaitNews, FindMandate, HandOver, Resend, Say
from domain.dialogue.state import Dialogue
from domain.dialogue.wishes import SURE, Decided, problem_with

if TYPE_CHECKING:
    from domain.conversation import Turn


def revoke(dialogue: Dialogue, turn: Turn) -> Decided:
    """One that is being set up is cancelled; any other is looked for."""
    if problem := problem_with(dialogue, turn):
        return dialogue, Say(problem)
    payee, active = turn.slots.get("payee", ""), dialogue.active
    if active is not None and active.draft.standing and payee in {"", active.draft.payee}:
        return cancel(dialogue, turn)
    return dialogue, FindMandate(payee, sure=turn.confidence >= SURE)


def code_went_in(_dialogue: Dialogue, turn: Turn) -> bool:
    """Whether a code was in the words and has been handed in at the answer door."""
    return turn.heard_code


def tell_of_code(dialogue: Dialogue, turn: Turn) -> Decided:
    """What the answer door made of a code."""
    if not turn.answer_error:
        told = dialogue.active is None and dialogue.last_said
        return dialogue, Say(told) if told else AwaitNews(answered=turn.elicitation_id)
    refused = turn.answer_sentence or errors.by_code(turn.answer_error).spoken
    ended = turn.answer_error == errors.TooManyTriesError.code and dialogue.active is not None
    if ended and dialogue.active and dialogue.active.draft.purpose:
        return dialogue, AwaitNews()  # what is over was no payment
    return dialogue, AwaitNews(instead=refused) if ended else Say(refused)


def rest_of_code(dialogue: Dialogue, turn: Turn) -> Decided:
    """A code that was not caught, or not said to its end."""
    return dialogue, Say(phrases.CODE_UNCLEAR if turn.slots.get("unclear") else phrases.SIX_DIGITS)


def no_code_needed(dialogue: Dialogue, _turn: Turn) -> Decided:
    """A code, or the wish for one, where none is awaited."""
    return dialogue, Say(phrases.NO_CODE_NEEDED)


def resend(dialogue: Dialogue, turn: Turn) -> Decided:
    """A fresh code, where one is awaited."""
    question = dialogue.active.question if dialogue.active else None
    return (dialogue, Resend(question.elicitation_id)) if question else no_code_needed(dialogue, turn)


def tell_mandates(dialogue: Dialogue, _turn: Turn) -> Decided:
    """The standing mandates."""
    return dialogue, Ask("mandates")


def offer_instead(dialogue: Dialogue, turn: Turn) -> Decided:
    """What is not done here, and what comes nearest."""
    return dialogue, Say(standing.INSTEAD if turn.slots.get("topic") == "schedule" else phrases.NOT_OFFERED)


def greet(dialogue: Dialogue, _turn: Turn) -> Decided:
    """A greeting where nothing is open."""
    return dialogue, Say(phrases.greeting(dialogue.person.name))


def tell_status(dialogue: Dialogue, _turn: Turn) -> Decided:
    """What is open."""
    return dialogue, Say(phrases.where_it_stands(dialogue))


def welcome(dialogue: Dialogue, _turn: Turn) -> Decided:
    """An answer to thanks."""
    return dialogue, Say(phrases.WELCOME)


def goodbye(dialogue: Dialogue, _turn: Turn) -> Decided:
    """The end of a call; what is open is kept, and said."""
    if dialogue.active is None:
        return dialogue, Say(phrases.GOODBYE, end=True)
    return dialogue, Say(f"{phrases.where_it_stands(dialogue)} You can also finish it later. Goodbye.", end=True)


def nowhere_to_go_back(dialogue: Dialogue, _turn: Turn) -> Decided:
    """Nothing has been said that could be taken back."""
    return dialogue, Say(phrases.NOTHING_BEFORE)


def hand_over(dialogue: Dialogue, _turn: Turn) -> Decided:
    """The wish for a person."""
    return dialogue, HandOver("asked")
