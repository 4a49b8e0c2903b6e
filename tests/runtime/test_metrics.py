"""Counts reach the collector, under their process's name."""

from __future__ import annotations

from runtime.metrics import provider
from tests.fakes.collector import collecting


def test_counts_arrive() -> None:
    with collecting() as collector:
        counts = provider("mcp_tools", collector.url)
        counter = counts.get_meter("countersign").create_counter("countersign.inquiries")
        for state in ("hit", "miss", "hit"):
            counter.add(1, {"tool": "balance", "state": state})
        counts.shutdown()
    name = ("countersign-mcp_tools", "countersign.inquiries")
    assert collector.counts == {(*name, "hit", "balance"): 2, (*name, "miss", "balance"): 1}
