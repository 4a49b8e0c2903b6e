"""Masks what identifies a person or an account, in the formats of the first seed; money, dates and counts stay."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from adapters.masking.patterns import names_pattern, written
from adapters.masking.runs import judge
from adapters.masking.spoken import dotted, find_runs, large_numbers
from domain.errors import MaskingFailedError

LONGEST_TEXT: Final = 10_000
_DIGIT: Final = re.compile(r"[0-9]")


@dataclass(frozen=True, slots=True)
class Entity:
    """What was masked at text[start:end] of the original: its `kind`, never its value."""

    kind: str
    start: int
    end: int
    mask: str


@dataclass(frozen=True, slots=True)
class Masked:
    """A text that may leave the process, and what was taken out of it."""

    text: str
    entities: tuple[Entity, ...] = ()


class Masker:
    """Masks texts. `known_names` of this session are masked too, where asked for. Immutable: any thread may ask."""

    def __init__(self, known_names: tuple[str, ...] = ()) -> None:
        self._names = names_pattern(known_names)

    def mask(self, text: str, *, code_expected: bool = False) -> Masked:
        """The text without personal data; with `code_expected`, any lone digits are masked.

        Raises MaskingFailedError on anything unexpected: then the text must go nowhere.
        """
        try:
            return self._mask(text, code_expected=code_expected)
        except MaskingFailedError:
            raise
        except Exception:  # noqa: BLE001 - whatever failed, nothing may leak, not even in a chained traceback
            raise MaskingFailedError from None

    def _mask(self, text: str, *, code_expected: bool) -> Masked:
        if len(text) > LONGEST_TEXT:
            raise MaskingFailedError("text too long to mask")
        found = [Entity(kind, start, end, mask) for kind, start, end, mask in written(text, self._names)]
        if code_expected:
            found += [Entity("code", start, end, "******") for start, end in large_numbers(text) + dotted(text)]
        for run in find_runs(text):
            if any(run.start < entity.end and entity.start < run.end for entity in found):
                continue
            verdict = judge(text, run, code_expected=code_expected)
            if verdict is not None:
                opened = text[run.start - 1 : run.start] == "(" and ")" in text[run.start : run.end]
                found.append(Entity(verdict[0], run.start - opened, run.end, verdict[1]))
        if code_expected:  # what looks like a telephone number may be a code misheard: no digit of it stays
            found = [replace(entity, mask=_DIGIT.sub("*", entity.mask)) for entity in found]
        return _without(text, sorted(found, key=lambda entity: entity.start))


def _without(text: str, entities: list[Entity]) -> Masked:
    if not entities:
        return Masked(text)
    parts: list[str] = []
    at = 0
    kept: list[Entity] = []
    for entity in entities:
        if entity.start < at:
            continue
        parts += [text[at : entity.start], entity.mask]
        kept.append(entity)
        at = entity.end
    return Masked("".join((*parts, text[at:])), tuple(kept))
