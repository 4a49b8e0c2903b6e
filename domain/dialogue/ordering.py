"""Standing orders in a conversation: what a turn is to them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from domain.dialogue import phrases
from domain.dialogue.answering import names_held
from domain.dialogue.moves import FindAlert, FindEither, FindOrder, Say
from domain.dialogue.state import Dialogue, Draft, Ordering, Topic
from domain.dialogue.wishes import SURE, Decided, fill, problem_with
from domain.grammar.orders import ALERT_NOUN, ORDER_NOUN, SAYS_ORDER, STOP_IT
from domain.recurrence import PERIODS
from domain.understanding import Intent

if TYPE_CHECKING:
    from domain.conversation import Turn

_ACTIONS: Final = {
    Intent.ORDER_PAUSE: "pause",
    Intent.ORDER_RESUME: "resume",
    Intent.ORDER_CANCEL: "cancel",
    Intent.ORDER_CHANGE: "change",
    Intent.ALERT_PAUSE: "pause",
    Intent.ALERT_RESUME: "resume",
    Intent.ALERT_DELETE: "cancel",
}
_STEPS: Final = frozenset({Intent.ORDER_PAUSE, Intent.ORDER_RESUME, Intent.ORDER_CANCEL, Intent.ORDER_CHANGE})
_OF_ALERTS: Final = {"cancel": "delete"}
_CHANGES: Final = ("amount", "account", "date", "every", "ends_on")
_NAMES_ALERT: Final = ("alert", "payee", "about", "amount", "account", "counterparty")
_IT: Final = re.compile(r"\b(?:it|that|this|them)\b", re.IGNORECASE)
_LISTS: Final = frozenset({Intent.ORDERS, Intent.ALERTS})
CHOOSING: Final = "choosing_order"
"""A state of the graph `orders`."""
CHANGE_HOW: Final = "What should be different? For example: change my standing order to City Power to ninety dollars."
EITHER: Final = "Do you mean an alert or a standing order?"
STAYS: Final = "All right, everything stays as it is. What else can I do?"


def begin_order(dialogue: Dialogue, turn: Turn) -> Decided:
    """A wish for a payment on a day, or again and again."""
    draft = dialogue.draft
    return fill(dialogue, draft if draft is not None and draft.ordered else Draft(ordered=True), turn)


def list_orders(dialogue: Dialogue, _turn: Turn) -> Decided:
    """Which there are."""
    return dialogue, FindOrder("list")


def step_order(dialogue: Dialogue, turn: Turn) -> Decided:
    """Pause, resume, cancel or change one. What is to end on a day to come would end at once: that is asked about."""
    if problem := problem_with(dialogue, turn):
        return dialogue, Say(problem)
    action = _ACTIONS[turn.intent]
    later = {"when": turn.slots["when"]} if turn.slots.get("when") else {}
    changes = _changes(turn) if action == "change" else later if action == "cancel" else {}
    if action == "change" and not changes:
        return dialogue, Say(CHANGE_HOW)
    return dialogue, FindOrder(
        action,
        _payee(turn),
        changes,
        sure=turn.confidence >= SURE and not turn.slots.get("when"),
        it=turn.intent not in _STEPS and not turn.slots.get("which"),
        which=turn.slots.get("which", ""),
        amount="" if action == "change" else turn.slots.get("amount", ""),
    )


def _payee(turn: Turn) -> str:
    """Whom it pays, or into which of the customer's own accounts."""
    own = turn.slots.get("target", "")
    return turn.slots.get("payee", "") or (f"your {own} account" if own else "")


def _changes(turn: Turn) -> dict[str, str]:
    said = {name: turn.slots[name] for name in _CHANGES if turn.slots.get(name)}
    if turn.slots.get("period") and not said.keys() & {"date", "every"}:
        said["every"] = PERIODS[turn.slots["period"]]
    return said


def money_is_open(dialogue: Dialogue, _turn: Turn) -> bool:
    """Something waits for its customer: it comes first."""
    return dialogue.active is not None or dialogue.draft is not None


def means_open(dialogue: Dialogue, turn: Turn) -> bool:
    """Whether a stop may well mean what is open: it names nobody else, and no order unless one is open."""
    open_ = dialogue.active.draft if dialogue.active else dialogue.draft
    if open_ is None or turn.intent is not Intent.ORDER_CANCEL:
        return False
    named = open_.ordered or SAYS_ORDER.search(turn.text) is None
    return named and _payee(turn) in {"", open_.payee}


def waits_first(dialogue: Dialogue, turn: Turn) -> bool:
    """Whether other terms are wished for, or no order is named, while something else waits for its customer."""
    vague = not _payee(turn) and SAYS_ORDER.search(turn.text) is None
    return money_is_open(dialogue, turn) and (turn.intent is Intent.ORDER_CHANGE or vague)


# ---- without its noun


def means_order(dialogue: Dialogue, turn: Turn) -> bool:
    """`Pause it`, right behind an order."""
    return dialogue.topic == Topic.ORDER and _names_no_alert(turn)


def means_either(dialogue: Dialogue, turn: Turn) -> bool:
    """`Pause it`, where neither an order nor an alert was spoken of last."""
    free = not money_is_open(dialogue, turn) and not turn.slots.get("which")
    return free and dialogue.topic not in {Topic.ORDER, Topic.ALERT} and _names_no_alert(turn)


