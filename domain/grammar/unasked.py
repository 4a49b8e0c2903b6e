"""Sentences that name a payee and a sum, and still ask for no single payment to that payee."""

from __future__ import annotations

import re
from typing import Final

from domain.understanding import Intent

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
    rf"|['\u2019]s (?:\w+ )?{_RELATIVE}\b"
    r"|\b(?:can|could) (?:i|we) afford\b|\bdisput\w+"
    r"|\b(?:(?:i|we|you|they|he|she)(?:['\u2019]ve| have| had)|(?:should|would|could|might)(?:['\u2019]ve| have))"
    r"(?: already| just| never| not)? (?:paid|sent|given|transferred|wired)\b"
    r"|\b(?:was|were) (?:going|about) to (?:pay|send|give|transfer|wire)\b",
    re.IGNORECASE,
)


def unasked(text: str) -> bool:
    """`Have you paid Sarah ten`, `cancel pay Sarah ten`, `pay Sarah's brother ten`, `pay Sarah ten twice`."""
    return _SPOKEN.search(text) is not None


_ENDS: Final = frozenset(
    {
        Intent.CANCEL,
        Intent.REVOKE,
        Intent.ORDER_CANCEL,
        Intent.ORDER_PAUSE,
        Intent.ALERT_DELETE,
        Intent.ALERT_PAUSE,
    }
)
_BEGINS: Final = frozenset({Intent.ORDER_RESUME, Intent.ALERT_RESUME})
_CHANGES: Final = frozenset({Intent.ORDER_CHANGE, Intent.ALERT_CHANGE})
_NOT_TO: Final = (
    r"(?:\b(?:not|never|dont)|n['\u2019]t) (?:(?:want|wish|mean|need|like|ask|tell|try|have)\w* (?:you |me )?(?:to )?)?"
    r"(?:please |ever |just )?"
)
_END: Final = (
    r"(?:cancel|delete|remove|stop|end|terminate|revoke|drop|pause|suspend|freeze|halt|hold|skip|mute|silence"
    r"|(?:turn|switch) off)"
)
_BEGIN: Final = r"(?:resume|restart|reactivate|unpause|continue|start|(?:turn|switch)(?: back)? on)"
_CHANGE: Final = r"(?:change|raise|increase|lower|reduce|update|adjust|alter|edit|move|switch|set|make)"
_REFUSED: Final = tuple(
    (intents, re.compile(rf"{_NOT_TO}{verbs}\b", re.IGNORECASE))
    for intents, verbs in ((_ENDS, _END), (_BEGINS, _BEGIN), (_CHANGES, _CHANGE))
)
_ASKS: Final = re.compile(
    r"^\W*(?:(?:and|so|but|well|okay|ok|um|uh|hey|sorry|wait|please)[\s,]+)*"
    r"(?:how (?:do|can|could|would|does) i|why (?:is|are|was|were|did|has|have)|when (?:do|can|could|will|did|was|is)"
    r"|what (?:happens|would happen|will happen|if)|who|is (?:it too|my|the)"
    r"|are (?:my|the|any)|was|were|has|did|does)\b",
    re.IGNORECASE,
)


_FAILED: Final = re.compile(
    r"\b(?:did|does|has|have|had|was)(?: not|n['\u2019]t| never) (?:go|gone|get|got|come|been|arrived?)\b",
    re.IGNORECASE,
)
"""`The fifty to John didn't go through` tells of it, and takes nothing back."""


def left_alone(intent: Intent, text: str) -> bool:
    """`Don't cancel it`, `are my alerts paused`: nothing that there is is to be ended, begun again or changed."""
    refused = any(intent in intents and said.search(text) for intents, said in _REFUSED)
    refused = refused or (intent is Intent.CANCEL and _FAILED.search(text) is not None)
    steps = intent in _ENDS | _BEGINS | _CHANGES
    return refused or (steps and _ASKS.match(text) is not None)
