"""Hears what may be a one-time code more than once: as it was said, more slowly, and by a grammar of six digits."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from adapters.speech.endpoint import NOTHING, Reading
from adapters.speech.pcm import EAR_RATE, Pcm, resample, with_short_pauses
from adapters.understanding.agreement import same
from adapters.understanding.spoken_code import HIDDEN, UNCLEAR, Hearing, agreed_code, agreed_part, code_of, may_be_code
from domain.understanding import Intent, Understanding

if TYPE_CHECKING:
    from collections.abc import Callable

    from adapters.speech.moonshine import MoonshineEar
    from adapters.speech.sphinx import SphinxService

_SLOWER: Final = 92
_SLOWEST: Final = 85
"""Per cent of the pace. The slower they come, the seldomer does the first ear drop one of two digits that are alike."""

Readings = tuple[Reading, Reading | None]
"""The first ear's, and the second's; None where nothing speaks for a code: then what the second ear hears by itself."""


@dataclass(frozen=True, slots=True)
class CodeEar:
    """What hears a call's codes."""

    first: MoonshineEar
    second: SphinxService | None
    understand: Callable[[str], Understanding]

    async def hear(self, said: Pcm, first: Reading, second: Callable[[], Reading]) -> Readings:
        """What to weigh of 16 kHz sound. `first`: what the first ear heard; `second()`: what the other has by now."""
        if not first.text or _settled(first, second()):
            return first, None
        open_ear = [_hearing(first), await self._slowly(with_short_pauses(said, EAR_RATE), _SLOWER)]
        if found := _found(open_ear, [_hearing(second())]):
            return found, found
        if _same_wish(open_ear):
            return first, None
        if not may_be_code(open_ear, [_hearing(second())]):
            return _doubted(first), None
        slowest, (six, few) = await asyncio.gather(self._slowly(said, _SLOWEST), self._by_grammar(said))
        open_ear.append(slowest)
        if found := _found(open_ear, [_hearing(second()), six, few]):
            return found, found
        return Reading(HIDDEN, UNCLEAR), NOTHING

    async def _slowly(self, said: Pcm, pace: int) -> Hearing:
        text = await asyncio.wrap_future(self.first.submit(resample(said, pace, 100)))
        return Hearing(text, self.understand(text))

    async def _by_grammar(self, said: Pcm) -> tuple[Hearing, Hearing]:
        text = await asyncio.wrap_future(self.second.hear_code(said)) if self.second else ""
        six, _, few = text.partition("\n")
        return Hearing(six, self.understand(six)), Hearing(few, self.understand(few))


def _hearing(reading: Reading) -> Hearing:
    return Hearing(reading.text, reading.meaning)


def _settled(first: Reading, second: Reading) -> bool:
    """Both ears heard the same wish, or the same whole code."""
    whole = first.meaning.intent is not Intent.CODE or bool(_hearing(first).code)
    return whole and first.meaning.complete and second.meaning.complete and same(first.meaning, second.meaning)


def _same_wish(open_ear: list[Hearing]) -> bool:
    one, other = open_ear[0].meaning, open_ear[1].meaning
    return one.complete and one.intent not in {Intent.UNKNOWN, Intent.CODE} and one.intent is other.intent


def _doubted(first: Reading) -> Reading:
    """What one hearing of two took for a wish is none: `You're welcome` may be two digits."""
    if first.meaning.intent is Intent.UNKNOWN:
        return first
    return replace(first, meaning=Understanding(Intent.UNKNOWN, confidence=0.0, complete=False))


def _found(open_ear: list[Hearing], own_ear: list[Hearing]) -> Reading | None:
    digits = agreed_code(open_ear, own_ear) or agreed_part(open_ear, own_ear)
    return Reading(HIDDEN, code_of(digits)) if digits else None
