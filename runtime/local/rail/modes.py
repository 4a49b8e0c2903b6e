"""What the rail can be told to do with payments to one payee."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Mode(StrEnum):
    """How payments to a payee go."""

    SETTLE = "settle"
    TIMEOUT_BEFORE = "timeout-before"
    TIMEOUT_AFTER = "timeout-after"
    LATE = "late"
    TWICE = "twice"
    REFUSE = "refuse"
    DOWN = "down"
    WRONG_AMOUNT = "wrong-amount"
    RETURNED = "returned"


MEANING: Final = {
    Mode.SETTLE: "paid, and said so at once",
    Mode.TIMEOUT_BEFORE: "no answer, and nothing done",
    Mode.TIMEOUT_AFTER: "paid, and no answer",
    Mode.LATE: "taken on, paid later and told by webhook",
    Mode.TWICE: "paid; every webhook comes twice, and as two events",
    Mode.REFUSE: "refused",
    Mode.DOWN: "every question about it gets a 503",
    Mode.WRONG_AMOUNT: "paid a cent too much, and said so",
    Mode.RETURNED: "paid, and sent back later",
}
_AFTER_S: Final = {Mode.TIMEOUT_BEFORE: 30.0, Mode.TIMEOUT_AFTER: 30.0, Mode.LATE: 5.0, Mode.RETURNED: 5.0}


@dataclass(frozen=True, slots=True)
class Behaviour:
    """A mode, and after how many seconds what is late in it comes."""

    mode: Mode = Mode.SETTLE
    after_s: float = 0


def behaviour(mode: Mode, after_s: float | None) -> Behaviour:
    """With the mode's own delay where none is given."""
    return Behaviour(mode, _AFTER_S.get(mode, 0) if after_s is None else after_s)


def whom(name: str) -> str:
    """A payee's name or account as behaviours are kept by."""
    return " ".join(name.split()).casefold()
