"""Decides what to do about a turn. Pure: the same state and turn give the same move."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from domain import errors
from domain.dialogue import phrases, standing
from domain.dialogue.another import asks_for_another, asks_to_change
from domain.dialogue.moves import (
    Answer,
    Ask,
    AwaitNews,
    CallBack,
    Correct,
    FindMandate,
    Move,
    Pay,
    Resend,
    Revoke,
    Say,
    SetUp,
    Withdraw,
)
from domain.dialogue.state import Asked, Dialogue, Draft, Held, Stage
from domain.understanding import Intent

if TYPE_CHECKING:
    from collections.abc import Callable

    from domain.conversation import Turn
    from domain.elicitation import ElicitationRequest

Decided = tuple[Dialogue, Move]
SURE: Final = 1.0


def decide(dialogue: Dialogue, turn: Turn) -> Decided:
    """The state after hearing `turn`, and the move that it calls for."""
    understood = turn.intent not in {Intent.UNKNOWN, Intent.NOT_OFFERED}
    heard = replace(dialogue, misheard=0 if understood else dialogue.misheard + 1)
    if turn.intent not in {Intent.CONFIRM, Intent.DENY}:
        heard = replace(heard, doubted="", asked=Asked.NOTHING, revoking="")
    return _BY_INTENT[turn.intent](heard, turn)


def _pay(dialogue: Dialogue, turn: Turn) -> Decided:
    if dialogue.active is not None:
        if dialogue.active.draft.standing:
            return dialogue, Say(phrases.one_at_a_time(phrases.where_it_stands(dialogue)))
        same_payee = turn.slots.get("payee", dialogue.active.draft.payee) == dialogue.active.draft.payee
        if dialogue.stage is Stage.CONFIRMING or same_payee:
            return _amend(dialogue, turn)
        return dialogue, Say(phrases.one_at_a_time(phrases.where_it_stands(dialogue)))
    if dialogue.held and asks_to_change(turn.text):
        return _amend_held(dialogue, turn)
    return _fill(dialogue, Draft(), turn)


def _mandate(dialogue: Dialogue, turn: Turn) -> Decided:
    """A wish for a standing mandate, or a change of the one that is read back."""
    active, draft = dialogue.active, dialogue.draft
    if active is None:
        return _fill(dialogue, draft if draft is not None and draft.standing else Draft(standing=True), turn)
    if active.draft.standing and dialogue.stage is Stage.CONFIRMING:
        return _amend(dialogue, turn)
    return dialogue, Say(phrases.one_at_a_time(phrases.where_it_stands(dialogue)))


def _revoke(dialogue: Dialogue, turn: Turn) -> Decided:
    """One that is being set up is cancelled; any other is looked for."""
    if problem := _problem(dialogue, turn):
        return dialogue, Say(problem)
    payee, active = turn.slots.get("payee", ""), dialogue.active
    if active is not None and active.draft.standing and payee in {"", active.draft.payee}:
        return _cancel(dialogue, turn)
    return dialogue, FindMandate(payee, sure=turn.confidence >= SURE)


def _amend(dialogue: Dialogue, turn: Turn) -> Decided:
    active = dialogue.active
    if active is None:
        waits = dialogue.held and dialogue.draft is None
        return _amend_held(dialogue, turn) if waits else _fill(dialogue, dialogue.draft or Draft(), turn)
    if active.question is None:
        return dialogue, Say(phrases.UNDER_WAY)
    if asks_for_another(turn.text):
        return dialogue, Say(phrases.one_at_a_time(phrases.where_it_stands(dialogue)))
    problem = _problem(dialogue, turn)
    if problem:
        return replace(dialogue, asked=Asked.CHANGE), Say(problem)
    changed = _merged(active.draft, turn)
    if changed == active.draft:
        return dialogue, Say(phrases.where_it_stands(dialogue))
    # other terms are another mandate, with countersigns of its own
    again = SetUp(changed, instead_of=active.question.elicitation_id) if changed.standing else None
    return dialogue, again or _correction(active.payment_id, active.draft, changed)


def _how_often(dialogue: Dialogue, turn: Turn) -> Decided:
    """A change; `monthly` alone says something only where a mandate is talked about."""
    talked_of = dialogue.active.draft if dialogue.active else dialogue.draft
    if turn.slots.keys() == {"period"} and not (talked_of and talked_of.standing):
        return _unknown(dialogue, turn)
    return _amend(dialogue, turn)


def _amend_held(dialogue: Dialogue, turn: Turn) -> Decided:
    """A payment that waits for a supervisor, or cools off: the one whose payee is named, or the only one."""
    problem = _problem(dialogue, turn)
    if problem or turn.confidence < SURE:  # what others have looked at for hours is not void by half a hearing
        return dialogue, Say(problem or phrases.CHANGE_AGAIN)
    named = [held for held in dialogue.held if _mentions(turn, held.payee)]
    meant = named or list(dialogue.held)
    if len(meant) > 1:
        return dialogue, Say(phrases.which_to_change(meant))
    unsaid = Draft(account="")
    changed = _merged(unsaid, turn)
    if changed == unsaid:
        return dialogue, Say(phrases.what_to_change(meant[0]))
    return dialogue, _correction(meant[0].payment_id, unsaid, changed)


def _correction(payment_id: str, before: Draft, after: Draft) -> Correct:
    """Only what differs: the rest may have been changed on another device."""
    return Correct(
        payment_id,
        amount=after.amount if after.amount != before.amount else "",
        payee=after.payee if after.payee != before.payee else "",
        account=after.account if after.account != before.account else "",
    )


def _fill(dialogue: Dialogue, draft: Draft, turn: Turn) -> Decided:
    """Put what was said into the draft; pay once it is whole."""
    draft = _merged(draft, turn)
    asking = replace(dialogue, draft=draft, stage=Stage.COLLECTING)
    problem = _problem(dialogue, turn)
    if problem:
        return asking, Say(problem)
    if not draft.whole:
        return asking, Say(phrases.next_question(draft))
    return asking, SetUp(draft) if draft.standing else Pay(draft)


def _problem(dialogue: Dialogue, turn: Turn) -> str:
    """What about the slots needs another word, or nothing."""
    if turn.slots.get("payee_candidates"):
        return phrases.which_payee(turn.slots["payee_candidates"].split("|"))
    if turn.slots.get("payee_known") == "no":
        return phrases.unknown_payee(turn.slots.get("payee", ""), dialogue.person.payees)
    if turn.slots.get("amount_choices"):
        return phrases.which_amount(turn.slots["amount_choices"].split("|"))
    return phrases.HOW_MUCH_AGAIN if turn.slots.get("amount_unclear") else ""


def _merged(draft: Draft, turn: Turn) -> Draft:
    known = turn.slots.get("payee_known", "yes") == "yes"
    return replace(
        draft,
        amount=turn.slots.get("amount") or draft.amount,
        payee=(turn.slots.get("payee") if known else None) or draft.payee,
        account=turn.slots.get("account") or draft.account,
        period=turn.slots.get("period") or draft.period,
    )


def _confirm(dialogue: Dialogue, turn: Turn) -> Decided:
    question = dialogue.active.question if dialogue.active else None
    if question is not None and turn.asked not in {None, question.elicitation_id}:
        return dialogue, Say(phrases.where_it_stands(dialogue))
    return _yes_or_no(dialogue, turn, confirmed=True)


def _deny(dialogue: Dialogue, turn: Turn) -> Decided:
    if any(turn.slots.get(slot) for slot in ("amount", "payee", "account")) and dialogue.active is not None:
        return _amend(dialogue, turn)
    if dialogue.active is None and dialogue.draft is not None:
        return replace(dialogue, draft=None, stage=Stage.IDLE), Say(phrases.ANYTHING_ELSE)
    return _yes_or_no(dialogue, turn, confirmed=False)


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
    if dialogue.stage is not Stage.CONFIRMING and dialogue.asked != Asked.CANCEL:
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


def _cancel(dialogue: Dialogue, turn: Turn) -> Decided:
    active = dialogue.active.draft.payee if dialogue.active else ""
    named = [held for held in dialogue.held if held.payee != active and _mentions(turn, held.payee)]
    if named:
        return _call_back(dialogue, named, sure=True)
    if dialogue.active is not None:
        if dialogue.active.question is None:
            return dialogue, Say(phrases.UNDER_WAY)
        return dialogue, Withdraw(dialogue.active.question.elicitation_id)
    if dialogue.draft is not None:
        return replace(dialogue, draft=None, stage=Stage.IDLE), Say("Cancelled. Nothing was moved.")
    if dialogue.held:
        return _call_back(dialogue, list(dialogue.held), sure=_mentions(turn, "payment"))
    return dialogue, Say(phrases.NOTHING_TO_CANCEL)


def _mentions(turn: Turn, words: str) -> bool:
    return words.casefold() in turn.text.casefold() or turn.slots.get("payee") == words


def _call_back(dialogue: Dialogue, meant: list[Held], *, sure: bool) -> Decided:
    """A payment that has waited for hours is not cancelled by a mere stop."""
    if len(meant) > 1:
        return dialogue, Say(phrases.which_to_cancel(meant))
    if sure:
        return dialogue, CallBack(meant[0].payment_id)
    return replace(dialogue, asked=Asked.CALL_BACK), Say(phrases.shall_i_call_back(meant[0]))


def _called_back(dialogue: Dialogue, turn: Turn, *, confirmed: bool) -> Decided:
    """Yes or no to whether to cancel what has waited for hours, or to revoke a mandate."""
    if turn.confidence < SURE and dialogue.doubted != turn.intent:
        return replace(dialogue, doubted=turn.intent), Say(phrases.YES_OR_NO)
    settled = replace(dialogue, doubted="", asked=Asked.NOTHING, revoking="")
    if not confirmed:
        return settled, Say(phrases.STAYS)
    return settled, Revoke(dialogue.revoking) if dialogue.revoking else CallBack(dialogue.held[-1].payment_id)


def _code(dialogue: Dialogue, turn: Turn) -> Decided:
    if turn.heard_code:
        if not turn.answer_error:
            told = dialogue.active is None and dialogue.last_said
            return dialogue, Say(told) if told else AwaitNews()
        refused = turn.answer_sentence or errors.by_code(turn.answer_error).spoken
        ended = turn.answer_error == errors.TooManyTriesError.code and dialogue.active is not None
        return dialogue, AwaitNews(instead=refused) if ended else Say(refused)
    if dialogue.stage is not Stage.AWAITING_CODE:
        return dialogue, Say(phrases.NO_CODE_NEEDED)
    return dialogue, Say(phrases.CODE_UNCLEAR if turn.slots.get("unclear") else phrases.SIX_DIGITS)


def _resend(dialogue: Dialogue, _turn: Turn) -> Decided:
    if dialogue.stage is Stage.AWAITING_CODE and dialogue.active and dialogue.active.question:
        return dialogue, Resend(dialogue.active.question.elicitation_id)
    return dialogue, Say(phrases.NO_CODE_NEEDED)


def _unknown(dialogue: Dialogue, turn: Turn) -> Decided:
    if dialogue.stage is Stage.COLLECTING and any(turn.slots.values()):
        return _fill(dialogue, dialogue.draft or Draft(), turn)
    if dialogue.stage is not Stage.IDLE:
        stands = phrases.where_it_stands(dialogue)
        ways_out = f" {phrases.OR_CANCEL}" if dialogue.stage is Stage.AWAITING_CODE else ""
        return dialogue, Say(f"Sorry, I didn't get that. {stands}{ways_out}")
    return dialogue, Say(phrases.NOT_UNDERSTOOD if dialogue.misheard < 2 else phrases.NOT_UNDERSTOOD_AGAIN)


def _balance(dialogue: Dialogue, turn: Turn) -> Decided:
    return dialogue, Ask("balance", {"account": turn.slots.get("account", "")})


def _transactions(dialogue: Dialogue, turn: Turn) -> Decided:
    count = turn.slots.get("count", "")
    limit = min(max(int(count), 1), 20) if count.isdigit() else 3
    return dialogue, Ask("transactions", {"account": turn.slots.get("account", "checking"), "limit": limit})


def _saying(text: str, *, end: bool = False) -> Callable[[Dialogue, Turn], Decided]:
    return lambda dialogue, _turn: (dialogue, Say(text, end=end))


def _not_offered(dialogue: Dialogue, turn: Turn) -> Decided:
    return dialogue, Say(standing.INSTEAD if turn.slots.get("topic") == "schedule" else phrases.NOT_OFFERED)


def _greet(dialogue: Dialogue, _turn: Turn) -> Decided:
    if dialogue.stage is Stage.IDLE:
        return dialogue, Say(phrases.greeting(dialogue.person.name))
    return dialogue, Say(phrases.where_it_stands(dialogue))


def _status(dialogue: Dialogue, _turn: Turn) -> Decided:
    return dialogue, Say(phrases.where_it_stands(dialogue))


def _repeat(dialogue: Dialogue, _turn: Turn) -> Decided:
    return dialogue, Say(dialogue.last_said or phrases.greeting(dialogue.person.name))


def _goodbye(dialogue: Dialogue, _turn: Turn) -> Decided:
    if dialogue.active is not None:
        return dialogue, Say(f"{phrases.where_it_stands(dialogue)} You can also finish it later. Goodbye.", end=True)
    return replace(dialogue, draft=None, stage=Stage.IDLE), Say(phrases.GOODBYE, end=True)


_BY_INTENT: Final[dict[Intent, Callable[[Dialogue, Turn], Decided]]] = {
    Intent.PAY: _pay,
    Intent.AMEND: _how_often,
    Intent.CONFIRM: _confirm,
    Intent.DENY: _deny,
    Intent.CANCEL: _cancel,
    Intent.CODE: _code,
    Intent.RESEND: _resend,
    Intent.BALANCE: _balance,
    Intent.TRANSACTIONS: _transactions,
    Intent.STATUS: _status,
    Intent.MANDATE: _mandate,
    Intent.MANDATES: lambda dialogue, _turn: (dialogue, Ask("mandates")),
    Intent.REVOKE: _revoke,
    Intent.REPEAT: _repeat,
    Intent.HELP: _saying(phrases.HELP),
    Intent.AGENT: _saying(phrases.NO_PERSON),
    Intent.GREET: _greet,
    Intent.THANKS: _saying(phrases.WELCOME),
    Intent.GOODBYE: _goodbye,
    Intent.NOT_OFFERED: _not_offered,
    Intent.UNKNOWN: _unknown,
}
