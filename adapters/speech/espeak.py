"""The fallback voice: espeak-ng. Plain, but it needs no model."""

from __future__ import annotations

import ctypes
from typing import Final

import numpy as np

from adapters.espeak import espeak
from adapters.speech.pcm import VOICE_RATE, Pcm, resample

_CHARS_UTF8: Final = 1
_RATE_PARAMETER: Final = 1
_POSITION_CHARACTER: Final = 1
_WORDS_A_MINUTE: Final = 165
_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


class EspeakVoice:
    """Speaks with one of espeak-ng's voices, `en-us` by default (`en-gb`, `en-us+f3` …)."""

    def __init__(self, voice: str = "en-us", words_a_minute: int = _WORDS_A_MINUTE) -> None:
        """Raises OSError where the library can't be started."""
        self._voice = voice
        self._pace = words_a_minute
        with espeak(voice) as loaded:
            self._rate = loaded.rate

    def synthesize(self, text: str) -> Pcm:
        """Speech at VOICE_RATE."""
        chunks: list[Pcm] = []

        def keep(samples: ctypes._Pointer[ctypes.c_short], length: int, _events: object) -> int:  # pyright: ignore[reportPrivateUsage]
            if samples and length > 0:
                chunks.append(np.ctypeslib.as_array(samples, shape=(length,)).astype(np.int16))
            return 0

        callback = _Callback(keep)
        said = text.encode()
        with espeak(self._voice) as loaded:
            library = loaded.library
            library.espeak_SetParameter(_RATE_PARAMETER, self._pace, 0)
            library.espeak_SetSynthCallback(callback)
            library.espeak_Synth(said, len(said) + 1, 0, _POSITION_CHARACTER, 0, _CHARS_UTF8, None, None)
            library.espeak_Synchronize()
        spoken = np.concatenate(chunks) if chunks else np.zeros(0, np.int16)
        return resample(spoken, self._rate, VOICE_RATE)
