"""16-bit mono PCM: the one form in which sound travels between the parts of the voice pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

if TYPE_CHECKING:
    from pathlib import Path

Pcm = npt.NDArray[np.int16]
"""Samples of one channel."""

EAR_RATE: Final = 16_000
"""Hz that both recognisers and the voice activity detector work at."""
VOICE_RATE: Final = 24_000
"""Hz that the assistant speaks at."""
ROOM_RATE: Final = 48_000
"""Hz of a room's tracks: LiveKit resamples anything else, which takes 15 ms."""
_FULL: Final = 32_767
_QUIET_RMS: Final = 60.0
"""Below this a 10 ms frame counts as silence: inaudible next to speech at any sane level."""


def silence(rate: int, ms: int) -> Pcm:
    """So many milliseconds of nothing."""
    return np.zeros(rate * ms // 1000, np.int16)


def from_bytes(data: bytes | bytearray | memoryview) -> Pcm:
    """Little-endian samples."""
    return np.frombuffer(data, np.int16)


def from_floats(samples: npt.NDArray[np.floating[Any]]) -> Pcm:
    """Floats in [-1, 1], clipped."""
    return (np.clip(samples, -1.0, 1.0) * _FULL).astype(np.int16)


def to_floats(pcm: Pcm) -> npt.NDArray[np.float32]:
    """Floats in [-1, 1]."""
    return pcm.astype(np.float32) / 32_768.0


def resample(pcm: Pcm, from_rate: int, to_rate: int) -> Pcm:
    """The same sound at another rate."""
    if from_rate == to_rate or pcm.size == 0:
        return pcm
    return from_floats(soxr.resample(to_floats(pcm), from_rate, to_rate))  # pyright: ignore[reportUnknownMemberType]


def read_wav(path: Path, rate: int) -> Pcm:
    """A sound file of any rate, width and channel count, mixed to one channel. Raises `soundfile.LibsndfileError`."""
    loaded: tuple[npt.NDArray[np.float32], int] = soundfile.read(path, dtype="float32", always_2d=True)  # pyright: ignore[reportUnknownMemberType, reportAssignmentType]
    samples, file_rate = loaded
    return resample(from_floats(samples.mean(axis=1)), file_rate, rate)


def write_wav(path: Path, pcm: Pcm, rate: int) -> None:
    """Store as 16-bit WAV."""
    soundfile.write(path, pcm, rate, subtype="PCM_16")  # pyright: ignore[reportUnknownMemberType]


def rms(pcm: Pcm) -> float:
    """Root mean square in sample units."""
    return float(np.sqrt(np.mean(np.square(pcm.astype(np.float32))))) if pcm.size else 0.0


def level_db(pcm: Pcm) -> float:
    """Loudness in dB above one sample unit: 0 for silence, about 60 for speech."""
    return float(20.0 * np.log10(rms(pcm) + 1.0))


def with_short_pauses(pcm: Pcm, rate: int, longest_ms: int = 120, below_db: float = 25.0) -> Pcm:
    """The same words with no pause longer than `longest_ms`. A pause is that far below the loudest 10 ms."""
    frame = rate // 100
    frames = [pcm[start : start + frame] for start in range(0, pcm.size - frame + 1, frame)]
    levels = [level_db(each) for each in frames]
    kept: list[Pcm] = []
    quiet = 0
    for each, level in zip(frames, levels, strict=True):
        quiet = quiet + 1 if level < max(levels) - below_db else 0
        if quiet * 10 <= longest_ms:
            kept.append(each)
    return np.concatenate(kept) if kept else pcm


def trim(pcm: Pcm, rate: int, tail_ms: int = 120) -> Pcm:
    """Without leading silence, and with at most `tail_ms` after the last sound. All silence comes back untouched."""
    frame = rate // 100
    whole = pcm[: pcm.size // frame * frame].reshape(-1, frame).astype(np.float32)
    loud = np.flatnonzero(np.sqrt(np.mean(np.square(whole), axis=1)) > _QUIET_RMS)
    if loud.size == 0:
        return pcm
    first = max(0, int(loud[0]) - 1) * frame
    last = (int(loud[-1]) + 1) * frame + rate * tail_ms // 1000
    return pcm[first:last]
