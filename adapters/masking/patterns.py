"""What is recognised by its written form: e-mail addresses, IBANs, names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from schwifty import IBAN
from schwifty.exceptions import SchwiftyException

_EMAIL: Final = re.compile(r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+")
_SPOKEN_EMAIL: Final = re.compile(
    r"\b[a-z0-9]+(?:(?: dot | underscore | dash |[._\-])[a-z0-9]+)* at (?:[a-z0-9]+(?: dot | point |\.))+"
    r"(?:com|net|org|edu|gov|io|co|uk|de|us|info)\b",
    re.IGNORECASE,
)
_IBAN: Final = re.compile(r"\b[A-Za-z]{2}[ ]?\d{2}(?:[ \-]?[A-Za-z0-9]){11,30}\b")
_LONGEST_IBAN: Final = 34

Found = tuple[str, int, int, str]


def names_pattern(names: tuple[str, ...]) -> re.Pattern[str] | None:
    """Matches any of these names as whole words, in any case."""
    usable = sorted((re.escape(name.strip()) for name in names if name.strip()), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(usable)})\b", re.IGNORECASE) if usable else None


def written(text: str, names: re.Pattern[str] | None) -> list[Found]:
    """All that its spelling gives away, as (kind, start, end, mask)."""
    found = list(_ibans(text)) if any(c.isdigit() for c in text) else []
    if "@" in text:
        found += [("email", *match.span(), "[email]") for match in _EMAIL.finditer(text)]
    if " at " in text.lower():
        found += [("email", *match.span(), "[email]") for match in _SPOKEN_EMAIL.finditer(text)]
    if names is not None:
        found += [("name", *match.span(), "[name]") for match in names.finditer(text)]
    return found


def _ibans(text: str) -> Iterator[Found]:
    for match in _IBAN.finditer(text):
        for end in _ends(match):
            plain = re.sub(r"[ \-]", "", text[match.start() : end]).upper()
            if len(plain) <= _LONGEST_IBAN and _is_iban(plain):
                yield "iban", match.start(), end, f"****{plain[-4:]}"
                break


def _ends(match: re.Match[str]) -> Iterator[int]:
    """Where the number may end: what follows it in the sentence is letters and digits too."""
    yield match.end()
    for gap in reversed([m.start() for m in re.finditer(r"[ \-]", match[0])]):
        yield match.start() + gap


def _is_iban(plain: str) -> bool:
    try:
        IBAN(plain)
    except SchwiftyException:
        return False
    return True
