"""What a conversation says of standing orders: those that there are, which one is meant, and what was done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from domain.dialogue.sums import listed, money
from domain.recurrence import day_name, rule_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from domain.conversation import PaymentNews
    from domain.dialogue.state import Draft

Found = Mapping[str, Any]
NONE: Final = "You have no standing orders."
WHEN: Final = "When should I pay it, or how often? For example: on the first of every month."
_DONE: Final = {
    "pause": "Paused. I'll pay nothing by your standing order of {what} until you say resume.",
    "resume": "Resumed. Your standing order of {what} goes on.",
    "cancel": "Cancelled. I'll pay nothing more by your standing order of {what}.",
}
_STANDS: Final = frozenset({"ACTIVE", "PAUSED"})


def when(draft: Draft) -> str:
    """` on the 1st of each month`, ` on 27 November 2026`, or nothing."""
    if draft.every:
        return f" {rule_words(draft.every)}"
    return f" on {day_name(draft.date)}" if draft.date else ""


def next_question(draft: Draft) -> str:
    """What is still missing of an order's draft."""
    sum_ = money(draft.amount) if draft.amount else ""
    if not draft.payee:
        return f"Who should I pay{f' {sum_} to' if sum_ else ''}{when(draft)}?"
    if not draft.amount:
        return f"How much should I pay {draft.payee}{when(draft)}?"
    return f"{sum_} to {draft.payee}. {WHEN}"


def news(told: PaymentNews) -> str:
    """How the terms that were asked about ended, where nothing more is asked."""
    what = f"{money(told.amount, told.currency)} to {told.payee}"
    if told.state == "ACTIVE":
        return f"Done. I'll pay {what} {told.schedule}. You can pause or cancel that at any time."
    why = "ran out of time" if told.state == "EXPIRED" else "did not go through"
    if told.corrected:
        stays = f"Your standing order to {told.payee} stays as it was."
        return f"All right. {stays}" if told.state == "CANCELLED" else f"The change {why}. {stays}"
    if told.state == "CANCELLED":
        return f"Cancelled. No standing order of {what} was set up."
    return f"The standing order of {what} {why}. Nothing was set up."


def told_of(found: Found) -> str:
    """`list` as a sentence."""
    lines = [
        f"{_what(each)} {each['schedule']}{' (paused)' if each['state'] == 'PAUSED' else ''}{_next(each)}"
        for each in standing(found)
    ]
    return f"You have {_count(len(lines))}: {listed(lines)}." if lines else NONE


def which(fitting: Sequence[Found]) -> str:
    """It could be several."""
    each = listed([f"{_what(one)} {one['schedule']}" for one in fitting])
    return f"You have more than one: {each}. Which one? You can say the name, or the first one."


def none_fits(payee: str) -> str:
    """There is none, or none to this payee."""
    return f"You have no standing order to {payee}." if payee else NONE


def shall_i_cancel(one: Found) -> str:
    """Asks before it is done."""
    return f"That is {_what(one)} {one['schedule']}. Shall I cancel it?"


def stepped(action: str, found: Found) -> str:
    """What was done, said back."""
    [one] = found["standing_orders"]
    return _DONE[action].format(what=_what(one))


def standing(found: Found) -> Sequence[Found]:
    """Those that have not ended, in the order in which they are told."""
    orders: Sequence[Mapping[str, Any]] = found.get("standing_orders") or []
    return [each for each in orders if each["state"] in _STANDS]


def _what(each: Found) -> str:
    return f"{money(str(each['amount']), str(each['currency']))} to {each['payee']}"


def _next(each: Found) -> str:
    return f", next on {day_name(str(each['next_on']))}" if each["next_on"] and each["every"] else ""


def _count(number: int) -> str:
    return "one standing order" if number == 1 else f"{number} standing orders"
