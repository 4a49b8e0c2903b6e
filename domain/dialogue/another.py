"""Whether a sentence asks for one payment more, or changes one that there is."""

from __future__ import annotations

import re
from typing import Final

_VERB: Final = r"(?:pay|send|transfer|give|wire|zelle|venmo)"
_ANOTHER: Final = re.compile(
    r"\b(?:also|another(?! account)|additional|additionally|as well|in addition|on top of|besides|plus"
    rf"|second payment|new payment|one more)\b|\btoo\W*$"
    rf"|\b(?:and|then)(?: then| please| after that)? {_VERB}\b(?! (?:it|that|this|them)\b)"
    r"|\bafter that\b",
    re.IGNORECASE,
)
_CHANGES: Final = re.compile(
    r"\b(?:change|correct|update|modify|adjust|alter|increase|raise|reduce|lower|decrease)\b"
    r"|\bmake (?:my|the|that|this) (?:last |earlier |open )?payment\b",
    re.IGNORECASE,
)


def asks_for_another(text: str) -> bool:
    """`Yes, and pay John Doe ten dollars`, `another ten to John`, but not `yes, and make it fifty`."""
    return _ANOTHER.search(text) is not None


def asks_to_change(text: str) -> bool:
    """`Change my payment to John Doe to fifty dollars`, but not `pay John Doe fifty dollars`."""
    return _CHANGES.search(text) is not None and not asks_for_another(text)
