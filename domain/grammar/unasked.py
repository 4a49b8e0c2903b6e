"""Sentences that name a payee and a sum, and still ask for no single payment to that payee."""

from __future__ import annotations

import re
from typing import Final

_RELATIVE: Final = (
    r"(?:brother|sister|mother|mom|mum|father|dad|wife|husband|son|daughter|kids?|child|children|friend|boss|cousin"
    r"|uncle|aunt|nephew|niece|partner|girlfriend|boyfriend|fiancee?|roommate|flatmate|landlord|neighbou?r|colleague"
    r"|assistant|company|family|parents?|twin|ex|grandmother|grandfather|grandma|grandpa)"
)
_SPOKEN: Final = re.compile(
    r"\b(?:refund\w*|revers(?:e|ing)|undo|revoke|cancel\w*|abort|except|excluding|besides|other than|apart from"
    r"|(?:everyone|everybody|anyone|anybody) but|twice|thrice|(?:two|three|four|five|six|ten|several|\d+) times)\b"
    r"|\b(?:remind(?:er|ers|ing|ed)?|alerts?|notif(?:y|ications?)|warn(?:ings?)?)\b"
    r"|\b(?:have|has|had|did|were|are) (?:you|we|they)(?: already| just| ever)? (?:paid|pay|sent|send|given|give|paying"
    r"|transferred|transfer|wired|wire)\b"
    rf"|['\u2019]s (?:\w+ )?{_RELATIVE}\b",
    re.IGNORECASE,
)


def unasked(text: str) -> bool:
    """`Have you paid Sarah ten`, `cancel pay Sarah ten`, `pay Sarah's brother ten`, `pay Sarah ten twice`."""
    return _SPOKEN.search(text) is not None
