"""Everything that anybody was told, in the order in which it was told."""

from __future__ import annotations

import json
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pathlib import Path

_MISTAKE: Final = 500

_SHOWN: Final = ("state", "status", "code", "error_code", "detail", "version", "error")


@dataclass(frozen=True, slots=True)
class Line:
    """One answer: when (seconds from the start), about which wish, from which door, and what it said.

    `status` is HTTP's, or 0 where no answer came.
    """

    at_s: float
    wish: int
    door: str
    status: int
    body: dict[str, Any]

    def __str__(self) -> str:
        """One line for people; never a code, which only a phone is told."""
        shown = {name: self.body[name] for name in _SHOWN if self.body.get(name)}
        if replies := self.body.get("replies"):
            shown["said"] = replies[-1]["text"]
        return f"{self.at_s:8.2f} s  {self.door} → {self.status or 'no answer'} {shown or ''}"


@dataclass
class Told:
    """The clients' log."""

    began: float = field(default_factory=time.monotonic)
    lines: dict[int, list[Line]] = field(default_factory=dict[int, list[Line]])
    counts: Counter[str] = field(default_factory=Counter[str])

    def begin(self) -> None:
        """Count the seconds from now on."""
        self.began = time.monotonic()

    def note(self, wish: int, door: str, status: int, body: dict[str, Any]) -> None:
        """An answer, or (status 0) that none came."""
        self.counts[f"{status} {body.get('code', '')}".strip() if status >= 400 or not status else "answered"] += 1
        self.lines.setdefault(wish, []).append(Line(self.now_s(), wish, door, status, body))

    def of(self, wish: int) -> list[Line]:
        """What was told about one wish."""
        return self.lines.get(wish, [])

    def broken(self) -> list[str]:
        """Answers that no client should ever get: the bank's own mistakes."""
        return [str(line) for lines in self.lines.values() for line in lines if line.status == _MISTAKE]

    def write(self, file: Path) -> None:
        """Everything as JSON lines."""
        rows = sorted((line for lines in self.lines.values() for line in lines), key=lambda line: line.at_s)
        file.write_text("".join(json.dumps(asdict(line)) + "\n" for line in rows))

    def now_s(self) -> float:
        """Seconds from the start of the log."""
        return time.monotonic() - self.began
