"""How well sentences are understood that the grammar was not written from, and how long it takes.

Each batch of `evaluation.jsonl` was written before the rules had been tried on it and judged once; its misses were then
looked at, so what it scores now is no measure of the unseen. Batches one to eleven have all been tuned on. Only the
twelfth (`held_out`) has not been, and what is changed after reading its misses ends that.

Right in intent and all slots at first judging, in order of judging (in brackets: the rules without frames):
fourth 73.0 % before frames, fifth 95.1 (72.8), seventh 85.3 (71.6), ninth 78.3 (62.8), tenth 90.4 (69.2), sixth 89.0
(68.1), eighth 92.5 (71.6), eleventh 87.3 (75.9), twelfth 93.6 (80.9; 47 sentences). The last four together: 256 of
284, 90.1 % (73.2). All were written by one person, so strangers' sentences may well score lower.
Limits: 2 ms to understand, 1 ms to mask.
"""

from __future__ import annotations

import json
import statistics
import time
from collections import Counter, defaultdict
from datetime import UTC, datetime
from pathlib import Path

from adapters.masking import Masker
from adapters.understanding.dates.calendar import Calendar
from adapters.understanding.understander import Understander, warm_up
from domain.conversation import Expects
from domain.understanding import Intent, Vocabulary

SENTENCES = Path(__file__).parent.parent / "tests" / "understanding" / "evaluation.jsonl"
UNSAID = frozenset({"code", "when"})
"""Not judged: a secret, and how the days were said that `from` and `to` hold."""
PAYEES = ("Sarah Chen", "John Doe", "City Power")
CALENDAR = Calendar(clock=lambda: datetime(2026, 6, 17, 10, tzinfo=UTC))
"""A Wednesday: what `last week` means must not change with the day of the run."""
MOVES_MONEY = {Intent.PAY, Intent.CONFIRM, Intent.AMEND}


def main() -> int:
    """Print accuracy per intent and batch, what was missed, and latencies; 1 where a limit is not kept."""
    rows = [json.loads(line) for line in SENTENCES.read_text().splitlines()]
    warm_up()
    understander = Understander(Vocabulary(PAYEES), calendar=CALENDAR)
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    missed: list[str] = []
    dangerous: list[str] = []
    for row in rows:
        found = understander.understand(row["text"], Expects(row.get("expects", "anything")))
        slots = {name: value for name, value in found.slots.items() if name not in UNSAID}
        good = found.intent == row["intent"] and slots == row["slots"]
        for key in (row["intent"], f"batch {row['batch']}", "all"):
            total[key] += 1
            right[key] += good
        if not good:
            missed.append(f"  {row['text']!r}: {row['intent']} {row['slots']} was {found.intent} {slots}")
        if found.intent in MOVES_MONEY and found.intent != row["intent"]:
            dangerous.append(row["text"])
    print(f"{'intent and slots right':24s} {'n':>5s} {'%':>6s}")
    for key in total:
        print(f"{key:24s} {total[key]:5d} {100 * right[key] / total[key]:6.1f}")
    print(f"wrongly taken for a payment, a change or a yes: {len(dangerous)} {dangerous}")
    print("missed:", *missed, sep="\n")
    return 0 if _latency([row["text"] for row in rows]) else 1


def _latency(texts: list[str]) -> bool:
    masker = Masker()
    times: defaultdict[str, list[float]] = defaultdict(list)
    for _ in range(3):
        understander = Understander(Vocabulary(PAYEES), calendar=CALENDAR)
        for text in texts:
            begin = time.perf_counter()
            understander.understand(text)
            middle = time.perf_counter()
            masker.mask(text)
            times["understand"].append(1000 * (middle - begin))
            times["mask"].append(1000 * (time.perf_counter() - middle))
    good = True
    for stage, limit in (("understand", 2.0), ("mask", 1.0)):
        spread = statistics.quantiles(times[stage], n=100)
        good = good and spread[94] <= limit
        print(f"{stage:12s} p50 {spread[49]:.3f} ms, p95 {spread[94]:.3f}, p99 {spread[98]:.3f}; limit {limit} at p95")
    return good


if __name__ == "__main__":
    raise SystemExit(main())
