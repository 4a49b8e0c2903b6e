"""What breaks, when, and for how long: nothing but a function of the seed."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice, takewhile
from random import Random
from typing import TYPE_CHECKING, Final

from chaos.links import LINKS, SERVERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

KILL: Final = "kill"
KILLED: Final = ("postgres", "temporal", "temporal_worker", "mcp", "redis", "api", "rail")
TOXICS: Final = ("latency", "reset", "silence", "deaf", "cut", "slices", "refuse")
"""Late; reset by peer; half-open, answers lost; half-open, requests lost; cut within a message; in crumbs; no way."""
_LONGEST_S: Final = 6.0


@dataclass(frozen=True, slots=True)
class Fault:
    """At `at_s` seconds from the start a process is killed, or a link is poisoned for `lasts_s`; `grade` is 0 to 1."""

    at_s: float
    what: str
    target: str
    lasts_s: float = 0.0
    grade: float = 0.0

    def __str__(self) -> str:
        """One line for people."""
        lasts = f" for {self.lasts_s:.1f} s" if self.lasts_s else ""
        return f"{self.at_s:8.2f} s  {self.what} {self.target}{lasts}"


def schedule(seed: int, every_s: float, links: Sequence[str] = LINKS) -> Iterator[Fault]:
    """Without end. In each round every process is killed once and one link to every server is poisoned."""
    dice, at_s = Random(seed), 0.0  # noqa: S311 - it shall be guessed: that is what a replay is
    while True:
        for what, target in _round(dice, links):
            at_s += dice.uniform(0.2, 1.8) * every_s
            lasts_s = 0.0 if what == KILL else dice.uniform(0.5, _LONGEST_S)
            yield Fault(round(at_s, 2), what, target, round(lasts_s, 2), round(dice.random(), 3))


def until(seed: int, every_s: float, end_s: float) -> list[Fault]:
    """Those that begin before `end_s`."""
    return list(takewhile(lambda fault: fault.at_s < end_s, schedule(seed, every_s)))


def first(seed: int, every_s: float, most: int) -> list[Fault]:
    """The first ones."""
    return list(islice(schedule(seed, every_s), most))


def _round(dice: Random, links: Sequence[str]) -> list[tuple[str, str]]:
    poisoned = [dice.choice([link for link in links if link.endswith(f">{server}")]) for server in SERVERS]
    acts = [(KILL, name) for name in KILLED] + [(dice.choice(TOXICS), link) for link in poisoned]
    dice.shuffle(acts)
    return acts
