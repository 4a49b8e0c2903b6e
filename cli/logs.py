"""`countersign logs`: the lines of all processes, in the order of time, as one story."""

from __future__ import annotations

import heapq
import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.text import Text

from cli.console import out
from runtime.local.layout import PREPARATION

FOLLOW_S = 0.2
TIME_NAMES = ("timestamp", "time", "ts")
TEXT_NAMES = ("event", "msg", "message")
HIDDEN = {*TIME_NAMES, *TEXT_NAMES, "level", "service", "logger", "caller", "exception"}
ID_NAMES = ("payment_id", "elicitation_id", "workflow_id", "workflow")
STAMP = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?|\d\d \w{3} \d{4} \d\d:\d\d:\d\d\.\d+")
COLOURS = {"error": "red", "critical": "red", "warning": "yellow", "warn": "yellow", "debug": "dim"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of one process. `at` is in seconds since 1970; a line without a time has that of the line before."""

    at: float
    service: str
    text: str
    level: str = ""
    fields: dict[str, Any] = field(default_factory=dict[str, Any])


class Story:
    """Chooses the lines that mention a payment, or share a trace with one that does."""

    def __init__(self, payment_id: str | None) -> None:
        self._payment_id = payment_id
        self._traces: set[str] = set()

    def learn(self, line: Line) -> None:
        """Take up the line's trace if the line belongs to the payment."""
        if self._payment_id and self._mentions(line) and (trace := line.fields.get("trace_id")):
            self._traces.add(str(trace))

    def tells(self, line: Line) -> bool:
        """Whether the line is part of it; every line is, of no payment."""
        return not self._payment_id or self._mentions(line) or str(line.fields.get("trace_id")) in self._traces

    def _mentions(self, line: Line) -> bool:
        return any(self._payment_id in str(line.fields.get(name, "")) for name in ID_NAMES if self._payment_id)


class Tail:
    """One file, read on from where the last reading ended."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0
        self._rest = b""
        self._at = 0.0

    def read(self) -> Iterator[Line]:
        """The whole lines that are new."""
        if self._path.stat().st_size < self._offset:
            self._offset, self._rest = 0, b""
        with self._path.open("rb") as file:
            file.seek(self._offset)
            data = self._rest + file.read()
            self._offset = file.tell()
        *lines, self._rest = data.split(b"\n")
        for raw in lines:
            if raw.strip():
                line = parse(raw.decode(errors="replace"), self._path.stem, self._at)
                self._at = line.at
                yield line


def services(folder: Path) -> list[str]:
    """Whose logs there are."""
    return sorted({path.name.removesuffix(".log").removesuffix(PREPARATION) for path in folder.glob("*.log")})


def show(folder: Path, service: str | None, payment_id: str | None, *, follow: bool) -> bool:
    """Print what there is, and with `follow` what comes. Whether anything was printed.

    What a service ran before its start, such as a build, is shown only where that service alone is asked for.
    """
    told = False
    forms = (f"{service}{PREPARATION}", f"{service}.log") if service else ("*.log",)
    story, tails = Story(payment_id), dict[Path, Tail]()
    while True:
        for path in sorted(each for form in forms for each in folder.glob(form)):
            tails.setdefault(path, Tail(path))
        lines = list(heapq.merge(*(list(tail.read()) for tail in tails.values()), key=lambda line: line.at))
        for line in lines:
            story.learn(line)
        for line in lines:
            if story.tells(line):
                told = True
                out.print(render(line), soft_wrap=True)
        if not follow:
            return told
        time.sleep(FOLLOW_S)


def parse(raw: str, service: str, before: float) -> Line:
    """A line of JSON, or of text that may begin with a time."""
    try:
        fields = json.loads(raw) if raw.startswith("{") else None
    except ValueError:
        fields = None
    if not isinstance(fields, dict):
        return Line(_time_in(raw, before), service, raw.strip())
    known: dict[str, Any] = {str(name): value for name, value in fields.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    at = next((known[name] for name in TIME_NAMES if name in known), None)
    text = next((str(known[name]) for name in TEXT_NAMES if name in known), "")
    when = float(at) if isinstance(at, int | float) else _time_in(str(at), before)
    return Line(when, service, text, str(known.get("level", "")).lower(), known)


def render(line: Line) -> Text:
    """For a person: time, process, sentence, fields."""
    clock = datetime.fromtimestamp(line.at, tz=UTC).astimezone().strftime("%H:%M:%S.%f")[:-3] if line.at else " " * 12
    text = Text.assemble((clock, "dim"), " ", (f"{line.service:<16}", "cyan"), (line.text, COLOURS.get(line.level, "")))
    for name, value in line.fields.items():
        if name not in HIDDEN:
            text.append(f" {name}=", "dim").append(str(value))
    if trouble := line.fields.get("exception"):
        text.append(f"\n{trouble}", "dim")
    return text


def _time_in(text: str, otherwise: float) -> float:
    found = STAMP.search(text[:60])
    if found is None:
        return otherwise
    stamp = found.group()
    form = "%d %b %Y %H:%M:%S.%f"
    when = datetime.fromisoformat(stamp[:26]) if stamp[4] == "-" else datetime.strptime(stamp, form).astimezone()
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
