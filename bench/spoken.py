"""How well spoken sentences are understood: both ears, their agreement, several voices, a telephone and noise.

    python -m bench eval --spoken [--only pay,amend] [--show]

`tests/understanding/spoken.jsonl` holds the words, the voice, the condition and a seed; the sound is made on the spot
and is the same every time. Needs no servers. A wrong meaning that is acted on is what may never happen to money; being
asked again costs only patience.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from adapters.speech.listener import Ears, LanguageFiles
from adapters.speech.moonshine import MoonshineEar
from adapters.speech.pcm import EAR_RATE, resample, rms
from adapters.speech.sphinx import SphinxService
from adapters.speech.whole import hear, turns
from adapters.understanding.language_model import build
from adapters.understanding.understander import Understander
from bench.code_sounds import said
from bench.report import console, table
from bench.understanding import CALENDAR, PAYEES, UNSAID
from domain.conversation import Expects
from domain.understanding import Intent, Vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from adapters.speech.pcm import Pcm
    from adapters.speech.sounds import Heard
    from domain.understanding import Understanding

SPOKEN: Final = Path(__file__).parent.parent / "tests" / "understanding" / "spoken.jsonl"
OUTCOMES: Final = ("right", "asked again", "WRONG")
_READ_BACK: Final = frozenset({Intent.PAY, Intent.TRANSFER, Intent.MANDATE, Intent.CONFIRM, Intent.AMEND})
"""Below full confidence these are doubted aloud before anything follows."""
_SNR_DB: Final = {"clean": 0.0, "phone": 0.0, "noise": 15.0, "phone noise": 20.0}
_PHONE_RATE: Final = 8000
_MU: Final = 255


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence as it is said: `condition` is one of clean, phone, noise, `phone noise`."""

    text: str
    intent: str
    slots: dict[str, str]
    voice: str
    condition: str
    seed: int
    expects: str = "anything"


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of a line; `heard`: each turn as the two ears heard it."""

    line: Line
    outcome: str
    heard: str


def lines() -> list[Line]:
    """All lines of the set."""
    return [Line(**json.loads(row)) for row in SPOKEN.read_text().splitlines()]


def sound(line: Line) -> Pcm:
    """The line in its voice and room."""
    pcm = said(line.text, line.voice)
    if "noise" in line.condition:
        hiss = np.random.default_rng(line.seed).standard_normal(pcm.size)
        pcm = (pcm + hiss * rms(pcm[np.abs(pcm) > 200]) * 10 ** (-_SNR_DB[line.condition] / 20)).clip(-32768, 32767)
    return _by_telephone(pcm.astype(np.int16)) if "phone" in line.condition else pcm.astype(np.int16)


def _by_telephone(pcm: Pcm) -> Pcm:
    """8 kHz and mu-law (G.711): what a fixed line leaves of a voice."""
    narrow: NDArray[np.float64] = resample(pcm, EAR_RATE, _PHONE_RATE).astype(np.float64) / 32768
    loud: NDArray[np.float64] = np.log1p(_MU * np.abs(narrow)) / float(np.log(_MU + 1))
    coded: NDArray[np.float64] = np.rint(np.sign(narrow) * loud * 127) / 127
    wide: NDArray[np.float64] = np.sign(coded) * ((_MU + 1) ** np.abs(coded) - 1) / _MU
    return resample((wide * 32767).astype(np.int16), _PHONE_RATE, EAR_RATE)


def judge(line: Line, heard: Iterable[Heard]) -> str:
    """The outcome: the first turn that the product would act on counts."""
    for turn in heard:
        found = turn.meaning
        slots = {name: value for name, value in found.slots.items() if name not in UNSAID}
        if found.intent == line.intent and slots == line.slots:
            return "right"
        if _acts(found):
            return "WRONG"
    return "asked again" if line.intent != Intent.UNKNOWN else "right"


def _acts(found: Understanding) -> bool:
    """Whether the product goes by it without asking."""
    if found.intent in (Intent.UNKNOWN, Intent.NOT_OFFERED, Intent.HELP, Intent.REPEAT) or not found.complete:
        return False
    return found.intent not in _READ_BACK or found.confidence >= 1.0


class Bench:
    """The product's own ears and grammar."""

    def __init__(self, folder: Path) -> None:
        vocabulary = Vocabulary(PAYEES)
        made = build(vocabulary, folder)
        self._understander = Understander(vocabulary, calendar=CALENDAR)
        self._first, self._second = MoonshineEar(), SphinxService()
        self._ears = Ears(self._first, self._second, LanguageFiles(made.arpa, made.dictionary), lambda: True)

    def close(self) -> None:
        """Free the models."""
        self._second.close()
        self._first.close()

    async def try_one(self, line: Line) -> Trial:
        """Heard as a call is heard."""

        def meaning(text: str) -> Understanding:
            return self._understander.understand(text, Expects(line.expects))

        heard = turns(await hear(sound(line), self._ears, meaning))
        shown = " / ".join(
            f"{turn.meaning.intent} {turn.meaning.slots} {turn.meaning.by} [{turn.first}] [{turn.second}]"
            for turn in heard
        )
        return Trial(line, judge(line, heard), shown)


def report(trials: list[Trial], *, show: bool) -> None:
    """By intent, by condition and by voice."""
    for title in ("intent", "condition", "voice"):
        groups: dict[str, Counter[str]] = {}
        for trial in trials:
            groups.setdefault(getattr(trial.line, title), Counter())[trial.outcome] += 1
        groups["all"] = Counter(trial.outcome for trial in trials)
        rows = [
            (group, found.total(), *(found[outcome] for outcome in OUTCOMES), 100 * found["right"] / found.total())
            for group, found in groups.items()
        ]
        table(f"Spoken, both ears, by {title}", (title, "n", *OUTCOMES, "% right"), rows)
    for trial in trials:
        if trial.outcome == "WRONG" or (show and trial.outcome != "right"):
            line = trial.line
            console.print(
                f"{trial.outcome} | {line.voice}, {line.condition} | {line.text} | {trial.heard}", markup=False
            )


def main(arguments: list[str]) -> int:
    """Print the tables; 1 where a payment or a yes was acted on that nobody asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", default="", help="intents, with commas between")
    parser.add_argument("--show", action="store_true", help="what was asked again, too")
    wanted = parser.parse_args(arguments)
    only = {intent for intent in str(wanted.only).split(",") if intent}
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        try:
            trials = [asyncio.run(bench.try_one(line)) for line in lines() if not only or line.intent in only]
        finally:
            bench.close()
    report(trials, show=bool(wanted.show))
    return 0


if __name__ == "__main__":
    raise SystemExit(main([]))
