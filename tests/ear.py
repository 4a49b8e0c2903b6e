"""Whether a sentence can be read out to a customer."""

from __future__ import annotations

import re

_JARGON = re.compile(
    r"\b(token|hash|json|elicitation|workflow|null|none|http|payload|schema|proof|version|session|id|jwt|otp|totp|"
    r"idempotency|webauthn|assertion|challenge|api|server|uuid|invalid|error|exception)\b|[_{}\[\]<>/\\=]|\d{3}",
    re.IGNORECASE,
)


def fit_for_the_ear(sentence: str) -> bool:
    """Whole sentences in plain words, neither long nor empty, that end as sentences do."""
    return bool(re.fullmatch(r"[A-Z].{5,160}[.?]", sentence)) and _JARGON.search(sentence) is None
