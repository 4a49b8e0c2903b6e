"""The fallback voice: espeak-ng's library from its wheel, by ctypes. Plain, but it needs no model."""

from __future__ import annotations

import ctypes
import threading
from typing import Final

import espeakng_loader
import numpy as np

from adapters.speech.pcm import VOICE_RATE, Pcm, resample

_AUDIO_OUTPUT_SYNCHRONOUS: Final = 2
_DONT_EXIT: Final = 0x8000
_CHARS_UTF8: Final = 1
_RATE_PARAMETER: Final = 1
_POSITION_CHARACTER: Final = 1
_WORDS_A_MINUTE: Final = 165
_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)
LIBRARY_LOCK: Final = threading.RLock()
"""The library keeps global state: hold this around every call into it."""


class EspeakVoice:
    """Speaks with one of espeak-ng's voices, `en-us` by default (`en-gb`, `en-us+f3` …)."""

    def __init__(self, voice: str = "en-us", words_a_minute: int = _WORDS_A_MINUTE) -> None:
        self._voice = voice.encode()
        self._pace = words_a_minute
        with LIBRARY_LOCK:
            self._library = ctypes.CDLL(espeakng_loader.get_library_path())
            data = espeakng_loader.get_data_path().encode()
            self._rate: int = self._library.espeak_Initialize(_AUDIO_OUTPUT_SYNCHRONOUS, 0, data, _DONT_EXIT)
        if self._rate <= 0:
            raise OSError("espeak-ng could not be initialised")

    def synthesize(self, text: str) -> Pcm:
        """Speech at VOICE_RATE."""
        chunks: list[Pcm] = []

        def keep(samples: ctypes._Pointer[ctypes.c_short], length: int, _events: object) -> int:  # pyright: ignore[reportPrivateUsage]
            if samples and length > 0:
                chunks.append(np.ctypeslib.as_array(samples, shape=(length,)).astype(np.int16))
            return 0

        callback = _Callback(keep)
        said = text.encode()
        with LIBRARY_LOCK:
            self._library.espeak_SetVoiceByName(self._voice)
            self._library.espeak_SetParameter(_RATE_PARAMETER, self._pace, 0)
            self._library.espeak_SetSynthCallback(callback)
            self._library.espeak_Synth(said, len(said) + 1, 0, _POSITION_CHARACTER, 0, _CHARS_UTF8, None, None)
            self._library.espeak_Synchronize()
        spoken = np.concatenate(chunks) if chunks else np.zeros(0, np.int16)
        return resample(spoken, self._rate, VOICE_RATE)
