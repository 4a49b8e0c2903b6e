"""Alerts however they are put: somebody asks to be told, once something happens that there are alerts for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from adapters.understanding.alerts import about_of, alerting, kind_of
from domain.understanding import Intent

if TYPE_CHECKING:
    from adapters.understanding.tagging import Tagged
    from domain.understanding import Understanding

_TELL: Final = re.compile(
    r"\b(?:(?:ask|text|message|e ?mail|ping|buzz|nudge|inform|prompt|page|poke|wake|hit"
    r"|(?:shout|yell|holler|scream|beep)"
    r"(?: at)?) (?:me|us)|notify|warn|alert|remind|flag (?:any|all|every|large|big)[a-z]*)\b"
    r"|\ban? (?:new |quick )?(?:reminder|alert|warning|notification) (?:to|for|when|if|about|at|on|every|§)"
    r"|\b(?:send|drop|shoot|give|get|fire|pop|want|need|like|have) (?:me |us )?(?:over |off )?(?:an? |some |the )?"
    r"(?:quick |push |little |instant )*"
    r"(?:texts?|messages?|e ?mails?|alerts?|warnings?|notifications?|notices?|heads up|shout|buzz|nudge|ping|note|line"
    r"|ring|call|bell|poke|signal|holler)\b|\bgive (?:me|us) §[a-z]*b"
    r"|\b(?:keep|watch|have) (?:an eye|a lookout|tabs|watch|me posted|me informed|me updated|me in the loop|out for)\b"
    r"|\b(?:be|get) (?:told|alerted|notified|warned|informed|pinged|texted|messaged)\b"
)
"""Can't be taken for a question."""
_TELL_ME: Final = re.compile(
    r"\b(?:let (?:me|us) know|tell (?:me|us)|make sure i (?:know|hear|am told)|i should know"
    r"|(?:want|like|love|need|have) to (?:know|hear))\b"
)
_ONCE: Final = re.compile(
    r"\b(?:whenever|(?:every|each|any|next) ?time|(?:as )?soon as|once"
    r"|the (?:very )?(?:moment|second|minute|instant))\b"
)
_WHEN: Final = re.compile(
    r"\b(?:when|if|should|in case|before(?! (?:that|this|i|we|you|it)\b)|for (?:any|every|each|all)"
    r"|(?:about|of|on) (?:any|every|each|all|an?|my)|over|above|under|below)\b|§b|\bat §[a-z]*a"
)
_PAST: Final = re.compile(
    r"\b(?:did|came|went|was|were|had|been|have i|has my|(?:is|are) due|due date|last|already|yet|how|what|which|who"
    r"|where)\b"
)
_AHEAD: Final = re.compile(r"\bbefore\b|§[a-z]*b")
_PAYS: Final = re.compile(
    r"(?:please |can you |could you |i want to |just |and )*(?:pay|send|give|transfer|wire|move) (?!me\b|us\b|an? )"
)


def by_alert(tagged: Tagged) -> Understanding | None:
    """The alert that is asked for; None where none is, or where it may be a question about what there is."""
    timed = tagged.dated or tagged
    text = timed.plain
    tells, once = _TELL.search(text), _ONCE.search(text)
    if not (tells or _TELL_ME.search(text)) or _PAYS.match(text):
        return None
    if tagged.dated is not None and about_of(timed):
        return alerting(Intent.ALERT, tagged)
    if not (once or (_WHEN.search(text) and (tells or not _PAST.search(text)))):
        return None
    kind = kind_of(timed)
    asked = kind == "payment_due" and not tells and not _AHEAD.search(text)
    return alerting(Intent.ALERT, tagged) if kind and not asked else None
