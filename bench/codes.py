"""How often a spoken one-time code is heard right at the first try, through both ears and the end of the turn.

    python -m bench.codes [--each 2] [--seed 11] [--people] [--show]

Needs no servers. A wrong code that is handed in costs one of the customer's tries; asking again costs only patience.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from adapters.speech.listener import Ears, LanguageFiles
from adapters.speech.moonshine import MoonshineEar
from adapters.speech.pcm import EAR_RATE, silence
from adapters.speech.sphinx import SphinxService
from adapters.speech.whole import hear, turns
from adapters.understanding.language_model import build
from adapters.understanding.understander import Understander
from bench.code_sounds import PEOPLE, ROBOTS, WAYS, Clip, clips
from bench.report import console, table
from domain.conversation import Expects
from domain.understanding import Intent, Understanding, Vocabulary
from voice_worker.codes import Digits

if TYPE_CHECKING:
    from adapters.speech.sounds import Heard

RIGHT: Final = "right"
WRONG: Final = "wrong code handed in"
UNCLEAR: Final = "asked again"
SHORT: Final = "waits for more"
OTHER: Final = "another wish"
OUTCOMES: Final = (RIGHT, WRONG, UNCLEAR, SHORT, OTHER)
_SIX: Final = 6


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of one clip. Each ear: what it alone makes of the whole sound; `second` is empty without one turn."""

    clip: Clip
    outcome: str
    turns: int
    first: str
    second: str
    grammar: str


class Bench:
    """The product's own ears, while a code is awaited."""

    def __init__(self, folder: Path) -> None:
        vocabulary = Vocabulary(("Sarah Chen", "John Doe", "City Power"))
        made = build(vocabulary, folder)
        self._understander = Understander(vocabulary)
        self._first, self._second = MoonshineEar(), SphinxService()
        files = LanguageFiles(made.arpa, made.dictionary)
        self._ears = Ears(self._first, self._second, files, lambda: True)

    def close(self) -> None:
        """Free the models."""
        self._second.close()
        self._first.close()

    async def try_all(self, said: Iterable[Clip]) -> list[Trial]:
        """One after the other."""
        return [await self.try_one(clip) for clip in said]

    async def try_one(self, clip: Clip) -> Trial:
        """Heard as a call is heard, and by each ear alone."""
        heard = turns(await hear(clip.sound, self._ears, self._meaning))
        around = np.concatenate([silence(EAR_RATE, 200), clip.sound, silence(EAR_RATE, 100)])
        grammar = (await asyncio.wrap_future(self._second.hear_code(around))).partition("\n")[0]
        second = heard[0].second if len(heard) == 1 else ""
        return Trial(clip, judge(clip.code, heard), len(heard), self._first.transcribe(around), second, grammar)

    def digits(self, text: str) -> str:
        """The code in one ear's words."""
        found = self._meaning(text)
        return found.slots.get("code", "") if found.intent is Intent.CODE else ""

    def _meaning(self, text: str) -> Understanding:
        return self._understander.understand(text, Expects.CODE)


def judge(code: str, heard: Iterable[Heard]) -> str:
    """The outcome of the turns, as `voice_worker.dialogue` takes them: what is handed in first counts."""
    digits, outcome = Digits(), OTHER
    digits.expect("question")
    for turn in heard:
        if turn.meaning.intent is not Intent.CODE:
            return UNCLEAR if turn.meaning.intent is Intent.UNKNOWN else OTHER
        if turn.meaning.slots.get("unclear"):
            return UNCLEAR
        handed_in = digits.add(turn.meaning.slots.get("code", ""))
        if handed_in:
            return RIGHT if handed_in == code else WRONG
        outcome = SHORT
    return outcome


def report(bench: Bench, trials: list[Trial], *, show: bool) -> None:
    """By voice, by way, and each ear for itself."""
    for title in ("voice", "way"):
        groups: dict[str, Counter[str]] = {}
        for trial in trials:
            groups.setdefault(getattr(trial.clip, title), Counter())[trial.outcome] += 1
        groups["all"] = Counter(trial.outcome for trial in trials)
        rows = [(group, found.total(), *(found[outcome] for outcome in OUTCOMES)) for group, found in groups.items()]
        table(f"Spoken codes, first try, by {title}", (title, "codes", *OUTCOMES), rows)
    ears = {
        "first, at pace": [(bench.digits(trial.first), trial.clip.code) for trial in trials],
        "second, bank's sentences": [(bench.digits(trial.second), trial.clip.code) for trial in trials],
        "second, six digits": [(bench.digits(trial.grammar), trial.clip.code) for trial in trials],
    }
    rows = [
        (
            ear,
            sum(heard == code for heard, code in found),
            sum(len(heard) == _SIX and heard != code for heard, code in found),
        )
        for ear, found in ears.items()
    ]
    table("One ear alone", ("ear", "right", "six wrong digits"), rows)
    for trial in trials if show else []:
        if trial.outcome != RIGHT:
            clip = trial.clip
            console.print(
                clip.voice,
                clip.way,
                clip.code,
                trial.outcome,
                trial.turns,
                trial.first,
                trial.second,
                trial.grammar,
                sep=" | ",
            )


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--each", type=int, default=2)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--people", action="store_true", help="without espeak-ng's formants")
    parser.add_argument("--show", action="store_true")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        try:
            said = clips(PEOPLE if wanted.people else (*PEOPLE, *ROBOTS), tuple(WAYS), wanted.each, wanted.seed)
            report(bench, asyncio.run(bench.try_all(said)), show=wanted.show)
        finally:
            bench.close()


if __name__ == "__main__":
    main()
