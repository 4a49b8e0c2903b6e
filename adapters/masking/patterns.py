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
_TOLD_AS: Final = (
    r"\b(?:pass ?(?:word|code|phrase)|(?:memorable|secret|security) (?:word|phrase|answer)|maiden name"
    r"|answer to (?:my|the) security question)"
)
_TOLD: Final = re.compile(
    rf"{_TOLD_AS}(?:(?:'s| is| was| will be| used to be)\b\s*:?|\s*[:=])\s*(?P<value>\S.*?)"
    r"(?=\s*(?:[.!?;,](?:\s|$)|$)|\s+(?:please|thanks|thank you|and (?:my|please|then|pay|send|i|can|the|what|tell"
    r"|show|transfer|give))\b)",
    re.IGNORECASE,
)
_MIXED: Final = re.compile(
    rf"(?:{_TOLD_AS}|\bpin(?: number| code)?)\s+(?:(?:to|as|is)\s+)?"
    r"(?P<value>(?=\S*\d)(?=\S*[A-Za-z])[^\s,;]+[^\s,;.!?])",
    re.IGNORECASE,
)
"""`Password hunter2`, `change my password to hunter2`."""
_TOLD_FIRST: Final = re.compile(
    rf"(?P<value>[^\s.,;!?]+(?: [^\s.,;!?]+){{0,3}}?) (?:is|was|will be) (?:my|our|the) (?:\w+ )?{_TOLD_AS}\b",
    re.IGNORECASE,
)
"""`Hunter2 is my password`."""
_POINTS: Final = frozenset({"here", "how", "it", "that", "there", "this", "what", "when", "where", "which", "why"})
"""`What is my password` tells none."""
_STATE: Final = frozenset(
    """
    a about accepted again also always being blocked broken changed compromised correct disabled easy expired fine
    forgotten gone good hard in incorrect invalid known leaked locked lost missing needed never no not okay old
    on out rejected required reset right safe secret secure set so still stolen strong the there too unknown very weak
    what working wrong written
    """.split()  # noqa: SIM905
)
"""`My password is wrong` tells no password."""

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
    found += _secrets(text)
    if names is not None:
        found += [("name", *match.span(), "[name]") for match in names.finditer(text)]
    return found


def _secrets(text: str) -> Iterator[Found]:
    for pattern in (_TOLD, _MIXED):
        for match in pattern.finditer(text):
            value = match["value"]
            plain = all(character.isalpha() or character in " '" for character in value)
            if not (plain and value.lower().split()[0] in _STATE):
                yield "password", *match.span("value"), "******"
    for match in _TOLD_FIRST.finditer(text):
        if match["value"].lower().split()[-1] not in _POINTS:
            yield "password", *match.span("value"), "******"


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
