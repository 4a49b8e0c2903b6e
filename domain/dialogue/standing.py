"""Standing mandates in a conversation: what is said of them, and which one a customer means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from domain.dialogue.state import Asked
from domain.dialogue.sums import listed, minor, money

if TYPE_CHECKING:
    from collections.abc import Sequence

    from domain.conversation import PaymentNews
    from domain.dialogue.state import Dialogue, Draft

Found = Mapping[str, Any]
NONE: Final = "You have no standing payments."
INSTEAD: Final = (
    "I can't do that on a day to come, or again and again. But I can pay one of your payees so: "
    "pay City Power eighty dollars on the first of every month."
)
HOW_OFTEN: Final = "a day, a week, a month or a year?"
_THIS: Final = {"day": "today", "week": "this week", "month": "this month", "year": "this year"}
_OPEN: Final = "ACTIVE"
_WHY: Final = {
    "mandate_revoked": "Your standing payment was revoked.",
    "mandate_exhausted": "What is left of your standing payment is not enough any more.",
    "mandate_ended": "Your standing payment has ended.",
}


def source(account: str) -> str:
    """`your checking account`; of a mandate that names none `any of your accounts`."""
    return "any of your accounts" if account == "any" else f"your {account} account"


def until(ends_on: str) -> str:
    """` until 31 December 2027`, or nothing."""
    if not ends_on:
        return ""
    day = date.fromisoformat(ends_on)
    return f" until {day.day} {day:%B %Y}"


def next_question(draft: Draft) -> str:
    """What is still missing of a mandate's draft."""
    sum_ = f"up to {money(draft.amount)}" if draft.amount else ""
    if not draft.payee:
        return f"Who may be paid {sum_ or 'from your account'}{f' a {draft.period}' if draft.period else ''}?"
    if not draft.amount:
        return f"Up to how much{f' a {draft.period}' if draft.period else ''} may {draft.payee} be paid?"
    return f"{sum_[0].upper()}{sum_[1:]} to {draft.payee}: {HOW_OFTEN}"


def with_reason(text: str, error_code: str) -> str:
    """Why a payment under a mandate did not go through, and the way that is left."""
    why = _WHY.get(error_code)
    return f"{text} {why} Ask again, and I'll pay with a code." if why else text


def news(told: PaymentNews) -> str:
    """How the mandate that was being set up stands now, where nothing more is asked."""
    what = f"up to {money(told.amount, told.currency)} a {told.period} to {told.payee}{until(told.ends_on)}"
    if told.state == _OPEN:
        return f"Done. From now on I can pay {what} without a code. You can revoke that at any time."
    if told.state == "REVOKED":
        return f"The standing payment of {what} was revoked."
    if told.state == "CANCELLED":
        return f"Cancelled. Nothing was set up for {told.payee}."
    why = "ran out of time" if told.state == "EXPIRED" else "did not go through"
    return f"The standing payment of {what} {why}. Nothing was set up."


def told_of(found: Found) -> str:
    """`mandates` as a sentence."""
    active = _active(found)
    if not active:
        return NONE
    lines = [
        f"{_what(each)}, from {source(str(each['account']))}, of which "
        f"{minor(int(each['left_minor']), str(each['currency']))} is left {_THIS[str(each['period'])]}"
        for each in active
    ]
    return f"You allow {listed(lines)}."


def meant(dialogue: Dialogue, found: Found, payee: str, *, sure: bool) -> tuple[Dialogue, str, str]:
    """The mandate to revoke at once, by id; or what to say, and the memory of having asked."""
    active = [each for each in _active(found) if not payee or payee in each["payees"]]
    if not active:
        return dialogue, "", f"You have no standing payment to {payee}." if payee else NONE
    if len(active) > 1:
        each = listed([_what(one) for one in active])
        return dialogue, "", f"You have more than one: {each}. You can revoke any of them in your standing payments."
    [one] = active
    if sure and payee:
        return dialogue, str(one["mandate_id"]), ""
    asking = replace(dialogue, asked=Asked.REVOKE, revoking=str(one["mandate_id"]))
    return asking, "", f"You allow {_what(one)}. Shall I revoke that?"


def revoked(found: Found) -> str:
    """`mandate_revoke` as a sentence."""
    return f"Revoked. I'll ask for a code again before I pay {listed([str(each) for each in found['payees']])}."


def _active(found: Found) -> Sequence[Mapping[str, Any]]:
    return [each for each in found.get("mandates", []) if each["state"] == _OPEN]


def _what(each: Mapping[str, Any]) -> str:
    sum_ = money(str(each["budget"]), str(each["currency"]))
    payees = listed([str(payee) for payee in each["payees"]])
    return f"up to {sum_} a {each['period']} to {payees}{until(str(each['ends_on']))}"
