"""What a conversation makes of what the tool `alerts` did, and which alert a customer means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from domain.alerts import AlertKind, AlertWish
from domain.dialogue import alert_phrases
from domain.dialogue.moves import Arrange
from domain.dialogue.state import Alerting, Dialogue, Stage

if TYPE_CHECKING:
    from domain.dialogue.moves import FindAlert

Found = Mapping[str, Any]
LACKING: Final = "alerting"
CHOOSING: Final = "choosing_alert"
ASKING: Final = "sure_of_alert"
"""States of the graph `alerts`."""
_SAYS: Final = ("amount", "account", "about", "date", "time", "every", "days_before")
_STARTS_OVER: Final = frozenset({"alert_closed", "alert_not_found"})
_AMOUNT: Final = ("amount",)
_WRONG: Final[dict[str, tuple[str, ...]]] = {
    "amount_unreadable": _AMOUNT,
    "amount_not_positive": _AMOUNT,
    "amount_too_precise": _AMOUNT,
    "amount_too_large": _AMOUNT,
    "unknown_account": ("account",),
    "alert_date_invalid": ("date", "days_before"),
    "alert_over": ("date", "time"),
    "alert_time_invalid": ("time",),
    "alert_rule_invalid": ("every",),
    "alert_kind_unknown": ("kind",),
}
"""What of a new one is asked for again, by the code of the refusal."""


def said_of(slots: Mapping[str, str]) -> dict[str, str]:
    """The slots as the tool takes them."""
    said = {name: slots[name] for name in _SAYS if slots.get(name)}
    who = slots.get("payee") or slots.get("counterparty") or ""
    kind = slots.get("alert") or ""
    if kind == AlertKind.PAYMENT_DUE and not who:  # of a loan or a card: what falls due bears its name
        who = said.pop("account", "")
    return {**({"kind": kind} if kind else {}), **said, **({"payee": who} if who else {})}


def asking(dialogue: Dialogue, now: Alerting) -> Dialogue:
    """Something is missing of it."""
    return replace(dialogue, alerting=now, stage=LACKING)


def arranged(dialogue: Dialogue, move: Arrange, found: Found) -> tuple[Dialogue, str]:
    """What the tool did, and what is asked next."""
    shown: list[Found] = list(found.get("alerts", []))
    free = replace(dialogue, stage=_home(dialogue))
    if move.action == "list":
        listed = tuple(str(each["alert_id"]) for each in shown if each["state"] != "DRAFT")
        before = dialogue.alerting or Alerting()
        return replace(dialogue, alerting=replace(before, listed=listed)), alert_phrases.told_of(shown)
    if move.action == "quiet":
        kept: Found = found.get("quiet") or {}
        said = alert_phrases.quiet(str(kept.get("quiet_from", "")), str(kept.get("quiet_to", "")))
        return replace(free, alerting=None), said
    [one] = shown
    if move.action == "delete":
        return replace(free, alerting=None), alert_phrases.deleted(one)
    missing = tuple(str(each) for each in one.get("missing", []))
    text = alert_phrases.ask(missing[0]) if missing else alert_phrases.stands(move.action, one)
    now = Alerting(str(one["alert_id"]), text, missing)
    return (asking(dialogue, now) if missing else replace(free, alerting=now)), text


def _home(dialogue: Dialogue) -> str:
    return Stage.IDLE if dialogue.stage in {LACKING, CHOOSING, ASKING} else dialogue.stage


def refused(dialogue: Dialogue, move: Arrange, code: str, sentence: str) -> tuple[Dialogue, str]:
    """What was said cannot be: what was right before stays, and is still talked about."""
    wrong = _WRONG.get(code, ())
    if move.action == "create" and wrong:
        kept = {name: str(text) for name, text in move.arguments.items() if name not in wrong}
        return asking(dialogue, Alerting(told=sentence, slots=kept)), sentence
    lost = move.action == "create" or code in _STARTS_OVER
    return (replace(dialogue, alerting=None, stage=_home(dialogue)) if lost else dialogue), sentence


def settled(dialogue: Dialogue, alert_id: str, text: str) -> Dialogue:
    """A draft was settled by its form: nothing is asked for any more, but it can still be corrected."""
    now = dialogue.alerting
    if now is None or not alert_id or now.alert_id != alert_id:
        return dialogue
    return replace(dialogue, alerting=Alerting(alert_id, text), stage=_home(dialogue))


def meant(dialogue: Dialogue, found: Found, wanted: FindAlert) -> tuple[Dialogue, Arrange | None, str]:
    """The alert to do it with; none, and a question instead, where there is none or it could be several."""
    shown: list[Found] = [each for each in found.get("alerts", []) if each["state"] != "DRAFT"]
    fitting = _fitting(dialogue, shown, wanted)
    free = replace(dialogue, stage=_home(dialogue))
    if not fitting:
        return replace(free, alerting=None), None, alert_phrases.NO_SUCH if shown else alert_phrases.NONE
    if len(fitting) > 1:
        listed = tuple(str(each["alert_id"]) for each in fitting)
        text = alert_phrases.which(fitting)
        now = Alerting(told=text, listed=listed, action=wanted.action, slots=_without(wanted.slots, "which"))
        return replace(dialogue, alerting=now, stage=CHOOSING), None, text
    return _with_one(free, fitting[0], wanted)


def _with_one(free: Dialogue, one: Found, wanted: FindAlert) -> tuple[Dialogue, Arrange | None, str]:
    alert_id = str(one["alert_id"])
    if not wanted.sure:
        text = alert_phrases.shall_i(wanted.action, one)
        now = Alerting(alert_id, text, action=wanted.action)
        return replace(free, alerting=now, stage=ASKING), None, text
    said = _change_of(wanted) if wanted.action == "change" else {}
    if wanted.action == "change" and not said:
        text = alert_phrases.change_what(one)
        return replace(free, alerting=Alerting(alert_id, text)), None, text
    return replace(free, alerting=Alerting(alert_id)), Arrange(wanted.action, {"alert_id": alert_id, **said}), ""


def _fitting(dialogue: Dialogue, shown: list[Found], wanted: FindAlert) -> list[Found]:
    """By its place in what was told last, or by what it is about; the one just talked about, where nothing is said."""
    now = dialogue.alerting or Alerting()
    by_id = {str(each["alert_id"]): each for each in shown}
    told = [by_id[each] for each in now.listed if each in by_id] if now.listed else shown
    which = wanted.slots.get("which", "")
    if which.lstrip("-").isdigit():
        place = int(which)
        return [told[place - 1 if place > 0 else place]] if place and abs(place) <= len(told) else []
    named = _told_by(wanted)
    if not named and now.alert_id in by_id:
        return [by_id[now.alert_id]]
    return [each for each in told if all(_same(str(each[name]), text) for name, text in named.items())]


def _told_by(wanted: FindAlert) -> dict[str, str]:
    """What says which one: of a change only its kind and whom it is about, for the rest is what is to be new."""
    slots, names = wanted.slots, {"alert": "kind", "payee": "payee", "counterparty": "payee", "about": "about"}
    if wanted.action != "change":
        names |= {"amount": "amount", "account": "account"}
    return {name: slots[slot] for slot, name in names.items() if slots.get(slot)}


def _same(there: str, said: str) -> bool:
    return said.casefold() in there.casefold() or (bool(there) and there.casefold() in said.casefold())


def _change_of(wanted: FindAlert) -> dict[str, str]:
    wish = AlertWish.of(_without(wanted.slots, "payee", "about"))
    names = ("amount", "account", "date", "time", "every", "days_before")
    return {name: getattr(wish, name) for name in names if getattr(wish, name)}


def _without(slots: Mapping[str, str], *names: str) -> dict[str, str]:
    return {name: text for name, text in slots.items() if name not in names}
