"""A small run: each process is killed, ways are poisoned, and everybody is told the truth."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from chaos.__main__ import run
from chaos.run import Plan
from runtime.local import find

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.servers, pytest.mark.faults, pytest.mark.timeout(400)]
NO_PROXY = find.go() is None and not find.toxiproxy_cached().exists() and shutil.which("toxiproxy-server") is None
needs_proxy = pytest.mark.skipif(NO_PROXY, reason="neither Toxiproxy nor the Go to build it is here")


@needs_proxy
def test_a_few_payments_while_everything_dies(tmp_path: Path) -> None:
    report = run(Plan(seed=53, count=24, customers=8, every_s=2, faults=11), tmp_path)
    assert report.clean
    assert any(each.ended == "COMPLETED" for each in report.verdicts)


@needs_proxy
@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", [2, 3, 5])
def test_many_payments_while_everything_dies(tmp_path: Path, seed: int) -> None:
    assert run(Plan(seed=seed, count=200, customers=40, every_s=4), tmp_path).clean
