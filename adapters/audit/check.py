"""What the auditor looks at, and what it finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import LiteralString


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must be true. `name` is stable: scripts and runbooks know it.

    `statement` gives a row for each difference and none where all is well: which row it is, and what was found there,
    both as text. It reads whole tables in sets, so that the server does the work and nothing is kept here.
    `passing`: it looks at what takes two transactions, so what it finds may be a payment between them.
    """

    name: str
    compares: str
    statement: LiteralString
    passing: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that is not as it must be: which check found it, in which row, and what is there."""

    check: str
    row: str
    found: str
