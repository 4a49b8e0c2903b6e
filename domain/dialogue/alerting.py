"""Alerts in a conversation: what a turn is to the alert that is talked about."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from domain.dialogue import alert_phrases, phrases
from domain.dialogue.alert_kinds import asks_now, kind_meant
from domain.dialogue.alerts_told import asking, said_of
from domain.dialogue.moves import Arrange, FindAlert, Say
from domain.dialogue.state import Alerting, Dialogue
from domain.dialogue.wishes import SURE, Decided, problem_with
from domain.understanding import Intent

if TYPE_CHECKING:
    from domain.conversation import Turn

_FREE: Final = frozenset({"about", "payee"})
"""What may be said in any words."""
_LEADS: Final = re.compile(r"^(?:to|about|of|that) ", re.IGNORECASE)
_ACTIONS: Final = {
    Intent.ALERT_CHANGE: "change",
    Intent.ALERT_PAUSE: "pause",
    Intent.ALERT_RESUME: "resume",
    Intent.ALERT_DELETE: "delete",
}


def money_is_open(dialogue: Dialogue, _turn: Turn) -> bool:
    """A payment or a mandate waits for its customer: it comes first."""
    return dialogue.active is not None or dialogue.draft is not None


def another_alert(dialogue: Dialogue, turn: Turn) -> bool:
    """Another one is wished for while one lacks something."""
    now = dialogue.alerting or Alerting()
    return bool(turn.slots.get("alert")) and "kind" not in now.missing


def answers_kind(dialogue: Dialogue, turn: Turn) -> bool:
    """`A low balance`, where it was asked what for: no wish to hear it."""
    now = dialogue.alerting or Alerting()
    return now.missing[:1] == ("kind",) and not asks_now(turn.text) and bool(kind_meant(turn.text))


def names_which(_dialogue: Dialogue, turn: Turn) -> bool:
    """`The second one`, or what says which one."""
    return bool(turn.slots.get("which") or said_of(turn.slots))


def half_heard(dialogue: Dialogue, turn: Turn) -> bool:
    """A yes or no of one ear alone, for the first time."""
    return turn.confidence < SURE and dialogue.doubted != turn.intent


def corrects_alert(dialogue: Dialogue, turn: Turn) -> bool:
    """A change right behind what was said of an alert."""
    now = dialogue.alerting
    fresh = now is not None and bool(now.alert_id) and now.told == dialogue.last_said
    return fresh and bool(said_of(turn.slots))


def begin_alert(dialogue: Dialogue, turn: Turn) -> Decided:
    """A wish for a new one."""
    said = said_of(turn.slots)
    if problem := _unclear(dialogue, turn):
        return asking(dialogue, Alerting(told=problem, action="create", slots=said)), Say(problem)
    return dialogue, Arrange("create", dict(said))


def fill_alert(dialogue: Dialogue, turn: Turn) -> Decided:
    """An answer to what was asked, or more than that."""
    now = dialogue.alerting or Alerting()
    if problem := _unclear(dialogue, turn):
        return dialogue, Say(problem)
    said, lacks = said_of(turn.slots), now.missing[0] if now.missing else ""
    if lacks == "kind" and "kind" not in said and (kind := kind_meant(turn.text)):
        said = {**said, "kind": kind}
    if not said and turn.intent is Intent.UNKNOWN and lacks in _FREE and turn.text.strip():
        said = {lacks: _LEADS.sub("", turn.text.strip()).rstrip(".!?, ")}
    if not said:
        return dialogue, Say(alert_phrases.again(now.told))
    if not now.alert_id:  # what was said of it at first could not be
        return dialogue, Arrange("create", {**now.slots, **said})
    return dialogue, Arrange("change", {"alert_id": now.alert_id, **said})


def correct_alert(dialogue: Dialogue, turn: Turn) -> Decided:
    """`Make it two hundred`."""
    if problem := _unclear(dialogue, turn):
        return dialogue, Say(problem)
    now = dialogue.alerting or Alerting()
    return dialogue, Arrange("change", {"alert_id": now.alert_id, **said_of(turn.slots)})


def drop_alert(dialogue: Dialogue, _turn: Turn) -> Decided:
    """It is not wanted after all."""
    now = dialogue.alerting or Alerting()
    if now.alert_id:
        return dialogue, Arrange("delete", {"alert_id": now.alert_id})
    return replace(dialogue, alerting=None), Say(alert_phrases.NOT_SET_UP)


def list_alerts(dialogue: Dialogue, _turn: Turn) -> Decided:
    """Which there are."""
    return dialogue, Arrange("list")


def arrange_alert(dialogue: Dialogue, turn: Turn) -> Decided:
    """Change, pause, resume or delete one; a deletion that only one ear heard is asked about."""
    action, before = _ACTIONS[turn.intent], dialogue.alerting or Alerting()
    now = replace(before, action=action, slots=dict(turn.slots), told=alert_phrases.WHICH_ONE)
    if problem := _unclear(dialogue, turn):
        return replace(dialogue, alerting=replace(now, told=problem)), Say(problem)
    sure = action != "delete" or turn.confidence >= SURE
    return replace(dialogue, alerting=now), FindAlert(action, turn.slots, sure=sure)


def choose_alert(dialogue: Dialogue, turn: Turn) -> Decided:
    """The answer to which one."""
    now = dialogue.alerting or Alerting()
    if problem := _unclear(dialogue, turn):
        return dialogue, Say(problem)
    wanted = {**now.slots, **turn.slots}
    return dialogue, FindAlert(now.action, wanted, sure=now.action != "delete" or turn.confidence >= SURE)


def keep_quiet(dialogue: Dialogue, turn: Turn) -> Decided:
    """Quiet hours; half a hearing of them is asked about."""
    slots = {name: turn.slots.get(name, "") for name in ("quiet_from", "quiet_to")}
    if bool(slots["quiet_from"]) != bool(slots["quiet_to"]):
        return dialogue, Say(alert_phrases.WHICH_HOURS)
    return dialogue, Arrange("quiet", dict(slots))


def quiet_half_heard(dialogue: Dialogue, turn: Turn) -> Decided:
    """Asked about before it is done."""
    slots = {name: turn.slots.get(name, "") for name in ("quiet_from", "quiet_to")}
    text = alert_phrases.shall_i_keep_quiet(slots["quiet_from"], slots["quiet_to"])
    return replace(dialogue, alerting=Alerting(told=text, action="quiet", slots=slots)), Say(text)


def hears_quiet_badly(dialogue: Dialogue, turn: Turn) -> bool:
    """Both hours, or none, by one ear alone."""
    whole = bool(turn.slots.get("quiet_from")) == bool(turn.slots.get("quiet_to"))
    return whole and turn.confidence < SURE and not money_is_open(dialogue, turn)


def do_as_asked(dialogue: Dialogue, _turn: Turn) -> Decided:
    """A yes to whether it was meant."""
    now = dialogue.alerting or Alerting()
    which = {"alert_id": now.alert_id} if now.alert_id else {}
    settled = replace(dialogue, doubted="", alerting=replace(now, action="", slots={}))
    return settled, Arrange(now.action, {**which, **now.slots})


def ask_yes_again(dialogue: Dialogue, turn: Turn) -> Decided:
    """The same word twice running is believed."""
    return replace(dialogue, doubted=turn.intent), Say(phrases.YES_OR_NO)


def leave_alerts(dialogue: Dialogue, _turn: Turn) -> Decided:
    """Neither this one nor that."""
    return replace(dialogue, doubted="", alerting=None), Say(alert_phrases.STAYS)


def money_first(dialogue: Dialogue, _turn: Turn) -> Decided:
    """One thing at a time."""
    return dialogue, Say(phrases.first_this(phrases.where_it_stands(dialogue)))


def alert_misheard(dialogue: Dialogue, _turn: Turn) -> Decided:
    """Nothing that answers what was asked."""
    now = dialogue.alerting or Alerting()
    return dialogue, Say(alert_phrases.again(now.told))


def alert_goodbye(dialogue: Dialogue, _turn: Turn) -> Decided:
    """The form, where there is one, can still be filled in."""
    return replace(dialogue, alerting=None), Say(phrases.GOODBYE, end=True)


def alert_stands(dialogue: Dialogue) -> str:
    """What was asked last."""
    return dialogue.alerting.told if dialogue.alerting else phrases.where_it_stands(dialogue)


def _unclear(dialogue: Dialogue, turn: Turn) -> str:
    """An amount with two meanings, or half heard. Whoever pays in need not be a payee."""
    told = {name: text for name, text in turn.slots.items() if not name.startswith("payee")}
    return problem_with(dialogue, replace(turn, slots=told))
