"""Payments under every order of answers, corrections, decisions, cancellations, expiries and crashes.

`COUNTERSIGN_INTERLEAVINGS`: how many schedules; `COUNTERSIGN_SEED`: which; `COUNTERSIGN_SCHEDULE`: one alone, as a
failure has printed it.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Final

import pytest

from tests.interleavings.rounds import VAIN, Arena, arena, disasters
from tests.interleavings.schedule import Schedule, drawn

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from runtime.local.stack import Stack
    from tests.conftest import Database

pytestmark = pytest.mark.servers

USUAL: Final = 120
WANTED: Final = int(os.environ.get("COUNTERSIGN_INTERLEAVINGS", str(USUAL)))
SEED: Final = int(os.environ.get("COUNTERSIGN_SEED", "20261121"))
ALONE: Final = os.environ.get("COUNTERSIGN_SCHEDULE", "")
AT_ONCE: Final = 40
COPIES: Final = 8
LONGEST_S: Final = 35
"""No round begins later, where no other number is asked for."""
SHRINKING_S: Final = 120

Wrong = list[tuple[Schedule, str]]


async def played(field: Arena, schedules: Sequence[Schedule], number: int) -> Wrong:
    """What went wrong. Whoever got no answer in time on a busy machine is played again before it counts."""
    wrong = await field.round(schedules, disasters(number, SEED))
    return [each for each in wrong if not _only_slow(each[1]) or await field.round([each[0]] * COPIES)]


def _only_slow(what: str) -> bool:
    return all(each.endswith(VAIN) for each in what.split("; "))


async def smallest(field: Arena, failing: Schedule, number: int, until: float) -> Schedule:
    """Leave off steps as long as one of some copies still fails."""
    for smaller in failing.smaller():
        if time.monotonic() > until:
            break
        if await field.round([smaller] * COPIES, disasters(number, SEED)):
            return await smallest(field, smaller, number, until)
    return failing


async def report(field: Arena, wrong: Wrong, number: int) -> str:
    said = "\n".join(f"{what}\n  {each.to_json()}" for each, what in wrong)
    least = wrong[0][0] if ALONE else await smallest(field, wrong[0][0], number, time.monotonic() + SHRINKING_S)
    return f"round {number}\n{said}\nsmallest: COUNTERSIGN_SCHEDULE='{least.to_json()}'\n{field.figures}"


def rounds() -> list[list[Schedule]]:
    if ALONE:
        return [[Schedule.from_json(ALONE)] * COPIES] * 4
    schedules = drawn(WANTED, SEED)
    return [schedules[start : start + AT_ONCE] for start in range(0, len(schedules), AT_ONCE)]


@pytest.mark.timeout(0)
async def test_interleavings(stack: Stack, database: Database, closing_figures: Callable[[str], None]) -> None:
    async with arena(stack, database) as field:
        begun = time.monotonic()
        for number, schedules in enumerate(rounds()):
            if WANTED == USUAL and time.monotonic() - begun > LONGEST_S:
                break
            if wrong := await played(field, schedules, number):
                pytest.fail(await report(field, wrong, number))
        closing_figures(f"{field.figures}\n  seed {SEED}, {time.monotonic() - begun:.0f} s")
        assert field.figures.schedules
        assert (await field.audited()).differences == ()
