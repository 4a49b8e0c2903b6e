"""Understands by frames what no rule fits: the best frame wins if it is good, and clearly the best."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from adapters.understanding.tagging import LEXICON
from domain.conversation import Expects
from domain.grammar.frames import CONCEPTS, FRAMES, GLUE
from domain.understanding import Intent

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from adapters.understanding.tagging import Tagged

_GOOD: Final = 2.9
_CLEAR: Final = 0.3
_UNEXPLAINED: Final = 0.75
_FOREIGN: Final = 1.15
"""What a word costs that nothing in the grammar knows: it is about something else."""
_BY_LETTER: Final = {
    "a": ("amount",), "c": ("count",), "d": ("digits",), "f": ("amount",), "p": ("payee",), "k": ("account",),
    "s": ("account",), "w": ("when",), "m": ("date",), "h": ("time",), "e": ("recurs", "repeatedly"), "b": ("ahead",),
    "q": ("fromto",),
}  # fmt: skip
_SHORTEST_STEM: Final = 3
_LONGEST: Final = 4
_LEADING: Final = frozenset(
    """
    so well hey hi hello okay right and now oh please can could you tell me i want would like to know wondering wonder
    sorry just check see do say then but yes need find out
    """.split()  # noqa: SIM905
)
"""Words that a question may follow and still be one."""
_CONTEXT: Final = {Expects.CODE: "@code"}
_FROM_CONTEXT: Final = frozenset(_CONTEXT.values())


@dataclass(frozen=True, slots=True)
class Frame:
    """`needed`: concepts that must be there, one of each set; `barred`: that must not."""

    intent: Intent
    topic: str
    weight: float
    needed: frozenset[str]
    barred: frozenset[str]


@dataclass(frozen=True, slots=True)
class Found:
    """What the best frame means, and how well it fits."""

    intent: Intent
    topic: str
    score: float


class Frames:
    """A set of frames over a table of concepts.

    `clear`: by how much the best must beat what means something else; `glue`: words that say nothing about what is
    wanted.
    """

    def __init__(
        self, concepts: dict[str, frozenset[str]], frames: tuple[Frame, ...], clear: float, glue: frozenset[str]
    ) -> None:
        self._concepts = concepts
        self._frames = frames
        self._clear = clear
        self._glue = glue
        self._stems = lru_cache(maxsize=2048)(self._stemmed)

    @classmethod
    def parsed(cls, concepts: str, frames: str, *, clear: float = _CLEAR, glue: frozenset[str] = GLUE) -> Frames:
        """From the two tables' text, in the notation of `domain.grammar.frames`."""
        kinds = tuple(_frame(text.split()) for text in frames.replace("\n", "|").split("|") if text.strip())
        return cls(_concepts(concepts), kinds, clear, glue)

    def knows(self, word: str) -> bool:
        """Whether a word stands for a concept."""
        return word in self._concepts or bool(self._stems(word))

    def named(self) -> set[str]:
        """Every concept that a frame speaks of and no word stands for."""
        spoken = {name for frame in self._frames for name in frame.needed | frame.barred}
        return (
            spoken
            - {name for names in self._concepts.values() for name in names}
            - {name for names in _BY_LETTER.values() for name in names}
        )

    def best(self, words: list[str], expects: Expects) -> Found | None:
        """The best frame; None where none is good, or two are about as good."""
        said = list(self._said(words))
        present = {name for names in said for name in names} | {_CONTEXT.get(expects, "")}
        scored = sorted(
            (
                (_score(frame, words, said, self._glue), frame)
                for frame in self._frames
                if _evoked(frame, present, said)
            ),
            key=lambda pair: -pair[0],
        )
        if not scored or scored[0][0] < _GOOD:
            return None
        best = scored[0][1]
        rivals = (score for score, frame in scored if (frame.intent, frame.topic) != (best.intent, best.topic))
        if scored[0][0] - next(rivals, 0.0) < self._clear:
            return None
        return Found(best.intent, best.topic, scored[0][0])

    def _said(self, words: list[str]) -> Iterator[frozenset[str]]:
        """The concepts of each word, with those of the longer expressions that it is part of."""
        began = True
        spread: list[set[str]] = [set() for _ in words]
        for at, word in enumerate(words):
            if word.startswith("§") and word not in self._concepts:
                spread[at] |= {name for letter in word[1:] for name in _BY_LETTER.get(letter, ())}
                continue
            for size in range(1, _LONGEST + 1):
                names = self._concepts.get("_".join(words[at : at + size]), frozenset()) or (
                    self._stems(word) if size == 1 else frozenset()
                )
                counted = names if began else names - {"question"}
                for covered in spread[at : at + size]:
                    covered.update(counted)
            began = began and word in _LEADING
        return (frozenset(names) for names in spread)

    def _stemmed(self, word: str) -> frozenset[str]:
        """The concepts of `withdraw` for `withdrawing`."""
        for ending in ("ing", "ed", "es", "s"):
            stem = word.removesuffix(ending)
            if stem != word and len(stem) >= _SHORTEST_STEM:
                return self._concepts.get(stem) or self._concepts.get(f"{stem}e") or frozenset()
        return frozenset()


def _frame(words: Sequence[str]) -> Frame:
    intent, _, topic = words[0].partition(".")
    barred = frozenset(word[1:] for word in words[2:] if word.startswith("!"))
    needed = frozenset(word for word in words[2:] if not word.startswith("!"))
    return Frame(Intent(intent), topic, float(words[1]), needed, barred)


def _concepts(text: str) -> dict[str, frozenset[str]]:
    """Which concepts a word, or several joined by `_`, may stand for."""
    found: dict[str, set[str]] = {}
    for line in text.replace("\n    ", " ").strip().splitlines():
        name, _, words = line.partition(" = ")
        for word in words.split():
            found.setdefault(word, set()).add(name)
    return {word: frozenset(names) for word, names in found.items()}


@lru_cache(maxsize=1)
def general() -> Frames:
    """All frames of the grammar but those of inquiries."""
    return Frames.parsed(CONCEPTS, FRAMES)


def by_frame(tagged: Tagged, expects: Expects) -> Found | None:
    """The best frame; None where none is good, or two are about as good."""
    texts = (tagged.dated.tagged, tagged.dated.plain) if tagged.dated else ()
    for text in dict.fromkeys((*texts, tagged.tagged, tagged.plain)):
        found = general().best(text.split(), expects)
        if found is not None:
            return found
    return None


def _evoked(frame: Frame, present: set[str], said: list[frozenset[str]]) -> bool:
    """Every concept is there, and no word stands for two of them."""
    if not frame.needed <= present or frame.barred & present:
        return False
    return sum(bool(names & frame.needed) for names in said) >= len(frame.needed - _FROM_CONTEXT)


def _score(frame: Frame, words: list[str], said: list[frozenset[str]], glue: frozenset[str]) -> float:
    points = frame.weight + 0.15 * len(frame.needed)
    for word, names in zip(words, said, strict=True):
        if not names & frame.needed and word not in glue and not word.startswith("§"):
            points -= _UNEXPLAINED if word in LEXICON else _FOREIGN
    return points
