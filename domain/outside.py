"""Tools of other MCP servers, as a conversation may use them: named `server.tool`, each only in its states."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,31}")
_PLACE: Final = re.compile(r"\{([a-z0-9_.]+)\}")


@dataclass(frozen=True, slots=True)
class OutsideTool:
    """One allowed tool. `states`: where in a dialogue it may be called; `phrases`: a rule in the grammar's notation.

    `arguments`: what it is given; `{slot}` in them is replaced by what was said. `answer`: the sentence that is said,
    with `{key}` (or `{key.inner}`, `{list.0}`) out of the tool's structured result; empty: the tool's own text.
    """

    server: str
    tool: str
    states: frozenset[str]
    phrases: str
    arguments: dict[str, str] = field(default_factory=dict[str, str])
    answer: str = ""

    @property
    def name(self) -> str:
        """`server.tool`."""
        return f"{self.server}.{self.tool}"


@dataclass(frozen=True, slots=True)
class OutsideCall:
    """What a conversation wants to know, in which state of its dialogue, and the words for the tool's arguments."""

    name: str
    state: str
    user_id: str
    words: dict[str, str] = field(default_factory=dict[str, str])


def places_in(text: str) -> set[str]:
    """The names in braces."""
    return set(_PLACE.findall(text))


def filled(text: str, words: dict[str, str]) -> str:
    """The text with every `{name}` replaced. Raises KeyError where one is missing."""
    return _PLACE.sub(lambda found: words[found[1]], text)


def arguments_of(tool: OutsideTool, words: dict[str, str]) -> dict[str, str]:
    """What the tool is given; an argument whose words were not said is left out."""
    return {name: filled(value, words) for name, value in tool.arguments.items() if places_in(value) <= words.keys()}
