"""How a conversation's state looks from outside: what it expects, what it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from domain import ids
from domain.conversation import DataCard, Expects
from domain.dialogue import cards, sums
from domain.dialogue.graphs import HOUSE
from domain.dialogue.state import Asked, Dialogue
from domain.elicitation import IDENTITY, MANDATE, STANDING_ORDER
from domain.payments import PaymentKind

if TYPE_CHECKING:
    from datetime import date

    from domain.conversation import PaymentNews
    from domain.elicitation import ElicitationRequest

_ASKERS: Final = {
    MANDATE: ids.mandate_workflow_id,
    STANDING_ORDER: ids.standing_order_workflow_id,
    IDENTITY: ids.verification_workflow_id,
}


def expects(dialogue: Dialogue) -> Expects:
    """How a front should listen now."""
    if dialogue.asked in {Asked.CALL_BACK, Asked.REVOKE, Asked.PERSON}:
        return Expects.CONFIRMATION
    return HOUSE.place(dialogue).state.expects


def open_question(dialogue: Dialogue) -> ElicitationRequest | None:
    """The elicitation that waits on the customer, if any."""
    return dialogue.active.question if dialogue.active else None


def asker_of(question: ElicitationRequest) -> str:
    """The id of the workflow that asked it."""
    return _ASKERS.get(question.transaction_type, ids.payment_workflow_id)(question.payment_id)


def card_of(tool: str, found: dict[str, Any], today: date) -> DataCard:
    """What was looked up, as a card. Account and card numbers by their last digits."""
    return DataCard(tool, cards.TITLES[tool], cards.rows(tool, found, today))


def receipt_of(news: PaymentNews) -> DataCard | None:
    """A completed payment as a card."""
    if news.state != "COMPLETED" or news.returned:
        return None
    rows = (
        ("Moved" if news.kind == PaymentKind.OWN else "Paid", sums.money(news.amount, news.currency)),
        ("To", news.payee),
        ("From", news.account),
        ("Reference", news.payment_id),
    )
    return DataCard("receipt", "Receipt", rows)
