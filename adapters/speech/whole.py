"""A recording heard from beginning to end by the pipeline that hears calls, without a room."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import numpy as np

from adapters.speech.listener import Ears, Listener
from adapters.speech.pcm import EAR_RATE, Pcm, silence
from adapters.speech.sounds import Dismissed, Heard, Sound
from adapters.speech.vad import FRAME

if TYPE_CHECKING:
    from collections.abc import Callable

    from adapters.speech.endpoint import EndpointSettings
    from domain.understanding import Understanding

_LEAD_MS: Final = 300
_TAIL_MS: Final = 1800
_WAIT_S: Final = 60.0


async def hear(
    pcm: Pcm,
    ears: Ears,
    understand: Callable[[str], Understanding],
    settings: EndpointSettings | None = None,
    tick_s: float = 0.0,
) -> list[Sound]:
    """Everything that was heard in 16 kHz sound. `tick_s`: seconds a 10 ms frame takes, 0 for as fast as it goes.

    Faster than real time the second ear may be outrun; then turns end on the first ear alone.
    """
    sounds: list[Sound] = []
    listener = Listener(ears, understand, sounds.append, settings)
    room = np.random.default_rng(0)
    whole = np.concatenate([silence(EAR_RATE, _LEAD_MS), pcm, silence(EAR_RATE, _TAIL_MS)])
    whole = (whole + np.rint(room.standard_normal(whole.size) * 3)).clip(-32768, 32767).astype(np.int16)
    for start in range(0, whole.size - FRAME + 1, FRAME):
        listener.push(whole[start : start + FRAME])
        await asyncio.sleep(tick_s)
        if not tick_s:
            await listener.settle(_WAIT_S)
    listener.close()
    return sounds


def turns(sounds: list[Sound]) -> list[Heard]:
    """The finished turns among them."""
    return [sound for sound in sounds if isinstance(sound, Heard)]


def noises(sounds: list[Sound]) -> int:
    """How many noises were dismissed."""
    return sum(isinstance(sound, Dismissed) for sound in sounds)
