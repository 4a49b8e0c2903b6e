"""What a run came to, for people."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from bench.report import console, table

if TYPE_CHECKING:
    from chaos.run import Report, Run

_MOST_SHOWN: Final = 20
_MOST_LINES: Final = 40


def show(run: Run, report: Report) -> None:
    """Kills, toxics, outcomes; then every broken promise with all that its customer was told."""
    breaking, plan = run.breaking, run.plan
    table(
        "Processes killed (SIGKILL)", ["", "times"], [*sorted(breaking.kills.items()), ("all", breaking.kills.total())]
    )
    table("Links poisoned", ["", "times"], [*sorted(breaking.toxics.items()), ("all", breaking.toxics.total())])
    ended = Counter((each.wish.kind.value, each.ended) for each in report.verdicts)
    table("Payments", ["kind", "ended", "count"], [(*key, count) for key, count in sorted(ended.items())])
    table("What clients were told that was no answer", ["", "times"], sorted(run.told.counts.items()))
    for verdict in report.wrong[:_MOST_SHOWN]:
        wish = verdict.wish
        _say(f"✗ wish {wish.number} ({wish.kind}; {wish.way}; {wish.payment_id}): {'; '.join(verdict.wrong)}")
        _told(run, wish.number)
    for number, why in report.hung.items():
        _say(f"✗ wish {number} hung: {why}")
        _told(run, number)
    for fault in report.faults[:_MOST_SHOWN]:
        _say(f"✗ {fault}")
    rate = plan.count / report.took_s
    _say(f"seed {plan.seed}: {plan.count} payments in {report.took_s:.0f} s ({rate:.1f}/s), "
         f"{breaking.kills.total()} kills, {breaking.toxics.total()} toxics, {len(report.wrong)} broken promises, "
         f"{len(report.hung)} hung, {len(report.faults)} other findings")  # fmt: skip


def _told(run: Run, wish: int) -> None:
    for line in run.told.of(wish)[-_MOST_LINES:]:
        _say(f"    {line}")


def _say(text: str) -> None:
    console.print(text, highlight=False, markup=False, soft_wrap=True)
