"""Stored histories, one a workflow and outcome: today's code must still tell the same stories."""

from __future__ import annotations

from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.contrib.opentelemetry import OpenTelemetryPlugin
from temporalio.worker import Replayer
from temporalio.workflow import NondeterminismError

from adapters.temporal.client import converter
from temporal_worker.run import WORKFLOWS
from tests.fakes import staff  # noqa: F401 - sets the tracer provider that the plug-in wants
from tests.fakes.sandbox import sandbox
from tests.replay.record import HISTORIES, KEYS
from tests.replay.reordered import HoldsFirst
from tests.replay.scenes import SCENES
from tests.replay.scenes_apart import APART
from tests.replay.scenes_apart import ENDINGS as ENDINGS_APART
from tests.replay.scenes_apart import OTHERS as OTHERS_APART

STORED = sorted(HISTORIES.glob("*.json"))
ENDINGS = (
    *("completed", "declined", "cancelled", "failed", "expired"),
    *("approved", "corrected", "rejected", "undecided", "cooled", "standing"),
    *("own", "called_back", "ordered"),
)
ELSEWHERE = ("outside", "outside_unknown", "outside_refused")
CHECKED = ("verified", "called_off", "never_shown")


def history_of(path: Path) -> WorkflowHistory:
    return WorkflowHistory.from_json(path.stem, path.read_text())


def replayer(*workflows: type) -> Replayer:
    return Replayer(
        workflows=workflows,
        workflow_runner=sandbox(),
        data_converter=converter(KEYS),
        plugins=[OpenTelemetryPlugin(add_temporal_spans=True)],
    )


def test_every_workflow_and_ending_is_stored() -> None:
    wanted = {
        f"{kind}_{end}"
        for kind in ("payment", "elicitation", "conversation")
        for end in ENDINGS + ENDINGS_APART + ELSEWHERE
    }
    wanted |= {*OTHERS_APART}
    wanted |= {f"{kind}_{end}" for kind in ("verification", "conversation_card") for end in CHECKED}
    wanted |= {
        "payment_refused",
        "mandate_revoked",
        "standing_order_completed",
        "alert_deleted",
        "alert_given_up",
        "conversation_alert",
        "rail_return",
    }
    assert {path.stem for path in STORED} == wanted
    assert len(SCENES) == len(ENDINGS) + len(ELSEWHERE) + len(CHECKED) + 3 + len(APART)


@pytest.mark.parametrize("path", STORED, ids=lambda path: path.stem)
async def test_a_stored_history_is_replayed(path: Path) -> None:
    await replayer(*WORKFLOWS).replay_workflow(history_of(path))


async def test_a_reordered_workflow_is_found_out() -> None:
    history = history_of(HISTORIES / "payment_completed.json")
    with pytest.raises(NondeterminismError):
        await replayer(HoldsFirst).replay_workflow(history)
