"""Standing orders in a conversation: what a turn is to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from domain.dialogue.answering import cancel
from domain.dialogue.moves import FindOrder, Say
from domain.dialogue.state import Dialogue, Draft
from domain.dialogue.wishes import SURE, Decided, fill, problem_with
from domain.understanding import Intent

if TYPE_CHECKING:
    from domain.conversation import Turn

_ACTIONS: Final = {
    Intent.ORDER_PAUSE: "pause",
    Intent.ORDER_RESUME: "resume",
    Intent.ORDER_CANCEL: "cancel",
    Intent.ORDER_CHANGE: "change",
}
_CHANGES: Final = ("amount", "account", "date", "every", "ends_on")
CHANGE_HOW: Final = "What should be different? For example: change my standing order to City Power to ninety dollars."


def begin_order(dialogue: Dialogue, turn: Turn) -> Decided:
    """A wish for a payment on a day, or again and again."""
    draft = dialogue.draft
    return fill(dialogue, draft if draft is not None and draft.ordered else Draft(ordered=True), turn)


def list_orders(dialogue: Dialogue, _turn: Turn) -> Decided:
    """Which there are."""
    return dialogue, FindOrder("list")


def step_order(dialogue: Dialogue, turn: Turn) -> Decided:
    """Pause, resume, cancel or change one; one that is being set up is taken back by its cancellation."""
    if problem := problem_with(dialogue, turn):
        return dialogue, Say(problem)
    action, payee, active = _ACTIONS[turn.intent], turn.slots.get("payee", ""), dialogue.active
    if action == "cancel" and active is not None and active.draft.ordered and payee in {"", active.draft.payee}:
        return cancel(dialogue, turn)
    changes = {name: turn.slots[name] for name in _CHANGES if turn.slots.get(name)} if action == "change" else {}
    if action == "change" and not changes:
        return dialogue, Say(CHANGE_HOW)
    return dialogue, FindOrder(action, payee, changes, sure=turn.confidence >= SURE)


def money_is_open(dialogue: Dialogue, _turn: Turn) -> bool:
    """Something waits for its customer: it comes first."""
    return dialogue.active is not None or dialogue.draft is not None


def changes_order(dialogue: Dialogue, turn: Turn) -> bool:
    """Whether other terms are wished for while something else waits for its customer."""
    return turn.intent is Intent.ORDER_CHANGE and money_is_open(dialogue, turn)
