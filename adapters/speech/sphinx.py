"""The second ear: pocketsphinx with a language model of the bank's own sentences, in a process shared by all calls."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Final

from adapters.speech.sphinx_process import REPLY, REQUEST, Operation

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from adapters.speech.pcm import Pcm


_NO_EAR: Final = 0
_PIPE_BYTES: Final = 1 << 20
"""Half a minute of sound: a decoder that is still loading must not stop a call's loop."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """What the second ear makes of the first `samples` of an utterance."""

    utterance: int
    samples: int
    text: str


class SphinxService:
    """The process and the wire to it. A process that died is started anew with the next utterance."""

    def __init__(self) -> None:
        self._ids = count(1)
        self._lock = threading.Lock()
        self._ears: dict[int, SphinxEar] = {}
        self._codes: dict[int, Future[str]] = {}
        self._code_ids = count(1)
        self._process: subprocess.Popen[bytes] | None = None
        self._reader: threading.Thread | None = None
        self._closed = False

    def open(self, language: Path, dictionary: Path, on_hypothesis: Callable[[Hypothesis], None]) -> SphinxEar:
        """A new ear. `on_hypothesis` is called on this service's reading thread."""
        ear = SphinxEar(self, next(self._ids), f"{language}\n{dictionary}", on_hypothesis)
        self._ears[ear.ear_id] = ear
        self.send(Operation.OPEN, ear.ear_id, 0, ear.model.encode())
        return ear

    def hear_code(self, pcm: Pcm) -> Future[str]:
        """Two lines about a whole utterance: its likeliest six digits and its likeliest digits, in words.

        Empty where the process dies meanwhile.
        """
        wanted: Future[str] = Future()
        number = next(self._code_ids)
        self._codes[number] = wanted
        if not self.send(Operation.CODE, _NO_EAR, number, pcm.tobytes()):
            self._answer(number, "")
        return wanted

    @property
    def pid(self) -> int:
        """The process's id, 0 where there is none."""
        return self._process.pid if self._process else 0

    def send(self, operation: Operation, ear_id: int, utterance: int, payload: bytes = b"") -> bool:
        """Put a request on the wire. A dead process is replaced when an utterance starts, else the request is lost."""
        with self._lock:
            if self._closed:
                return False
            if self._process is None and operation in (Operation.OPEN, Operation.START):
                self._launch()
            return self._write(operation, ear_id, utterance, payload)

    def forget(self, ear_id: int) -> None:
        """Give an ear's decoder back."""
        if self._ears.pop(ear_id, None) is not None:
            self.send(Operation.CLOSE, ear_id, 0)

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._closed = True
            process, self._process = self._process, None
        if process is not None and process.stdin is not None:
            process.stdin.close()
        if self._reader is not None:
            self._reader.join(timeout=10)

    def _launch(self) -> None:
        process = subprocess.Popen(
            [sys.executable, "-m", "adapters.speech.sphinx_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pipesize=_PIPE_BYTES,
        )
        self._process = process
        self._reader = threading.Thread(target=self._read, args=(process,), name="sphinx", daemon=True)
        self._reader.start()
        for ear in self._ears.values():
            self._write(Operation.OPEN, ear.ear_id, 0, ear.model.encode())

    def _write(self, operation: Operation, ear_id: int, utterance: int, payload: bytes) -> bool:
        process = self._process
        if process is None or process.stdin is None:
            return False
        try:
            process.stdin.write(REQUEST.pack(operation, ear_id, utterance, len(payload)) + payload)
            process.stdin.flush()
        except (BrokenPipeError, ValueError):
            self._process = None
            return False
        return True

    def _read(self, process: subprocess.Popen[bytes]) -> None:
        # leaving the block closes both pipes, broken or not, and waits for the end of the process
        with suppress(BrokenPipeError), process:
            source = process.stdout
            while source is not None and len(header := source.read(REPLY.size)) == REPLY.size:
                ear_id, utterance, samples, length = REPLY.unpack(header)
                ear = self._ears.get(ear_id)
                text = source.read(length).decode()
                if ear_id == _NO_EAR:
                    self._answer(utterance, text)
                elif ear is not None:
                    ear.on_hypothesis(Hypothesis(utterance, samples, text))
        with self._lock:
            if self._process is process:
                self._process = None
        for number in list(self._codes):
            self._answer(number, "")

    def _answer(self, number: int, words: str) -> None:
        wanted = self._codes.pop(number, None)
        if wanted is not None and wanted.set_running_or_notify_cancel():
            wanted.set_result(words)


class SphinxEar:
    """One call's listening, an utterance at a time."""

    def __init__(
        self, service: SphinxService, ear_id: int, model: str, on_hypothesis: Callable[[Hypothesis], None]
    ) -> None:
        """Made by `SphinxService.open`."""
        self.ear_id = ear_id
        self.model = model
        self.on_hypothesis = on_hypothesis
        self._service = service
        self._utterance = 0

    def start(self) -> int:
        """Begin a new utterance; returns its number. The one before is forgotten."""
        self._utterance += 1
        self._service.send(Operation.START, self.ear_id, self._utterance)
        return self._utterance

    def feed(self, pcm: Pcm) -> None:
        """More of the utterance, 16 kHz."""
        self._service.send(Operation.FEED, self.ear_id, self._utterance, pcm.tobytes())

    def close(self) -> None:
        """The call is over."""
        self._service.forget(self.ear_id)
