"""Decides what to do about a turn. Pure: the same state and turn give the same move."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from domain import errors
from domain.dialogue import inquiries, phrases, standing
from domain.dialogue.answering import cancel, confirm, deny
from domain.dialogue.moves import Ask, AwaitNews, FindMandate, Resend, Say
from domain.dialogue.outside import outside
from domain.dialogue.state import Asked, Dialogue, Draft, Stage
from domain.dialogue.wishes import SURE, Decided, amend, fill, mandate, pay, problem_with
from domain.understanding import Intent

if TYPE_CHECKING:
    from collections.abc import Callable

    from domain.conversation import Turn


def decide(dialogue: Dialogue, turn: Turn) -> Decided:
    """The state after hearing `turn`, and the move that it calls for."""
    understood = turn.intent not in {Intent.UNKNOWN, Intent.NOT_OFFERED}
    heard = replace(dialogue, misheard=0 if understood else dialogue.misheard + 1)
    if turn.intent not in {Intent.CONFIRM, Intent.DENY}:
        heard = replace(heard, doubted="", asked=Asked.NOTHING, revoking="")
    return _BY_INTENT[turn.intent](heard, turn)


def _revoke(dialogue: Dialogue, turn: Turn) -> Decided:
    """One that is being set up is cancelled; any other is looked for."""
    if problem := problem_with(dialogue, turn):
        return dialogue, Say(problem)
    payee, active = turn.slots.get("payee", ""), dialogue.active
    if active is not None and active.draft.standing and payee in {"", active.draft.payee}:
        return cancel(dialogue, turn)
    return dialogue, FindMandate(payee, sure=turn.confidence >= SURE)


def _how_often(dialogue: Dialogue, turn: Turn) -> Decided:
    """A change; `monthly` alone says something only where a mandate is talked about."""
    talked_of = dialogue.active.draft if dialogue.active else dialogue.draft
    if turn.slots.keys() == {"period"} and not (talked_of and talked_of.standing):
        return _unknown(dialogue, turn)
    return amend(dialogue, turn)


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
        return fill(dialogue, dialogue.draft or Draft(), turn)
    if dialogue.stage is not Stage.IDLE:
        stands = phrases.where_it_stands(dialogue)
        ways_out = f" {phrases.OR_CANCEL}" if dialogue.stage is Stage.AWAITING_CODE else ""
        return dialogue, Say(f"Sorry, I didn't get that. {stands}{ways_out}")
    return dialogue, Say(phrases.NOT_UNDERSTOOD if dialogue.misheard < 2 else phrases.NOT_UNDERSTOOD_AGAIN)


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
    Intent.PAY: pay,
    Intent.AMEND: _how_often,
    Intent.CONFIRM: confirm,
    Intent.DENY: deny,
    Intent.CANCEL: cancel,
    Intent.CODE: _code,
    Intent.RESEND: _resend,
    Intent.STATUS: _status,
    Intent.MANDATE: mandate,
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
    **dict.fromkeys(inquiries.TOOLS, inquiries.inquire),
    Intent.MORE: inquiries.more,
    Intent.ALERT: _unknown,
    Intent.ALERTS: _unknown,
    Intent.ALERT_CHANGE: _unknown,
    Intent.ALERT_PAUSE: _unknown,
    Intent.ALERT_RESUME: _unknown,
    Intent.ALERT_DELETE: _unknown,
    Intent.QUIET: _unknown,
    Intent.BACK: _unknown,
    Intent.SILENCE: _unknown,
    Intent.QUESTION: _unknown,
    Intent.OUTSIDE: outside,
}
