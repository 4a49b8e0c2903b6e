"""`python -m chaos [--count N] [--seed SEED] [--every SECONDS] [--schedule SECONDS]`: see `make chaos`."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path
from random import SystemRandom
from typing import Final

from bench.report import console
from chaos import provision, schedule, town
from chaos.links import Links
from chaos.report import show
from chaos.run import Plan, Report, Run
from runtime.local.find import MissingProgramError
from runtime.local.stack import Stack

SERVICES: Final = (
    *("postgres", "redis", "temporal", "sms_sink", "migrate", "demo_data", "rail"),
    *("temporal_worker", "mcp", "api"),
)
_EVERY_S: Final = ((500, 4.0), (2000, 7.0))
_MOST_EVERY_S: Final = 10.0
_PEOPLE: Final = 40


def main(words: list[str]) -> int:
    """0: every promise was kept; 1: not; 2: it could not be tried."""
    asked = _asked(words)
    plan = _plan(asked)
    if asked.schedule:
        for fault in schedule.until(plan.seed, plan.every_s, asked.schedule):
            console.print(str(fault), highlight=False)
        return 0
    try:
        report = run(plan, asked.keep)
    except MissingProgramError as error:
        console.print(str(error), markup=False)
        return 2
    return 0 if report.clean else 1


def run(plan: Plan, keep: Path | None = None) -> Report:
    """Bring up a bank of its own, break it, judge, print."""
    program = provision.toxiproxy()
    say(f"seed {plan.seed}: {plan.count} payments of {plan.customers} customers, a fault every {plan.every_s:g} s")
    with tempfile.TemporaryDirectory(prefix="countersign-chaos-") as folder:
        place = keep or Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        stack = Stack(place, list(SERVICES), given=town.settings(place, plan.elicitation_s))
        try:
            with Links(program, stack.site) as links:
                stack.start()
                running = Run(plan, stack, links, say)
                report = asyncio.run(running.run())
                show(running, report)
                running.told.write(place / "told.jsonl")
        finally:
            stack.stop()
    return report


def say(text: str) -> None:
    """One line, at once."""
    console.print(text, highlight=False, markup=False, soft_wrap=True)


def _plan(asked: argparse.Namespace) -> Plan:
    every_s = asked.every or next((s for most, s in _EVERY_S if asked.count <= most), _MOST_EVERY_S)
    seed = SystemRandom().randrange(1_000_000) if asked.seed is None else asked.seed
    return Plan(seed, asked.count, min(_PEOPLE, max(5, asked.count // 5)), every_s)


def _asked(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="chaos", description="Payments while everything dies.")
    parser.add_argument("--count", type=int, default=200, help="how many payments")
    parser.add_argument("--seed", type=int, help="a run's seed, to have the same schedule and wishes again")
    parser.add_argument("--every", type=float, help="seconds between two faults, in the mean")
    parser.add_argument("--schedule", type=float, metavar="SECONDS", help="only print what would break until then")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the servers' files and logs there")
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
