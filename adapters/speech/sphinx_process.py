"""The second ear's own process: pocketsphinx holds the interpreter's lock while it listens, which no call can afford.

Frames on standard input and output, little-endian: a header, then `length` bytes. It ends with its input.
"""

from __future__ import annotations

import struct
import sys
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, BinaryIO, Final, Protocol, cast

import pocketsphinx

from adapters.speech.six_digits import SixDigits

REQUEST: Final = struct.Struct("<BIII")
"""operation, ear, utterance, length of the payload."""
REPLY: Final = struct.Struct("<IIII")
"""ear, utterance, samples heard so far, length of the text."""
_RATE: Final = 16_000


class Decoder(Protocol):
    """As much of pocketsphinx's decoder, which has no types, as is used here."""

    def start_utt(self) -> None:
        """Begin an utterance."""
        ...

    def process_raw(self, data: bytes) -> object:
        """Take samples."""
        ...

    def hyp(self) -> Any:  # noqa: ANN401
        """The best hypothesis so far, with its words in `hypstr`, or None."""
        ...

    def end_utt(self) -> None:
        """End the utterance."""
        ...


class Operation(IntEnum):
    """What the parent asks for. OPEN carries the paths of language model and dictionary; FEED carries samples.

    CODE carries a whole utterance of no ear (0) and gets one reply, two lines: the likeliest six digits in it and the
    likeliest digits.
    """

    OPEN = 0
    START = 1
    FEED = 2
    CLOSE = 3
    CODE = 4


@dataclass(slots=True)
class _Ear:
    model: str
    decoder: Decoder
    utterance: int = 0
    samples: int = 0
    listening: bool = False


class Ears:
    """Decoders by call; one that a call has left serves the next call with the same language model."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._open: dict[int, _Ear] = {}
        self._free: dict[str, list[Decoder]] = {}
        self._six = SixDigits()

    def handle(self, operation: Operation, ear_id: int, utterance: int, payload: bytes) -> None:
        """Serve one request."""
        if operation is Operation.OPEN:
            model = payload.decode()
            self._open[ear_id] = _Ear(model, self._decoder(model))
        elif operation is Operation.CLOSE:
            self._close(ear_id)
        elif operation is Operation.CODE:
            self._reply(ear_id, utterance, len(payload) // 2, "\n".join(self._six.hear(payload)))
        elif ear_id in self._open:
            ear = self._open[ear_id]
            if operation is Operation.START:
                self._start(ear, utterance)
            elif ear.listening and utterance == ear.utterance:
                self._feed(ear_id, ear, payload)

    def _decoder(self, model: str) -> Decoder:
        free = self._free.get(model, [])
        if free:
            return free.pop()
        language, _, dictionary = model.partition("\n")
        made: Any = pocketsphinx.Decoder(  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
            samprate=_RATE, loglevel="FATAL", lm=language, dict=dictionary, fwdflat=False, bestpath=False
        )
        return cast("Decoder", made)

    def _start(self, ear: _Ear, utterance: int) -> None:
        self._stop(ear)
        ear.decoder.start_utt()
        ear.utterance, ear.samples, ear.listening = utterance, 0, True

    def _feed(self, ear_id: int, ear: _Ear, payload: bytes) -> None:
        ear.decoder.process_raw(payload)
        ear.samples += len(payload) // 2
        found = ear.decoder.hyp()
        self._reply(ear_id, ear.utterance, ear.samples, str(found.hypstr) if found else "")

    def _reply(self, ear_id: int, utterance: int, samples: int, words: str) -> None:
        text = words.encode()
        self._out.write(REPLY.pack(ear_id, utterance, samples, len(text)) + text)
        self._out.flush()

    def _stop(self, ear: _Ear) -> None:
        if ear.listening:
            ear.decoder.end_utt()
            ear.listening = False

    def _close(self, ear_id: int) -> None:
        ear = self._open.pop(ear_id, None)
        if ear is not None:
            self._stop(ear)
            self._free.setdefault(ear.model, []).append(ear.decoder)


def main() -> None:
    """Serve until the parent is gone."""
    ears = Ears(sys.stdout.buffer)
    source = sys.stdin.buffer
    while len(header := source.read(REQUEST.size)) == REQUEST.size:
        operation, ear_id, utterance, length = REQUEST.unpack(header)
        ears.handle(Operation(operation), ear_id, utterance, source.read(length))


if __name__ == "__main__":
    main()
