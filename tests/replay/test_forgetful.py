"""Every scene with a worker that forgets: each task replays its workflow from the beginning, and all ends the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fakes.staff import staffed
from tests.replay.scenes import SCENES, Scene
from tests.workflows.conftest import client  # noqa: F401 - a fixture

if TYPE_CHECKING:
    from temporalio.client import Client

pytestmark = [pytest.mark.servers, pytest.mark.long]


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
async def test_a_scene_is_played_without_a_cache(client: Client, scene: Scene) -> None:  # noqa: F811
    async with staffed(client, cached=0, **SCENES[scene]) as bank:
        for name, workflow_id in (await scene(bank)).items():
            status = (await client.get_workflow_handle(workflow_id).describe()).status
            assert status is not None, name
            assert status.name == ("FAILED" if name.endswith("given_up") else "COMPLETED"), name
