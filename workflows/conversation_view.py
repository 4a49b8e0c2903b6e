"""How a conversation's state looks from outside: what it expects, what it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from domain.conversation import DataCard, Expects
from domain.dialogue import sums
from domain.dialogue.state import Asked, Dialogue, Stage

if TYPE_CHECKING:
    from domain.conversation import PaymentNews
    from domain.elicitation import ElicitationRequest

_EXPECTS: Final = {
    Stage.CONFIRMING: Expects.CONFIRMATION,
    Stage.AWAITING_CODE: Expects.CODE,
    Stage.COLLECTING: Expects.SLOT,
}


def expects(dialogue: Dialogue) -> Expects:
    """How a front should listen now."""
    if dialogue.asked in {Asked.CALL_BACK, Asked.REVOKE}:
        return Expects.CONFIRMATION
    return _EXPECTS.get(dialogue.stage, Expects.ANYTHING)


def open_question(dialogue: Dialogue) -> ElicitationRequest | None:
    """The elicitation that waits on the customer, if any."""
    return dialogue.active.question if dialogue.active else None


def card_of(tool: str, found: dict[str, Any]) -> DataCard | None:
    """What `balance` or `transactions` found, as a card."""
    if tool == "balance":
        rows = [
            (str(row["name"]), sums.minor(int(row["balance_minor"]), str(row["currency"])))
            for row in found.get("accounts", [])
        ]
        return DataCard("balance", "Balances", tuple(rows))
    if tool == "mandates":
        return None
    rows = [
        (str(row["counterparty"]), sums.minor(int(row["amount_minor"]), str(row["currency"])))
        for row in found.get("transactions", [])
    ]
    return DataCard("transactions", "Transactions", tuple(rows))


def receipt_of(news: PaymentNews) -> DataCard | None:
    """A completed payment as a card."""
    if news.state != "COMPLETED":
        return None
    rows = (
        ("Paid", sums.money(news.amount, news.currency)),
        ("To", news.payee),
        ("From", news.account),
        ("Reference", news.payment_id),
    )
    return DataCard("receipt", "Receipt", rows)
