"""How well sentences are understood that the grammar was not written from, and how long it takes.

Each batch of `evaluation.jsonl` was written before the rules had been tried on it and judged once; its misses were
then looked at, so what it scores now is no measure of the unseen. Only the rows marked `held_out`, if there are any,
have not been tuned on, and what is changed after reading their misses ends that.

Payments and what goes with them, right in intent and all slots at first judging, in order of judging (in brackets:
the rules without frames): fourth 73.0 % before frames, fifth 95.1 (72.8), seventh 85.3 (71.6), ninth 78.3 (62.8),
tenth 90.4 (69.2), sixth 89.0 (68.1), eighth 92.5 (71.6), eleventh 87.3 (75.9), twelfth 93.6 (80.9; 47 sentences). The
whole bank: the thirteenth was tuned on from the start; the fourteenth scored 190 of 231 (82.3 %) and the fifteenth,
written after that had been looked at, 77 of 95 (81.1 %) at first judging, both before there was a grammar of alerts,
so without those. With alerts and everything else, at first judging: sixteenth (plain requests) 119 of 136 (87.5 %),
seventeenth (slang, dialects, no punctuation) 108 of 135 (80.0 %), eighteenth (formal and complete, as in a written
test) 120 of 139 (86.3 %), nineteenth (roundabout and hesitant, meant to be hard) 87 of 136 (64.0 %), twentieth
(everyday) 132 of 141 (93.6 %), twenty-first (everyday) 64 of 70 (91.4 %). All were written by one person, so
strangers' sentences may well score lower. When the bank began to offer more, 44 older rows got a new meaning (a
loan's balance, days that are now read, alerts), and 22 that speak of purchases the direction out. Limits: 2 ms to
understand, 1 ms to mask, of CPU time: how busy the machine is says nothing about the grammar.
"""

from __future__ import annotations

import json
import statistics
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adapters.masking import Masker
from adapters.understanding.dates.calendar import Calendar
from adapters.understanding.understander import Understander, warm_up
from domain.conversation import Expects
from domain.understanding import Intent, Vocabulary

if TYPE_CHECKING:
    from domain.understanding import Understanding

SENTENCES = Path(__file__).parent.parent / "tests" / "understanding" / "evaluation.jsonl"
UNSAID = frozenset({"code", "when"})
"""Not judged: a secret, and how the days were said that `from` and `to` hold."""
PAYEES = ("Sarah Chen", "John Doe", "City Power")
CALENDAR = Calendar(clock=lambda: datetime(2026, 6, 17, 10, tzinfo=UTC))
"""A Wednesday: what `last week` means must not change with the day of the run."""
GOAL = 0.97
"""Right in intent and all slots."""
MOVES_MONEY = {Intent.PAY, Intent.TRANSFER, Intent.CONFIRM, Intent.AMEND}


@dataclass(frozen=True, slots=True)
class Judged:
    """One row of the evaluation and what was made of it."""

    row: dict[str, Any]
    found: Understanding

    @property
    def slots(self) -> dict[str, str]:
        """The slots that are judged."""
        return {name: value for name, value in self.found.slots.items() if name not in UNSAID}

    @property
    def intent_right(self) -> bool:
        """Whether the intent is right, whatever the slots."""
        return bool(self.found.intent == self.row["intent"])

    @property
    def right(self) -> bool:
        """Intent and all slots."""
        return self.intent_right and self.slots == self.row["slots"]

    @property
    def groups(self) -> tuple[str, ...]:
        """The lines of the table that it counts for."""
        held_out = ("held out",) if self.row.get("held_out") else ()
        return (str(self.row["intent"]), f"batch {self.row['batch']}", *held_out, "all")


def main() -> int:
    """Print accuracy per intent and batch, what was missed and confused, and latencies; 1 where a limit is not kept."""
    rows = [json.loads(line) for line in SENTENCES.read_text().splitlines()]
    warm_up()
    understander = Understander(Vocabulary(PAYEES), calendar=CALENDAR)
    judged = [Judged(r, understander.understand(r["text"], Expects(r.get("expects", "anything")))) for r in rows]
    _accuracy(judged)
    taken = [each.row["text"] for each in judged if each.found.intent in MOVES_MONEY and not each.intent_right]
    print(f"wrongly taken for a payment, a change or a yes: {len(taken)} {taken}")
    confused = Counter(f"{each.row['intent']} as {each.found.intent}" for each in judged if not each.intent_right)
    print("most confused:", ", ".join(f"{pair} {count}" for pair, count in confused.most_common(8)))
    print("missed:")
    for each in judged:
        if not each.right:
            print(
                f"  {each.row['text']!r}: {each.row['intent']} {each.row['slots']} was {each.found.intent} {each.slots}"
            )
    share = sum(each.right for each in judged) / len(judged)
    return 0 if _latency([row["text"] for row in rows]) and share >= GOAL else 1


def _accuracy(judged: list[Judged]) -> None:
    groups: defaultdict[str, list[Judged]] = defaultdict(list)
    for each in judged:
        for group in each.groups:
            groups[group].append(each)
    print(f"{'':24s} {'n':>5s} {'intent %':>9s} {'and slots %':>12s}")
    for group in sorted(groups, key=lambda name: (name in {"held out", "all"}, name.startswith("batch"))):
        those = groups[group]
        intents = 100 * sum(each.intent_right for each in those) / len(those)
        print(f"{group:24s} {len(those):5d} {intents:9.1f} {100 * sum(e.right for e in those) / len(those):12.1f}")


def _latency(texts: list[str]) -> bool:
    masker = Masker()
    times: defaultdict[str, list[float]] = defaultdict(list)
    for _ in range(3):
        understander = Understander(Vocabulary(PAYEES), calendar=CALENDAR)
        for text in texts:
            begin = time.thread_time()
            understander.understand(text)
            middle = time.thread_time()
            masker.mask(text)
            times["understand"].append(1000 * (middle - begin))
            times["mask"].append(1000 * (time.thread_time() - middle))
    good = True
    for stage, limit in (("understand", 2.0), ("mask", 1.0)):
        spread = statistics.quantiles(times[stage], n=100)
        good = good and spread[94] <= limit
        print(f"{stage:12s} p50 {spread[49]:.3f} ms, p95 {spread[94]:.3f}, p99 {spread[98]:.3f} (limit {limit} at p95)")
    return good


if __name__ == "__main__":
    raise SystemExit(main())
