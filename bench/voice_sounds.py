"""What the bench says, in several voices."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from adapters.livekit.caller import MIC_RATE
from adapters.speech.espeak import EspeakVoice
from adapters.speech.pcm import VOICE_RATE, Pcm, read_wav, resample, silence, trim
from adapters.speech.voice import HibariVoice

if TYPE_CHECKING:
    from collections.abc import Callable

COMPLETE = (
    "what is my checking balance",
    "what is my savings balance",
    "show me my last five transactions",
    "how much money do I have in my savings account",
    "help",
    "what can you do",
    "can you repeat that",
    "what is my credit card balance",
    "yes please",
    "show me my recent transactions",
    "I would like to speak to a person",
    "freeze my debit card",
)
OPEN = ("no", "thank you", "cancel", "do you sell home insurance", "what is the weather like", "hello")
PAUSED = (
    ("what is my", "savings balance"),
    ("show me", "my last five transactions"),
    ("pay Sarah Chen", "twenty five dollars"),
    ("how much money", "do I have in my checking account"),
)
BARGES = ("what is my savings balance", "no", "stop", "cancel that")


def _click() -> Pcm:
    pcm = silence(MIC_RATE, 200)
    pcm[4800:4896] = 20_000
    return pcm


def _hiss() -> Pcm:
    return (np.random.default_rng(7).standard_normal(MIC_RATE) * 4000).astype(np.int16)


def _cough() -> Pcm:
    time = np.arange(MIC_RATE // 4) / MIC_RATE
    burst = np.random.default_rng(3).standard_normal(time.size) * np.exp(-time * 18)
    throat = 1 + np.sin(2 * np.pi * 450 * time) * 0.5 + np.sin(2 * np.pi * 1100 * time) * 0.3
    return np.clip(burst * throat * 9000, -32768, 32767).astype(np.int16)


NOISES: dict[str, Callable[[], Pcm]] = {"click": _click, "white noise": _hiss, "cough": _cough}


class Booth:
    """Speaks phrases into files that the caller's process plays.

    `voices` sound like people: one, the same with a longer and a shorter throat, and flite's where it is installed.
    `robots` are espeak-ng's formants, which the first ear often mishears.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        person = HibariVoice().synthesize
        people: dict[str, Callable[[str], Pcm]] = {
            "hibari": person,
            "lower": lambda text: resample(person(text), round(VOICE_RATE * 0.88), VOICE_RATE),
            "higher": lambda text: resample(person(text), round(VOICE_RATE * 1.12), VOICE_RATE),
        }
        if shutil.which("flite"):
            people["flite"] = _flite
        machines = {name: EspeakVoice(name).synthesize for name in ("en-us", "en-gb")}
        self._speak = people | machines
        self.voices = tuple(people)
        self.robots = tuple(machines)

    def file(self, text: str, voice: str) -> str:
        """A phrase."""
        return self._keep(f"{voice} {text}", self._spoken(text, voice))

    def paused(self, parts: tuple[str, ...], voice: str, ms: int) -> str:
        """A phrase with a pause between its parts."""
        joined: list[Pcm] = []
        for part in parts:
            joined += [self._spoken(part, voice), silence(MIC_RATE, ms)]
        return self._keep(f"{voice} {parts} {ms}", np.concatenate(joined[:-1]))

    def noise(self, name: str, made: Callable[[], Pcm]) -> str:
        """A noise."""
        return self._keep(name, made())

    def _spoken(self, text: str, voice: str) -> Pcm:
        return resample(trim(self._speak[voice](text), VOICE_RATE, tail_ms=0), VOICE_RATE, MIC_RATE)

    def _keep(self, name: str, pcm: Pcm) -> str:
        path = self._folder / f"{hashlib.sha256(name.encode()).hexdigest()[:16]}.npy"
        if not path.exists():
            np.save(path, pcm)
        return str(path)


def _flite(text: str) -> Pcm:
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        subprocess.run(["flite", "-voice", "slt", "-t", text, "-o", file.name], check=True)  # noqa: S607
        return read_wav(Path(file.name), VOICE_RATE)
