"""What is asked of the bank, said on Wednesday, 17 June 2026."""

from __future__ import annotations

MAY = {"from": "2026-05-01", "to": "2026-05-31"}
LAST_WEEK = {"from": "2026-06-08", "to": "2026-06-14"}
THIS_WEEK = {"from": "2026-06-15", "to": "2026-06-17"}

INQUIRIES: list[tuple[str, str, dict[str, str]]] = [
    ("how much did I spend at City Power in May", "spending", {"payee": "City Power", **MAY}),
    ("what did I spend on groceries last month", "spending", {"counterparty": "groceries", **MAY}),
    ("how much has Netflix cost me", "spending", {"counterparty": "netflix"}),
    ("add up what I paid John last week", "spending", {"payee": "John Doe", **LAST_WEEK}),
    ("show me payments to Sarah over fifty dollars", "transactions", {"payee": "Sarah Chen", "least": "50.00"}),
    (
        "purchases between twenty and fifty dollars",
        "transactions",
        {"direction": "out", "least": "20.00", "most": "50.00"},
    ),
    ("anything under ten dollars last week", "transactions", {"most": "10.00", **LAST_WEEK}),
    (
        "what was my biggest purchase in May",
        "transactions",
        {"direction": "out", "order": "largest", "count": "1", **MAY},
    ),
    ("my last five withdrawals from savings", "transactions", {"count": "5", "direction": "out", "account": "savings"}),
    ("has John paid me this week", "transactions", {"payee": "John Doe", "direction": "in", **THIS_WEEK}),
    ("when did I last pay Sarah", "transactions", {"payee": "Sarah Chen"}),
    ("did I pay City Power last month", "transactions", {"payee": "City Power", **MAY}),
    ("show me my recent transations", "transactions", {}),
    ("how much do I still owe on the mortgage", "loans", {}),
    ("when's my next installment due", "loans", {}),
    ("what's my interest rate on the loan", "loans", {}),
    ("how much can I still spend on my visa", "credit", {}),
    ("what's the minimum payment on my credit card", "credit", {}),
    ("has my debit card been sent", "cards", {"account": "checking"}),
    ("my new card still hasn't arrived", "cards", {}),
    ("what bills are due this week", "scheduled", {"from": "2026-06-17", "to": "2026-06-21"}),
    ("when is the City Power bill due", "scheduled", {"payee": "City Power"}),
    ("what's going out next week", "scheduled", {"from": "2026-06-22", "to": "2026-06-28"}),
    ("how does compound interest work", "question", {}),
    ("can you explain what an overdraft is", "question", {}),
]

FOLLOWS: list[tuple[str, dict[str, str]]] = [
    ("and in May", MAY),
    ("what about savings", {"account": "savings"}),
    ("how about John Doe", {"payee": "John Doe"}),
    ("and Sarah", {"payee": "Sarah Chen"}),
    ("only the ones over fifty dollars", {"least": "50.00"}),
    ("just the incoming ones", {"direction": "in"}),
    ("what about amazon last week", {"counterparty": "amazon", **LAST_WEEK}),
]

NO_ORDER = [
    "how much did I pay Sarah", "did my payment to Sarah go through", "when did I pay City Power fifty dollars",
    "payments to Sarah over fifty dollars", "have I sent John anything this month", "what did I give Sarah last week",
    "is there a payment of fifty dollars to John", "how much is my next payment", "when is my payment due",
    "what do I have to pay City Power", "how much do I owe on my credit card", "transfers to John above a hundred",
    "did I send Sarah fifty dollars", "what would happen if I paid Sarah fifty dollars",
    "do you charge for sending money", "should I pay off my loan", "why did I pay City Power eighty dollars",
]  # fmt: skip
"""Each speaks of payees, sums or payments, and none is to be made."""

NO_INQUIRY = [
    ("pay Sarah fifty dollars", "pay"),
    ("City Power's bill is eighty dollars, pay it please", "pay"),
    ("send fifty dollars to Sarah from savings today", "pay"),
    ("set up a standing order to Sarah", "standing_order"),
    ("freeze my new card", "not_offered"),
    ("I'd like to apply for a bigger loan", "not_offered"),
    ("raise my credit limit", "not_offered"),
    ("Sarah gave me her number", "unknown"),
    ("I spent the weekend in the garden", "unknown"),
    ("what's the capital of France", "unknown"),
    ("what's coming up on television", "unknown"),
]

INTERRUPTING = [
    ("wait, what's my balance first", "balance"),
    ("hold on, how much is in savings before I do that", "balance"),
    ("before that, when's my loan payment due", "loans"),
    ("hang on, can I check my balance first", "balance"),
    ("one second, what's my credit limit", "credit"),
]
