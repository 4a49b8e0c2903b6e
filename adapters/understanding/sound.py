"""How words sound: espeak-ng's phonemes, and how alike two of them are."""

# ruff: noqa: RUF001 - phonemes are written in the IPA
from __future__ import annotations

import ctypes
import re
from functools import lru_cache
from typing import Final

from rapidfuzz import fuzz

from adapters.espeak import espeak

_VOICE: Final = "en-us"
_UTF8: Final = 1
_IPA: Final = 2
_SEPARATED: Final = _IPA | (ord("_") << 8)
_STRESS: Final = re.compile("[\u02c8\u02cc\u02d0\u02b2\u0361\u203f\u0329\\s_]")
_FOLD: Final = str.maketrans(
    {
        "ɐ": "ʌ",
        "ᵻ": "ɪ",
        "ɾ": "t",
        "ɔ": "ɑ",
        "ɒ": "ɑ",
        "ɡ": "g",
        "i": "ɪ",
        "ɛ": "e",
        "æ": "e",
        "u": "ʊ",
        "o": "ʊ",
        "ɜ": "ə",
    }
)
_HEARD_ALIKE: Final = str.maketrans({"b": "p", "d": "t", "g": "k", "v": "f", "z": "s", "ʒ": "ʃ", "ð": "θ"})
_FAR_APART: Final = 25.0
_VOWELS: Final = re.compile("[aeiouʌɪɑʊəɚɜɛæ]")


def _phonemes(text: str, mode: int) -> str:
    rest = ctypes.c_char_p(text.encode())
    clauses: list[str] = []
    with espeak(_VOICE) as loaded:
        while rest.value:
            clause: bytes | None = loaded.library.espeak_TextToPhonemes(ctypes.byref(rest), _UTF8, mode)
            if clause:
                clauses.append(clause.decode())
    return " ".join(clauses)


@lru_cache(maxsize=8192)
def ipa(text: str) -> str:
    """Phonemes without stress, length or gaps, with vowels that are easily confused folded together."""
    return (
        _STRESS.sub("", _phonemes(text, _IPA))
        .translate(_FOLD)
        .replace("ɚ", "əɹ")
        .replace("əə", "ə")
        .replace("əɹɹ", "əɹ")
    )


@lru_cache(maxsize=4096)
def separated(text: str) -> tuple[str, ...]:
    """Phonemes one by one, as IPA, stress marks removed."""
    return tuple(p for p in re.split("[_ ]+", re.sub("[\u02c8\u02cc]", "", _phonemes(text, _SEPARATED))) if p)


@lru_cache(maxsize=8192)
def bare_sound(word: str) -> str:
    """A word's phonemes, with those folded together that are easily heard for each other."""
    return ipa(word).translate(_HEARD_ALIKE)


@lru_cache(maxsize=8192)
def likeness(one: str, other: str) -> float:
    """0 to 100: how alike two words or names sound; consonants weigh as much as the whole."""
    first, second = ipa(one), ipa(other)
    if not first or not second:
        return 0.0
    whole = fuzz.ratio(first, second)
    bones = fuzz.ratio(_skeleton(first), _skeleton(second))
    apart = _FAR_APART if {_place(first), _place(second)} == {"front", "back"} else 0.0
    return max(0.0, (whole + bones) / 2 - apart)


def _place(phonemes: str) -> str:
    """Where in the mouth the first vowel is made: `John` and `Jane` are two people."""
    vowel = _VOWELS.search(phonemes)
    if vowel is None:
        return ""
    return "front" if vowel[0] in "eɪ" else "back" if vowel[0] in "ɑʊ" else "middle"


def _skeleton(phonemes: str) -> str:
    return _VOWELS.sub("", phonemes).translate(_HEARD_ALIKE)
