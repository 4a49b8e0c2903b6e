"""One-time codes as people say them: in several voices, ways and rooms, the same for the same seed."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Final

import numpy as np

from adapters.speech.espeak import EspeakVoice
from adapters.speech.pcm import EAR_RATE, VOICE_RATE, Pcm, read_wav, resample, rms, silence, trim
from adapters.speech.voice import HibariVoice

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Say = Callable[[str], Pcm]
"""Words to sound at 16 kHz."""
_DIGITS: Final = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_REPEATS: Final = {1: "", 2: "double ", 3: "triple "}
_NOISE_DB: Final = 25.0


@dataclass(frozen=True, slots=True)
class Clip:
    """One code, said once."""

    voice: str
    way: str
    code: str
    sound: Pcm


def codes(seed: int) -> Iterator[str]:
    """Codes without end; of three, one has a digit twice running, one two zeros or a digit three times running."""
    random = Random(seed)  # noqa: S311 - nobody's code
    while True:
        for kind in range(3):
            digits = [str(random.randrange(10)) for _ in range(6)]
            at = random.randrange(4)
            if kind == 1:
                digits[at + 1] = digits[at]
            elif kind == 2:
                digits[at : at + 3] = random.choice((["0", "0", digits[at + 2]], [digits[at]] * 3))
            yield "".join(digits)


def clips(voices: Sequence[str], ways: Sequence[str], each: int, seed: int) -> Iterator[Clip]:
    """`each` codes for every voice and way; every other one with noise 25 dB below the voice."""
    endless = codes(seed)
    for way in ways:
        for voice in voices:
            for number in range(each):
                code = next(endless)
                sound = WAYS[way](lambda text, voice=voice: said(text, voice), code)
                yield Clip(voice, way, code, _in_noise(sound, number) if number % 2 else sound)


def said(text: str, voice: str) -> Pcm:
    """Words by one of `PEOPLE` or `ROBOTS`, without silence around them."""
    return resample(trim(_voice(voice)(text), VOICE_RATE, tail_ms=0), VOICE_RATE, EAR_RATE)


def _in_noise(sound: Pcm, seed: int) -> Pcm:
    hiss = np.random.default_rng(seed).standard_normal(sound.size)
    level = rms(sound[np.abs(sound) > 200]) * 10 ** (-_NOISE_DB / 20)
    return (sound + hiss * level).clip(-32768, 32767).astype(np.int16)


def _apart(parts: Sequence[Pcm], ms: int) -> Pcm:
    return np.concatenate([sound for part in parts for sound in (part, silence(EAR_RATE, ms))][:-1])


def _words(code: str, zero: str = "zero") -> list[str]:
    return [zero if digit == "0" else _DIGITS[int(digit)] for digit in code]


def _with_doubles(code: str) -> str:
    runs = [(digit, len(list(run))) for digit, run in groupby(code)]
    words = [(digit, [min(3, count - at) for at in range(0, count, 3)]) for digit, count in runs]
    return " ".join(f"{_REPEATS[count]}{_DIGITS[int(digit)]}" for digit, counts in words for count in counts)


WAYS: Final[dict[str, Callable[[Say, str], Pcm]]] = {
    "in one breath": lambda say, code: say(" ".join(_words(code))),
    "as figures": lambda say, code: say(" ".join(code)),
    "with commas": lambda say, code: say(", ".join(_words(code))),
    "with full stops": lambda say, code: say(". ".join(code)),
    "oh for zero": lambda say, code: say(" ".join(_words(code, "oh"))),
    "double zero": lambda say, code: say(_with_doubles(code)),
    "my code is": lambda say, code: say(f"my code is {' '.join(_words(code))}"),
    "three and three": lambda say, code: _apart([say(" ".join(_words(code[at : at + 3]))) for at in (0, 3)], 700),
    "two by two": lambda say, code: _apart([say(" ".join(_words(code[at : at + 2]))) for at in (0, 2, 4)], 500),
    "one by one": lambda say, code: _apart([say(word) for word in _words(code)], 300),
    "in two turns": lambda say, code: _apart([say(" ".join(_words(code[at : at + 3]))) for at in (0, 3)], 1800),
}
FLITE: Final = ("slt", "rms", "awb") if shutil.which("flite") else ()
PEOPLE: Final = ("hibari", "lower", "higher", *FLITE)
ROBOTS: Final = ("en-us", "en-gb")
"""espeak-ng's formants, which the first ear often mishears."""


@lru_cache
def _voice(name: str) -> Callable[[str], Pcm]:
    if name in FLITE:
        return lambda text: _flite(text, name)
    if name in ROBOTS:
        return EspeakVoice(name, 150).synthesize
    pitch = {"hibari": 100, "lower": 112, "higher": 90}[name]
    person = _person()
    return lambda text: resample(person.synthesize(text), 100, pitch)


@lru_cache
def _person() -> HibariVoice:
    return HibariVoice()


def _flite(text: str, name: str) -> Pcm:
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        subprocess.run(["flite", "-voice", name, "-t", text, "-o", file.name], check=True)  # noqa: S607
        return read_wav(Path(file.name), VOICE_RATE)
