"""What a customer says to use an outside tool. The bank's own grammar comes first: this reads what it left."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from domain.grammar.matcher import Compiler
from domain.grammar.notation import Slot, parse_rules
from domain.understanding import Intent, Understanding

if TYPE_CHECKING:
    from collections.abc import Iterable

    from domain.grammar.matcher import Edges
    from domain.outside import OutsideTool

_WORDS: Final = r"(?:\S+ ){1,6}?"


class _Compiler(Compiler):
    """Every slot is a few words, caught by its name and a number: a pattern may have a name only once."""

    def _slot(self, slot: Slot) -> str:
        self._names += 1
        return f"(?P<{slot.name}__{self._names}>{_WORDS})"


class Phrases:
    """The phrases of all allowed tools. Immutable: any thread may ask."""

    def __init__(self, tools: Iterable[OutsideTool]) -> None:
        self._patterns: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
            (tool.name, _Compiler(parse_rules(f"ask = {tool.phrases} ;")).bare("ask")) for tool in tools
        )

    def read(self, tokens: list[str], edges: Edges) -> Understanding | None:
        """The tool that is asked for, in slot `tool`, and its words by their names; None where none is."""
        if not self._patterns:
            return None
        text = "".join(f"{token} " for token in tokens)
        for span in edges.spans(text):
            for name, pattern in self._patterns:
                if found := pattern.fullmatch(text, *span):
                    words = {slot.partition("__")[0]: said.strip() for slot, said in found.groupdict().items() if said}
                    return Understanding(Intent.OUTSIDE, {**words, "tool": name})
        return None
