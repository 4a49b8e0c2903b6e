"""Names in a statement, by what a person calls them: "the corner grocer", "citypower", "nothwind"."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

from rapidfuzz import fuzz

if TYPE_CHECKING:
    from collections.abc import Iterable

_SHORTEST_STEM: Final = 3
_ALIKE: Final = 82.0
_SAYS_NOTHING: Final = frozenset({"the", "a", "an", "my"})


def meant(asked: str, names: Iterable[str]) -> list[tuple[str, ...]]:
    """The names that may be meant, those that differ only in how they are written together; the best kind of likeness.

    Spelled the same; else each word of one in the other; else spelled nearly so.
    """
    written: dict[str, list[str]] = {}
    for name in names:
        written.setdefault(_plain(name), []).append(name)
    words = _plain(asked)
    if not words:
        return []
    same = [name for name in written if _together(name) == _together(words)]
    part = same or [name for name in written if _has_all(name, words) or _has_all(words, name)]
    near = part or [name for name in written if fuzz.ratio(_together(name), _together(words)) >= _ALIKE]
    return [tuple(written[name]) for name in near]


def _has_all(name: str, words: str) -> bool:
    there = name.split()
    return bool(there) and all(any(_begins(each, word) for each in there) for word in words.split())


def _begins(whole: str, stem: str) -> bool:
    return whole == stem or (len(stem) >= _SHORTEST_STEM and whole.startswith(stem))


def _together(words: str) -> str:
    return words.replace(" ", "")


def _plain(name: str) -> str:
    """Lower case, without accents, marks, a possessive, or words that name nothing."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    bare = bare.replace("\u2019", "'").replace("'s ", " ").removesuffix("'s")
    words = "".join(c if c.isalnum() else " " for c in bare.replace("'", "")).split()
    return " ".join(word for word in words if word not in _SAYS_NOTHING) or " ".join(words)
