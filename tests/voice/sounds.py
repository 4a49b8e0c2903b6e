"""Synthetic callers, noises and telephone lines."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from adapters.speech.espeak import EspeakVoice
from adapters.speech.pcm import EAR_RATE, VOICE_RATE, Pcm, resample, silence, trim
from adapters.speech.voice import HibariVoice

if TYPE_CHECKING:
    from adapters.speech.voice import Synthesizer


@lru_cache(maxsize=8)
def voice(name: str) -> Synthesizer:
    return HibariVoice() if name == "hibari" else EspeakVoice(name)


@lru_cache(maxsize=64)
def said(text: str, name: str = "hibari") -> Pcm:
    return resample(trim(voice(name).synthesize(text), VOICE_RATE, tail_ms=0), VOICE_RATE, EAR_RATE)


def by_telephone(pcm: Pcm) -> Pcm:
    """8 kHz and mu-law: what a fixed line leaves of a voice."""
    narrow = resample(pcm, EAR_RATE, 8000).astype(np.float64) / 32768
    coded = np.round(np.sign(narrow) * np.log1p(255 * np.abs(narrow)) / np.log(256) * 127) / 127
    wide = np.sign(coded) * (256 ** np.abs(coded) - 1) / 255
    return resample((wide * 32767).astype(np.int16), 8000, EAR_RATE)


def paused(*parts: Pcm, ms: int) -> Pcm:
    joined: list[Pcm] = []
    for part in parts:
        joined += [part, silence(EAR_RATE, ms)]
    return np.concatenate(joined[:-1])


def click() -> Pcm:
    pcm = silence(EAR_RATE, 400)
    pcm[3200:3232] = 20_000
    return pcm


def hiss(ms: int = 1000, amplitude: int = 1500) -> Pcm:
    return (np.random.default_rng(7).standard_normal(EAR_RATE * ms // 1000) * amplitude).astype(np.int16)


def cough() -> Pcm:
    """A burst of noise through a throat: 250 ms, two resonances, falling away."""
    rng = np.random.default_rng(3)
    time = np.arange(EAR_RATE // 4) / EAR_RATE
    burst = rng.standard_normal(time.size) * np.exp(-time * 18)
    throat = np.sin(2 * np.pi * 450 * time) * 0.5 + np.sin(2 * np.pi * 1100 * time) * 0.3
    return (np.clip(burst * (1 + throat) * 9000, -32768, 32767)).astype(np.int16)


def tone(hz: int = 697, other_hz: int = 1336, ms: int = 300) -> Pcm:
    """A key of a telephone."""
    time = np.arange(EAR_RATE * ms // 1000) / EAR_RATE
    return ((np.sin(2 * np.pi * hz * time) + np.sin(2 * np.pi * other_hz * time)) * 6000).astype(np.int16)
