"""Inquiries: looked up in the middle of whatever is open."""

from __future__ import annotations

from typing import Final

from domain.dialogue import inquiries, outside
from domain.dialogue.graph import After, Event, Graph, actions, aside
from domain.understanding import Intent

INQUIRIES: Final = Graph(
    name="inquiries",
    about="What is looked up, in the bank and outside, and how a list goes on.",
    anywhere=(
        aside(*inquiries.TOOLS, do="inquire"),
        aside(Intent.MORE, do="more"),
        aside(Intent.OUTSIDE, do="outside"),
    ),
    # some answers are for nobody but the customer
    after=(After(Event.ASKS_CODE, "identity.awaiting_code"), After(Event.ASKS_PASSKEY, "identity.awaiting_passkey")),
    tools=tuple(inquiries.TOOLS.values()),
    actions=actions(inquiries.inquire, inquiries.more, outside.outside),
)
