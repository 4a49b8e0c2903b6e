"""Money between a customer's own accounts: how it is put together, and what is said of it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from domain.dialogue.state import Draft
from domain.dialogue.sums import money

if TYPE_CHECKING:
    from domain.conversation import Turn

NONE: Final = Draft(account="", own=True)
YOUR: Final = "your "
"""How an own account is called where a payee's name stands."""
_TO_WHICH: Final = "To which of your accounts?"
_FROM: Final = re.compile(r"\b(?:from|out of|off)\b", re.IGNORECASE)


def becomes_own(draft: Draft, turn: Turn) -> bool:
    """Whether a payment that nobody was named for goes `to savings`."""
    return bool(turn.slots.get("target")) and not (draft.payee or draft.standing or turn.slots.get("payee"))


def merged(draft: Draft, turn: Turn) -> Draft:
    """The draft with what was said. An account alone is where it goes to, if that is what was asked for."""
    slots, target, source = turn.slots, turn.slots.get("target"), turn.slots.get("account")
    if not draft.payee and not target and not _FROM.search(turn.text):
        target, source = source, None
    kept = "" if draft.account == target else draft.account
    before = draft if draft.own else replace(NONE, amount=draft.amount, account=kept)
    return replace(
        before,
        amount=slots.get("amount") or before.amount,
        payee=target or before.payee,
        account=source or before.account,
    )


def ordered(draft: Draft, turn: Turn) -> Draft:
    """A standing order into an own account, which stands as its payee; where it comes from is left to the bank."""
    slots, begun = turn.slots, draft.payee.startswith(YOUR)
    target, payee = slots.get("target"), slots.get("payee")
    return replace(
        draft,
        amount=slots.get("amount") or draft.amount,
        payee=f"{YOUR}{target} account" if target else payee or draft.payee,
        account=slots.get("account") or (draft.account if begun else ""),
    )


def elsewhere(draft: Draft, turn: Turn) -> str:
    """What is said where a payee is named for money that stays with the customer."""
    if not draft.own or not turn.slots.get("payee"):
        return ""
    return "This moves money between your own accounts. To pay somebody, cancel it first, and then say whom."


def next_question(draft: Draft) -> str:
    """What is still missing."""
    if draft.payee:
        return f"How much should I move to your {draft.payee} account?"
    return f"To which of your accounts should I move {money(draft.amount)}?" if draft.amount else _TO_WHICH
