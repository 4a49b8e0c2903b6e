"""The dialogue's one grammar: the source for what is heard, what is understood, and what ends a turn early.

Rules are text in the notation of `domain.grammar.notation`; a rule is named by the intent that it means
(`pay`, `not_offered.loans`) or by what other rules call it (`<who>`).
"""

from __future__ import annotations

from typing import Final

from domain.grammar import alerts, answers, inquiries, mandates, orders, payments, reading, service, transfers, words
from domain.grammar.notation import Node, parse_rules

RULES: Final[dict[str, Node]] = parse_rules(
    f"{words.TEXT}{payments.TEXT}{transfers.TEXT}{mandates.TEXT}{orders.TEXT}{reading.TEXT}{answers.TEXT}"
    f"{service.TEXT}{alerts.TEXT}{inquiries.TEXT}"
)

ORDER: Final = (
    "code", "resend", "revoke", "mandates",
    "order_cancel", "order_pause", "order_resume", "order_change",
    "alert_delete", "alert_pause", "alert_resume", "alerts", "quiet", "alert_change", "alert",
    "cancel", "mandate", "transfer", "not_offered",
    "thanks", "confirm", "deny", "pay", "amend", "greet", "status",
    "back", "more", "loans", "credit", "cards", "scheduled", "spending", "transactions", "balance", "question",
    "repeat", "agent", "help", "goodbye",
)  # fmt: skip
"""Which reading wins where two rules fit the same words: what stops money comes before what moves it."""
