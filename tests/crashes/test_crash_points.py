"""Every crash point with payments that come by there: paid once or not at all, and the customer was told what is so.

`COUNTERSIGN_SEED`: which payment comes by which point in the short forms. `COUNTERSIGN_CRASH_TABLE`: where the page of
all cases is written to (`make crash-points`).
"""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import pytest
from pydantic import ValidationError

from adapters.crash_points import TAKEN
from runtime.local.stack import Stack
from runtime.settings import Settings
from tests.crashes.crew import Place, crew
from tests.crashes.moments import Case, all_cases, case, few_cases, some_cases
from tests.crashes.round import Verdict, play
from tests.crashes.table import page

SEED: Final = int(os.environ.get("COUNTERSIGN_SEED", "0")) or secrets.randbelow(2**31)
TABLE: Final = os.environ.get("COUNTERSIGN_CRASH_TABLE", "")
AT_ONCE: Final = 48
FEW: Final = 8
_VAIN: Final = "waited in vain"
_PASSER_BY: Final = """
import asyncio, sys
from pathlib import Path
from adapters import crash_points

@crash_points.around(crash_points.Step.POST)
async def post(ledger, payment_id):
    print("posted", payment_id, flush=True)

crash_points.look_in(Path(sys.argv[1]) if sys.argv[1] else None)
for payment in ("p1", "p2", "p3"):
    asyncio.run(post(None, payment))
"""


def passes_by(folder: Path | str) -> tuple[list[str], int]:
    """What a process that posts three payments says, and how it ends."""
    program = [sys.executable, "-c", _PASSER_BY, str(folder)]
    run = subprocess.run(program, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603 - our own
    return run.stdout.splitlines(), run.returncode


def test_a_point_is_one_death_of_whoever_comes_by_first(tmp_path: Path) -> None:
    (tmp_path / TAKEN).mkdir()
    (tmp_path / "ledger.post.after@x").write_text("p2")
    (tmp_path / "ledger.post.before@y").write_text("p3")
    all_three = ["posted p1", "posted p2", "posted p3"]
    assert passes_by("") == (all_three, 0)
    assert passes_by(tmp_path) == (all_three[:2], -signal.SIGKILL)
    assert passes_by(tmp_path) == (all_three[:2], -signal.SIGKILL)
    assert passes_by(tmp_path) == (all_three, 0)
    assert {each.name for each in (tmp_path / TAKEN).iterdir()} == {"ledger.post.after@x", "ledger.post.before@y"}


def test_no_process_of_production_starts_with_crash_points(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="refused in production"):
        Settings(environment="production", crash_dir=tmp_path)
    assert Settings(environment="test", crash_dir=tmp_path).crash_dir == tmp_path


@pytest.fixture(scope="module")
def place(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with crew(stack, tmp_path_factory.mktemp("crashes")) as found:
        yield found


def judged(place: Place, cases: Sequence[Case]) -> list[Verdict]:
    """Whoever only waited too long on a busy machine, or came by too early, is played again before it counts."""
    verdicts = play(place, cases)
    slow = [each for each in verdicts if _may_be_slow(each)]
    again = [case(each.case.moment, each.case.side, each.case.kind) for each in slow]
    return [each for each in verdicts if each not in slow] + (play(place, again) if again else [])


def _may_be_slow(verdict: Verdict) -> bool:
    return all(wrong.startswith(_VAIN) for wrong in verdict.wrong) if verdict.wrong else not verdict.died


@pytest.mark.servers
@pytest.mark.faults
@pytest.mark.timeout(1800)
def test_a_few_deaths_at_any_points_are_paid_once_and_told_truly(place: Place) -> None:
    print(f"COUNTERSIGN_SEED={SEED}")  # noqa: T201
    verdicts = judged(place, few_cases(SEED, FEW))
    assert [str(each) for each in verdicts if each.wrong or not each.died] == []


@pytest.mark.servers
@pytest.mark.faults
@pytest.mark.long
@pytest.mark.timeout(1800)
def test_whatever_dies_at_any_point_is_paid_once_and_told_truly(place: Place) -> None:
    print(f"COUNTERSIGN_SEED={SEED}")  # noqa: T201
    verdicts = judged(place, some_cases(SEED))
    assert [str(each) for each in verdicts if each.wrong or not each.died] == []


@pytest.mark.servers
@pytest.mark.faults
@pytest.mark.long
def test_every_point_with_every_kind_of_payment(place: Place) -> None:
    cases, verdicts = all_cases(), list[Verdict]()
    for start in range(0, len(cases), AT_ONCE):
        verdicts += judged(place, cases[start : start + AT_ONCE])
        wrong = [str(each) for each in verdicts[start:] if each.wrong or not each.died]
        print(f"{len(verdicts)} of {len(cases)}: {'; '.join(wrong) or 'as it must be'}", flush=True)  # noqa: T201
    if TABLE:
        Path(TABLE).write_text(page(verdicts))
    assert [str(each) for each in verdicts if each.wrong or not each.died] == []
