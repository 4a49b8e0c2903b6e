"""Notices that a customer says nothing, while it is theirs to speak."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from domain.conversation import Expects

if TYPE_CHECKING:
    from collections.abc import Callable

_LOOK_S: Final = 0.25


@dataclass(frozen=True, slots=True)
class Quiet:
    """`after_s`: how long a customer may be silent, `code_s` where a code must be fetched first; 0: for ever."""

    after_s: float
    code_s: float

    def allowed(self, expects: Expects) -> float:
        """In seconds."""
        return self.code_s if expects is Expects.CODE else self.after_s


async def mind_silence(
    quiet: Quiet, theirs: Callable[[], bool], expects: Callable[[], Expects], ask: Callable[[], None]
) -> None:
    """Call `ask` after each silence, until cancelled. `theirs`: nothing is being said, heard or worked on."""
    since = 0.0
    while True:
        await asyncio.sleep(_LOOK_S)
        since = since + _LOOK_S if theirs() else 0.0
        allowed = quiet.allowed(expects())
        if allowed and since >= allowed:
            since = 0.0
            ask()
