"""The grammar as the second ear hears it: a trigram model and a pronouncing dictionary for pocketsphinx."""

# ruff: noqa: RUF001 - phonemes are written in the IPA
from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from pocketsphinx import get_model_path  # pyright: ignore[reportUnknownVariableType]
from pocketsphinx.lm import ArpaBoLM  # pyright: ignore[reportMissingTypeStubs]

from adapters.understanding.sampler import Sampler
from adapters.understanding.sound import separated
from domain.understanding import Vocabulary

SENTENCES: Final = 46_000
_FORMAT: Final = 1
_LEAST: Final = 19
_ARPABET: Final = {
    "ɑː": "AA", "ɑ": "AA", "ɑːɹ": "AA R", "æ": "AE", "a": "AE", "aː": "AA", "ʌ": "AH", "ə": "AH", "ɐ": "AH",
    "ɔː": "AO", "ɔ": "AO", "ɔːɹ": "AO R", "oːɹ": "AO R", "ɒ": "AA",
    "aʊ": "AW", "aɪ": "AY", "aɪə": "AY AH", "aɪɚ": "AY ER", "b": "B", "tʃ": "CH", "d": "D", "ð": "DH", "ɛ": "EH",
    "e": "EH", "ɛɹ": "EH R", "ɜː": "ER", "ɚ": "ER", "eɪ": "EY", "f": "F",
    "ɡ": "G", "g": "G", "h": "HH", "ɪ": "IH", "ᵻ": "IH", "ɪɹ": "IH R", "iː": "IY", "i": "IY", "iə": "IY AH",
    "dʒ": "JH", "k": "K", "l": "L", "əl": "AH L", "m": "M", "n": "N", "n̩": "AH N", "ŋ": "NG",
    "oʊ": "OW", "o": "OW", "oː": "OW", "ɔɪ": "OY", "p": "P", "ɹ": "R", "r": "R", "s": "S", "ʃ": "SH", "t": "T",
    "ɾ": "T", "ʔ": "T", "θ": "TH", "ʊ": "UH", "ʊɹ": "UH R", "uː": "UW", "u": "UW", "v": "V", "w": "W",
    "x": "K", "j": "Y", "z": "Z", "ʒ": "ZH",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """Files for the decoder's `lm` and `dict`."""

    arpa: Path
    dictionary: Path

    @property
    def made(self) -> bool:
        """Whether both files are there."""
        return self.arpa.exists() and self.dictionary.exists()


def build(vocabulary: Vocabulary, cache_dir: Path) -> LanguageModel:
    """The model for this vocabulary, from the cache where the grammar and the names are the same as before.

    About two seconds when it isn't there. Safe to call from several processes: files appear whole. Raises OSError.
    """
    model = place(vocabulary, cache_dir)
    if not model.made:
        cache_dir.mkdir(parents=True, exist_ok=True)
        _write(model, vocabulary)
    return model


def build_apart(vocabulary: Vocabulary, cache_dir: Path) -> LanguageModel:
    """The same, made by a process that gives way to every other and keeps its 50 MB to itself. Raises OSError."""
    model = place(vocabulary, cache_dir)
    if not model.made:
        wanted = json.dumps([vocabulary.payees, vocabulary.accounts, str(cache_dir)])
        command = [sys.executable, "-m", "adapters.understanding.language_model"]
        if subprocess.run(command, input=wanted, text=True, check=False).returncode:  # noqa: S603
            raise OSError("the language model was not made")
    return model


def place(vocabulary: Vocabulary, cache_dir: Path) -> LanguageModel:
    """Where the vocabulary's model is, or will be."""
    sentences = tuple(Sampler(vocabulary).sentences(_PROBE))
    key = hashlib.sha256(repr((_FORMAT, SENTENCES, sentences)).encode()).hexdigest()[:16]
    return LanguageModel(cache_dir / f"grammar-{key}.arpa", cache_dir / f"grammar-{key}.dict")


_PROBE: Final = 400
"""Sentences that stand for grammar, sampler and vocabulary in the cache's key, with the same seed as the whole."""


def _write(model: LanguageModel, vocabulary: Vocabulary) -> None:
    sentences = list(Sampler(vocabulary).sentences(SENTENCES))
    words = sorted({word for sentence in sentences for word in sentence.split()})
    _whole_file(model.dictionary, "".join(f"{line}\n" for word in words for line in pronunciations(word)))
    trigram = ArpaBoLM(sentfile=io.StringIO("".join(f"<s> {sentence} </s>\n" for sentence in sentences)))
    trigram.compute()
    text = io.StringIO()
    trigram.write(text)
    _whole_file(model.arpa, text.getvalue())


def _whole_file(path: Path, text: str) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    Path(name).replace(path)


@lru_cache(maxsize=1)
def _known() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    path = Path(str(get_model_path("en-us/cmudict-en-us.dict")))  # pyright: ignore[reportUnknownArgumentType]
    for line in path.read_text(encoding="utf-8").splitlines():
        word, _, phones = line.partition(" ")
        found.setdefault(word.partition("(")[0], []).append(phones.strip())
    return found


def pronunciations(word: str) -> list[str]:
    """Dictionary lines of a word, its variants numbered; words that cmudict lacks are spelled out by espeak-ng."""
    phones = _known().get(word) or [arpabet(word)]
    return [f"{word} {p}" if i == 0 else f"{word}({i + 1}) {p}" for i, p in enumerate(phones) if p]


def arpabet(word: str) -> str:
    """A word's sounds in cmudict's alphabet."""
    return " ".join(part for phoneme in separated(word) for part in _sounds(phoneme) if part)


def _sounds(phoneme: str) -> list[str]:
    if phoneme in _ARPABET:
        return [_ARPABET[phoneme]]
    return [found for found in (_ARPABET.get(c, "") for c in phoneme) if found]


def _main() -> None:
    os.nice(_LEAST)
    payees, accounts, cache_dir = json.load(sys.stdin)
    build(Vocabulary(tuple(payees), tuple(accounts)), Path(cache_dir))


if __name__ == "__main__":
    _main()