def _names_no_alert(turn: Turn) -> bool:
    named = any(turn.slots.get(name) for name in _NAMES_ALERT)
    place = bool(turn.slots.get("which"))
    return not named and ALERT_NOUN.search(turn.text) is None and (place or _IT.search(turn.text) is not None)


def find_either(dialogue: Dialogue, turn: Turn) -> Decided:
    """It is looked up what there is."""
    action = _ACTIONS[turn.intent]
    asks = Ordering(told=EITHER, action=action, either=True)
    return replace(dialogue, ordering=asks), FindEither(action, sure=turn.confidence >= SURE)


def stops_order(dialogue: Dialogue, turn: Turn) -> bool:
    """`Cancel that` right behind an order; `cancel the City Power payment`, where no payment waits."""
    if turn.intent is not Intent.CANCEL or names_held(dialogue, turn):
        return False
    spoken_of = dialogue.topic == Topic.ORDER and dialogue.ordering is not None
    return (spoken_of and STOP_IT.search(turn.text) is not None) or bool(_mentioned(dialogue, turn.text))


def stop_order(dialogue: Dialogue, turn: Turn) -> Decided:
    """It is asked about before, for a payment may have been meant."""
    payee = _mentioned(dialogue, turn.text)
    return dialogue, FindOrder("cancel", payee, sure=False, it=not payee, unfound=phrases.NOTHING_TO_CANCEL)


def _mentioned(dialogue: Dialogue, text: str) -> str:
    """The one payee whose name, or its first word, is in the words; empty where none is, or several are."""
    for parts in (1 << 8, 1):
        said = [each for each in dialogue.person.payees if _says(text, " ".join(each.split()[:parts]))]
        if said:
            return said[0] if len(said) == 1 else ""
    return ""


def _says(text: str, name: str) -> bool:
    return re.search(rf"\b{re.escape(name)}\b", text, re.IGNORECASE) is not None


def corrects_order(dialogue: Dialogue, turn: Turn) -> bool:
    """A change right behind what was said of an order."""
    now = dialogue.ordering
    fresh = now is not None and bool(now.order_id) and now.told == dialogue.last_said
    return fresh and not _payee(turn) and bool(_changes(turn))


def correct_order(dialogue: Dialogue, turn: Turn) -> Decided:
    """`Make it ninety`."""
    if problem := problem_with(dialogue, turn):
        return dialogue, Say(problem)
    return dialogue, FindOrder("change", changes=_changes(turn), sure=turn.confidence >= SURE, it=True)


# ---- which one


def names_kind(dialogue: Dialogue, turn: Turn) -> bool:
    """`The standing order`, where it was asked whether that or an alert."""
    asked = dialogue.ordering is not None and dialogue.ordering.either and turn.intent not in _LISTS
    return asked and (ORDER_NOUN.search(turn.text) is None) != (ALERT_NOUN.search(turn.text) is None)


def choose_kind(dialogue: Dialogue, turn: Turn) -> Decided:
    """The answer to whether an alert or an order is meant."""
    now, sure = dialogue.ordering or Ordering(), turn.confidence >= SURE
    settled = replace(dialogue, ordering=None)
    if ALERT_NOUN.search(turn.text):
        return settled, FindAlert(
            _OF_ALERTS.get(now.action, now.action), turn.slots, sure=sure or now.action != "cancel"
        )
    return settled, FindOrder(now.action, _payee(turn) or _mentioned(dialogue, turn.text), sure=sure)


def names_order(dialogue: Dialogue, turn: Turn) -> bool:
    """`The second one`, or what says which one."""
    either = dialogue.ordering is not None and dialogue.ordering.either
    told = any(turn.slots.get(name) for name in ("which", "amount", "target", "account"))
    return not either and (told or bool(_payee(turn) or _mentioned(dialogue, turn.text)))


def choose_order(dialogue: Dialogue, turn: Turn) -> Decided:
    """The answer to which one."""
    now = dialogue.ordering or Ordering()
    if problem := problem_with(dialogue, turn):
        return dialogue, Say(problem)
    own = turn.slots.get("target") or turn.slots.get("account") or ""
    payee = _payee(turn) or _mentioned(dialogue, turn.text) or (f"your {own} account" if own else "")
    which, amount = turn.slots.get("which", ""), turn.slots.get("amount", "")
    sure = turn.confidence >= SURE and "when" not in now.changes
    return dialogue, FindOrder(now.action, payee, dict(now.changes), sure=sure, which=which, amount=amount)


def leave_orders(dialogue: Dialogue, _turn: Turn) -> Decided:
    """Neither this one nor that."""
    return replace(dialogue, ordering=None), Say(STAYS)


def order_misheard(dialogue: Dialogue, _turn: Turn) -> Decided:
    """Nothing that answers what was asked."""
    return dialogue, Say(f"Sorry, I didn't get that. {order_stands(dialogue)} You can also say cancel.")


def order_goodbye(dialogue: Dialogue, _turn: Turn) -> Decided:
    """The end of a call: nothing was done."""
    return replace(dialogue, ordering=None), Say(phrases.GOODBYE, end=True)


def order_stands(dialogue: Dialogue) -> str:
    """What was asked last."""
    return dialogue.ordering.told if dialogue.ordering else phrases.where_it_stands(dialogue)
