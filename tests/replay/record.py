"""`python -m tests.replay.record [SCENE …]`: plays the scenes on a Temporal server of its own, keeps the histories."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from adapters.temporal.client import connect
from runtime.local.stack import Stack
from tests.fakes.staff import staffed
from tests.replay.scenes import SCENES

HERE = Path(__file__).parent
KEYS = HERE / "keys.json"
HISTORIES = HERE / "histories"


async def record(address: str, wanted: list[str]) -> None:
    """One file a workflow and outcome, of all scenes where none is named. The ring of keys is for these files only."""
    client = await connect(address, "default", KEYS)
    for scene, given in SCENES.items():
        if wanted and scene.__name__ not in wanted:
            continue
        async with staffed(client, **given) as bank:
            for name, workflow_id in (await scene(bank)).items():
                history = await client.get_workflow_handle(workflow_id).fetch_history()
                (HISTORIES / f"{name}.json").write_text(history.to_json() + "\n")
                print(f"{name}: {len(history.events)} events")  # noqa: T201 - a script


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, Stack(Path(folder), ["temporal"]) as servers:
        asyncio.run(record(servers.env["COUNTERSIGN_TEMPORAL_ADDRESS"], sys.argv[1:]))
