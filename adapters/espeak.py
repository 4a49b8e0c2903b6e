"""espeak-ng's library from its wheel, by ctypes, loaded once a process: it makes sounds and phonemes."""

from __future__ import annotations

import ctypes
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import espeakng_loader

if TYPE_CHECKING:
    from collections.abc import Generator

_AUDIO_OUTPUT_SYNCHRONOUS: Final = 2
_DONT_EXIT: Final = 0x8000
_LOCK: Final = threading.RLock()


@dataclass(slots=True)
class Espeak:
    """The library, the samples a second of what it synthesizes, and the voice that it has now."""

    library: ctypes.CDLL
    rate: int
    voice: str = ""


@contextmanager
def espeak(voice: str) -> Generator[Espeak]:
    """The library, speaking with `voice` (`en-us`, `en-gb`, `en-us+f3` …), and nobody else's until the block ends.

    It keeps its state, the voice too, in globals. Raises OSError where it can't be started.
    """
    with _LOCK:
        found = _loaded()
        if found.voice != voice:
            found.library.espeak_SetVoiceByName(voice.encode())
            found.voice = voice
        yield found


@lru_cache(maxsize=1)
def _loaded() -> Espeak:
    library = ctypes.CDLL(espeakng_loader.get_library_path())
    data = espeakng_loader.get_data_path().encode()
    rate: int = library.espeak_Initialize(_AUDIO_OUTPUT_SYNCHRONOUS, 0, data, _DONT_EXIT)
    if rate <= 0:
        raise OSError("espeak-ng did not start: its voice data is missing")
    library.espeak_TextToPhonemes.restype = ctypes.c_char_p
    library.espeak_TextToPhonemes.argtypes = [ctypes.POINTER(ctypes.c_char_p), ctypes.c_int, ctypes.c_int]
    return Espeak(library, rate)
