"""The threat model names requirements and tests: all of the former, and none of the latter that there is not."""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from pathlib import Path
from typing import Final

TESTS: Final = Path(__file__).parents[1]
MODEL: Final = (TESTS.parent / "docs" / "threat-model.md").read_text()
# OWASP ASVS 5.0.0: how many requirements each section has
SECTIONS: Final = {
    "2.3": 5, "6.1": 3, "6.2": 12, "6.3": 8, "6.4": 6, "6.5": 8, "6.6": 4, "6.7": 2, "6.8": 4,
    "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 3, "7.6": 2, "8.1": 4, "8.2": 4, "8.3": 3, "8.4": 2,
    "9.1": 3, "9.2": 4, "10.1": 2, "10.2": 3, "10.3": 5, "10.4": 16, "10.5": 5, "10.6": 2, "10.7": 3,
}  # fmt: skip
ROW: Final = re.compile(r"^\| (\d+\.\d+\.\d+)(?:\u2013([\d.]+))? \| ([a-z ]+) \| (.+?) \| (.+) \|$", re.MULTILINE)
PROCESSES: Final = ["api", "mcp_tools", "temporal_worker", "voice_worker", "Command line and local servers"]


@lru_cache
def functions(path: str) -> frozenset[str]:
    tree = ast.parse((TESTS / path).read_text())
    return frozenset(each.name for each in ast.walk(tree) if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef))


def test_every_named_test_exists() -> None:
    named = re.findall(r"`([\w/]+\.py)::(\w+)`", MODEL)
    assert len(named) > 100
    assert [f"{path}::{name}" for path, name in named if name not in functions(path)] == []
    files = re.findall(r"`((?:\w+/)+test_\w+\.py)`", MODEL)
    assert [path for path in files if not (TESTS / path).exists()] == []


def test_every_requirement_is_listed_once_and_met_means_tested() -> None:
    listed: list[str] = []
    for first, last, state, how, tests in ROW.findall(MODEL):
        section, _, number = first.rpartition(".")
        until = int((last or first).rpartition(".")[2])
        listed += [f"{section}.{each}" for each in range(int(number), until + 1)]
        assert state in {"met", "falls short", "not applicable"}, first
        assert how.strip(), first
        assert state != "met" or "::" in tests, first
    wanted = [f"{section}.{number}" for section, most in SECTIONS.items() for number in range(1, most + 1)]
    assert listed == wanted


def test_stride_is_complete_for_every_process() -> None:
    for process in PROCESSES:
        chapter = MODEL.split(f"\n## {process}\n")[1].split("\n## ")[0]
        assert set(re.findall(r"^\| ([STRIDE]) \|", chapter, re.MULTILINE)) == set("STRIDE"), process
