"""How often something may be done: so many times in any stretch of so many seconds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_RATE: Final = re.compile(r"([1-9][0-9]{0,8})/([1-9][0-9]{0,4})([smhd])", re.ASCII)
_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `most` in any `window_s` seconds."""

    most: int
    window_s: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether one more was let through, by the rate that is nearest to its end.

    `remaining` more would be let through now; after `reset_s` seconds there is room for one that was refused.
    """

    allowed: bool
    rate: Rate
    remaining: int
    reset_s: int


def parse_rates(text: str) -> tuple[Rate, ...]:
    """`"60/1m,1000/1h"` → both at once; an empty text is no limit. Raises ValueError."""
    found = [each.strip() for each in text.split(",") if each.strip()]
    return tuple(_parse(each) for each in found)


def _parse(text: str) -> Rate:
    read = _RATE.fullmatch(text)
    if read is None:
        raise ValueError(f"{text!r} is not a rate such as 60/1m or 100/15m")
    return Rate(int(read[1]), int(read[2]) * _UNITS[read[3]])
