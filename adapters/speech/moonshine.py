"""The first ear: Moonshine tiny-en, an open vocabulary, from the weights in its wheel."""

from __future__ import annotations

import os
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

from moonshine_voice.errors import MoonshineError
from moonshine_voice.moonshine_api import ModelArch
from moonshine_voice.transcriber import Transcriber
from moonshine_voice.utils import get_model_path

from adapters.speech.pcm import EAR_RATE, Pcm, silence, to_floats

_WARM_UPS: Final = 2


class EarFailedError(Exception):
    """The recogniser itself failed; nothing is known of what was said."""


class MoonshineEar:
    """Transcribes whole utterances; one for all calls of a process. About 50 ms on two cores, 160 MiB."""

    def __init__(self) -> None:
        # two threads gain nothing on an idle machine and wait for each other on a busy one (45 ms or 90, against 50)
        os.environ.setdefault("MOONSHINE_ORT_SINGLE_THREAD", "1")
        # the library's own segmentation is off: it would hear words in the silence before an utterance
        self._model = Transcriber(str(get_model_path("tiny-en")), ModelArch.TINY, options={"vad_threshold": "0.0"})
        self._busy = threading.Lock()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="moonshine")
        for _ in range(_WARM_UPS):
            self.transcribe(silence(EAR_RATE, 1000))

    def transcribe(self, pcm: Pcm) -> str:
        """The words in 16 kHz sound; empty where it found none. Blocks. Raises EarFailedError."""
        if pcm.size == 0:
            return ""
        try:
            with self._busy:
                heard = self._model.transcribe_without_streaming(to_floats(pcm).tolist(), EAR_RATE)
        except (MoonshineError, OSError, RuntimeError, ValueError) as error:
            raise EarFailedError(type(error).__name__) from error
        return " ".join(line.text for line in heard.lines).strip()

    def submit(self, pcm: Pcm) -> Future[str]:
        """The same on the ear's own thread."""
        return self._pool.submit(self.transcribe, pcm)

    def close(self) -> None:
        """Free the model."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._model.close()
