"""A release takes over: what begins from now on, and what another one left that goes on the same under this one."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import structlog
from temporalio.api.enums.v1 import EventType
from temporalio.contrib.opentelemetry import OpenTelemetryPlugin
from temporalio.service import RPCError
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from temporalio.client import WorkflowExecution, WorkflowHistory
    from temporalio.common import WorkerDeploymentVersion

    from adapters.temporal.releases import Releases

_log = structlog.get_logger(__name__)
_REGISTERED_S: Final = 0.05
_LOOKS_S: Final = (1.0, 2.0, 5.0, 10.0)
"""Soon after the start what was under way is still being noted by the server; then now and again."""
_LOOK_S: Final = 30.0


class Takeover:
    """Of one worker. Every step can be repeated, by this worker or by another one of the same release."""

    def __init__(
        self,
        releases: Releases,
        release: WorkerDeploymentVersion,
        workflows: Sequence[type],
    ) -> None:
        """`release`: this worker's own."""
        self._releases = releases
        self._release = release
        self._left: set[str] = set()
        self._replayer = Replayer(
            workflows=workflows,
            workflow_runner=UnsandboxedWorkflowRunner(),  # a sandbox is made anew for each, and the worker would stand
            data_converter=releases.client.data_converter,
            plugins=[OpenTelemetryPlugin()],
        )

    async def begin(self, *, alone: bool) -> None:
        """Become current, once the server has noted that this worker polls."""
        while not await self._became_current(alone=alone):  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(_REGISTERED_S)
        _log.info("release takes over", build_id=self._release.build_id)

    async def run(self) -> None:
        """Take over what other releases left, for ever: for a worker beside which no other release's works."""
        for pause_s in _pauses():
            try:
                await self.sweep()
            except RPCError as error:
                _log.warning("open payments could not be listed", reason=error.status.name)
            await asyncio.sleep(pause_s)

    async def sweep(self) -> None:
        """Move what this release would have done alike so far; report the rest, once each."""
        async for waiting in self._releases.waiting_for_others(self._release.build_id):
            if waiting.run_id not in self._left:
                await self._take(waiting)

    async def _take(self, waiting: WorkflowExecution) -> None:
        history = await self._releases.client.get_workflow_handle(waiting.id, run_id=waiting.run_id).fetch_history()
        if await self._tells_the_same(history):
            await self._releases.move(waiting, self._release)
            _log.info("workflow taken over", workflow_id=waiting.id)
        else:
            self._left.add(waiting.run_id)
            _log.error("workflow needs an older release", workflow_id=waiting.id)

    async def _tells_the_same(self, history: WorkflowHistory) -> bool:
        done = EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
        if not any(event.event_type == done for event in history.events):
            return True  # it has only been asked for
        result = await self._replayer.replay_workflow(history, raise_on_replay_failure=False)
        return result.replay_failure is None

    async def _became_current(self, *, alone: bool) -> bool:
        try:
            return await self._releases.become_current(self._release, alone=alone)
        except RPCError as error:
            _log.warning("release could not become current", reason=error.status.name)
            return False


def _pauses() -> Iterator[float]:
    yield from _LOOKS_S
    while True:
        yield _LOOK_S
