"""Yes, no and stop: what they answer, and what they end."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from domain.dialogue import elsewhere, phrases
from domain.dialogue.moves import Answer, CallBack, Revoke, Say, StopOrder, Withdraw
from domain.dialogue.state import Asked, Dialogue, Held, Stage
from domain.dialogue.wishes import SURE, Decided, amend, mentions

if TYPE_CHECKING:
    from domain.conversation import Turn
    from domain.elicitation import ElicitationRequest


def confirm(dialogue: Dialogue, turn: Turn) -> Decided:
    """A yes, to what was open when it was begun."""
    question = dialogue.active.question if dialogue.active else None
    if question is not None and turn.asked not in {None, question.elicitation_id}:
        return dialogue, Say(phrases.where_it_stands(dialogue))
    return _yes_or_no(dialogue, turn, confirmed=True)


def deny(dialogue: Dialogue, turn: Turn) -> Decided:
    """A no, or a no with what is meant instead."""
    if any(turn.slots.get(slot) for slot in ("amount", "payee", "account")) and _can_change(dialogue):
        return amend(dialogue, turn)
    return _yes_or_no(dialogue, turn, confirmed=False)


def _can_change(dialogue: Dialogue) -> bool:
    """Who speaks is one person, and nothing about that can be another way."""
    return dialogue.active is not None and not dialogue.active.draft.purpose


def asked_beside(dialogue: Dialogue, _turn: Turn) -> bool:
    """Whether a yes or no belongs to something that was asked beside what is put together."""
    return dialogue.asked in {Asked.REVOKE, Asked.CALL_BACK}


def let_go(dialogue: Dialogue, _turn: Turn) -> Decided:
    """A no to what is still being put together."""
    return replace(dialogue, draft=None), Say(phrases.ANYTHING_ELSE)


def drop(dialogue: Dialogue, _turn: Turn) -> Decided:
    """A stop to what is still being put together."""
    return replace(dialogue, draft=None), Say("Cancelled. Nothing was moved.")


def leave(dialogue: Dialogue, _turn: Turn) -> Decided:
    """The end of a call, and of what was still being put together."""
    return replace(dialogue, draft=None), Say(phrases.GOODBYE, end=True)


def _yes_or_no(dialogue: Dialogue, turn: Turn, *, confirmed: bool) -> Decided:
    """One ear's yes is asked again; the same word twice running is believed."""
    question = dialogue.active.question if dialogue.active else None
    if dialogue.asked == Asked.REVOKE or (dialogue.asked == Asked.CALL_BACK and dialogue.held):
        return _called_back(dialogue, turn, confirmed=confirmed)
    if question is None:
        waiting = dialogue.active is not None or dialogue.draft is not None
        return dialogue, Say(phrases.where_it_stands(dialogue) if waiting else phrases.NOTHING_TO_CONFIRM)
    if dialogue.asked == Asked.CHANGE:  # neither answers which amount or payee was meant, nor the older question
        return replace(dialogue, asked=Asked.NOTHING, doubted=""), Say(phrases.where_it_stands(dialogue))
    if dialogue.stage != Stage.CONFIRMING and dialogue.asked != Asked.CANCEL:
        return _no_code(dialogue, question, confirmed=confirmed)
    if turn.confidence < SURE and dialogue.doubted != turn.intent:
        return replace(dialogue, doubted=turn.intent), Say(phrases.YES_OR_NO)
    return _believed(dialogue, question, confirmed=confirmed)


def _believed(dialogue: Dialogue, question: ElicitationRequest, *, confirmed: bool) -> Decided:
    """A yes or no to the read-back, or to whether to cancel."""
    settled = replace(dialogue, doubted="", asked=Asked.NOTHING)
    if dialogue.asked != Asked.CANCEL:
        return settled, Answer(question.elicitation_id, confirmed=confirmed)
    if confirmed:
        return settled, Withdraw(question.elicitation_id)
    return settled, Say(phrases.kept(phrases.where_it_stands(dialogue)))


def _no_code(dialogue: Dialogue, question: ElicitationRequest, *, confirmed: bool) -> Decided:
    """Yes or no where a code is awaited."""
    if confirmed:
        return dialogue, Say(phrases.where_it_stands(dialogue))
    return replace(dialogue, asked=Asked.CANCEL), Say(phrases.shall_i_cancel(question))


def cancel(dialogue: Dialogue, turn: Turn) -> Decided:
    """A stop, to what is named or open."""
    named = _named(dialogue, turn)
    if named:
        return _call_back(dialogue, named, sure=True)
    if dialogue.active is not None:
        if dialogue.active.question is None:
            return dialogue, Say(phrases.UNDER_WAY)
        return dialogue, Withdraw(dialogue.active.question.elicitation_id)
    if dialogue.held:
        return _call_back(dialogue, list(dialogue.held), sure=mentions(turn, "payment"))
    return dialogue, Say(phrases.NOTHING_TO_CANCEL)


def names_held(dialogue: Dialogue, turn: Turn) -> bool:
    """Whether a stop names a payment that waits for hours."""
    return bool(_named(dialogue, turn))


def _named(dialogue: Dialogue, turn: Turn) -> list[Held]:
    active = dialogue.active.draft.payee if dialogue.active else ""
    return [held for held in dialogue.held if held.payee != active and mentions(turn, held.payee)]


def _call_back(dialogue: Dialogue, meant: list[Held], *, sure: bool) -> Decided:
    """A payment that has waited for hours is not cancelled by a mere stop; one that is on its way is not at all."""
    here = [held for held in meant if not held.gone]
    if not here:
        return dialogue, Say(elsewhere.too_late(meant[0]))
    if len(here) > 1:
        return dialogue, Say(phrases.which_to_cancel(here))
    if sure:
        return dialogue, CallBack(here[0].payment_id)
    return replace(dialogue, asked=Asked.CALL_BACK), Say(phrases.shall_i_call_back(here[0]))


def _called_back(dialogue: Dialogue, turn: Turn, *, confirmed: bool) -> Decided:
    """Yes or no to whether to cancel what has waited for hours, or to revoke a mandate."""
    if turn.confidence < SURE and dialogue.doubted != turn.intent:
        return replace(dialogue, doubted=turn.intent), Say(phrases.YES_OR_NO)
    settled = replace(dialogue, doubted="", asked=Asked.NOTHING, revoking="", stopping="")
    if not confirmed:
        return settled, Say(phrases.STAYS)
    if dialogue.stopping:
        return settled, StopOrder(dialogue.stopping)
    if dialogue.revoking:
        return settled, Revoke(dialogue.revoking)
    here = [held for held in dialogue.held if not held.gone] or list(dialogue.held)
    return settled, CallBack(here[-1].payment_id)
