"""Whether a sentence needs a large model: a linear classifier over its build and its words (bench/complexity).

One wish or one fact is simple; reasons, comparisons, conditions, several things at once are not. A wrong guess only
makes an answer slower, or shorter.
"""

from __future__ import annotations

import json
import re
import zlib
from functools import lru_cache
from pathlib import Path
from typing import Final

_WEIGHTS: Final = Path(__file__).with_name("complexity.json")
BUCKETS: Final = 128
"""Words are hashed into so many features, so that the file stays small and knows no vocabulary."""
_WORD: Final = re.compile(r"\[[A-Z]+_\d+\]|[a-z']+|\d+")
_CLAUSES: Final = frozenset(
    """
    although and because before but either else even given if instead once or otherwise rather since so suppose than
    that then though unless until when whenever whereas whether which while who without
    """.split()  # noqa: SIM905
)
_ASKING: Final = frozenset({"how", "why"})
_LENGTHS: Final = (6, 9, 12, 16, 20)
_LONG_WORD: Final = 8
STRUCTURE: Final = len(_LENGTHS) + 6


def features(text: str) -> list[float]:
    """STRUCTURE figures of how the sentence is built, then BUCKETS of the words in it."""
    words = _WORD.findall(text.lower())
    count = len(words)
    clauses = sum(word in _CLAUSES for word in words)
    built = [float(count > length) for length in _LENGTHS]
    built += [
        min(count, 40) / 20,
        min(clauses, 6) / 2,
        float(any(word in _ASKING for word in words[:3])),
        min(len(re.findall(r"[,;:]|[.?!]\s", text)), 3) / 2,
        sum(len(word) >= _LONG_WORD for word in words) / max(count, 1),
        sum(word.startswith("[") or word.isdigit() for word in words) / max(count, 1),
    ]
    hashed = [0.0] * BUCKETS
    for word in set(words):
        hashed[zlib.crc32(word.encode()) % BUCKETS] = 1.0
    return built + hashed


def score(text: str) -> float:
    """Above 0: complex."""
    bias, weights = _learnt()
    return bias + sum(weight * value for weight, value in zip(weights, features(text), strict=True))


def is_complex(text: str) -> bool:
    """Whether a large model should be asked."""
    return score(text) > 0


@lru_cache(maxsize=1)
def _learnt() -> tuple[float, tuple[float, ...]]:
    found = json.loads(_WEIGHTS.read_text(encoding="utf-8"))
    return float(found["bias"]), tuple(map(float, found["weights"]))
