"""What a spoken code sounds like: grammars for pocketsphinx that hear digits and nothing else."""

from __future__ import annotations

import os
from typing import Any, Final, Protocol, cast

import pocketsphinx

_RATE: Final = 16_000
_SOUNDS: Final = {
    "zero": ("Z IH R OW", "Z IY R OW"), "oh": ("OW",), "one": ("W AH N",), "two": ("T UW",), "three": ("TH R IY",),
    "four": ("F AO R",), "five": ("F AY V",), "six": ("S IH K S",), "seven": ("S EH V AH N",), "eight": ("EY T",),
    "nine": ("N AY N",), "double": ("D AH B AH L",), "triple": ("T R IH P AH L",), "my": ("M AY",),
    "the": ("DH AH", "DH IY"), "code": ("K OW D",), "is": ("IH Z",), "it": ("IH T",), "it's": ("IH T S",),
    "that's": ("DH AE T S",),
}  # fmt: skip
_SAID: Final = {"code": "<six>", "part": "(<digit> | double <digit> | triple <digit>)+"}
_GRAMMAR: Final = """#JSGF V1.0;
grammar code;
public <said> = <lead> (SAID);
<lead> = [ (my | the) code is | it's | it is | that's ];
<one> = <digit>;
<two> = <digit> <one> | double <digit>;
<three> = <digit> <two> | double <digit> <one> | triple <digit>;
<four> = <digit> <three> | double <digit> <two> | triple <digit> <one>;
<five> = <digit> <four> | double <digit> <three> | triple <digit> <two>;
<six> = <digit> <five> | double <digit> <four> | triple <digit> <three>;
<digit> = zero | oh | one | two | three | four | five | six | seven | eight | nine;
"""
"""However many pauses are in it: silence may stand between any two words."""


class Decoder(Protocol):
    """As much of pocketsphinx's decoder, which has no types, as is used here."""

    def activate_search(self, name: str) -> None:
        """Listen by this grammar from now on."""
        ...

    def start_utt(self) -> None:
        """Begin an utterance."""
        ...

    def process_raw(self, data: bytes, *, full_utt: bool) -> object:
        """Take samples."""
        ...

    def end_utt(self) -> None:
        """End the utterance."""
        ...

    def hyp(self) -> Any:  # noqa: ANN401
        """The best hypothesis, with its words in `hypstr`, or None."""
        ...


class SixDigits:
    """One decoder, for whole utterances. It finds six digits in anything: somebody else must say that it is a code."""

    def __init__(self) -> None:
        # the level of a whole utterance is known at its end, so it is normalised by itself
        made: Any = pocketsphinx.Decoder(  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
            samprate=_RATE, loglevel="FATAL", lm=None, dict=os.devnull, cmn="batch", lw=1
        )
        for word, variants in _SOUNDS.items():
            for i, phones in enumerate(variants):
                made.add_word(word if i == 0 else f"{word}({i + 1})", phones, update=False)
        for name, said in _SAID.items():
            made.add_jsgf_string(name, _GRAMMAR.replace("SAID", said))
        self._decoder = cast("Decoder", made)

    def hear(self, samples: bytes) -> tuple[str, ...]:
        """The likeliest six digits in 16 kHz sound, and the likeliest digits, however many; empty where none fit.

        Blocks, for a third of the sound's length.
        """
        return tuple(self._hear(samples, name) if samples else "" for name in _SAID)

    def _hear(self, samples: bytes, name: str) -> str:
        self._decoder.activate_search(name)
        self._decoder.start_utt()
        self._decoder.process_raw(samples, full_utt=True)
        self._decoder.end_utt()
        found = self._decoder.hyp()
        return str(found.hypstr) if found else ""
