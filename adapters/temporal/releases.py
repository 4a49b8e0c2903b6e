"""Releases of the worker as Temporal knows them: which one is current, and which payments wait for another one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from google.protobuf.field_mask_pb2 import FieldMask
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflow.v1 import WorkflowExecutionOptions
from temporalio.api.workflowservice.v1 import (
    DescribeWorkerDeploymentRequest,
    SetWorkerDeploymentCurrentVersionRequest,
    UpdateWorkflowExecutionOptionsRequest,
)
from temporalio.client import Client
from temporalio.common import OneTimeVersioningOverride, WorkerDeploymentVersion
from temporalio.service import RPCError, RPCStatusCode

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from temporalio.api.deployment.v1 import WorkerDeploymentInfo
    from temporalio.client import WorkflowExecution as Found

_UNKNOWN: Final = frozenset({RPCStatusCode.NOT_FOUND, RPCStatusCode.FAILED_PRECONDITION})
"""What the server says of a release whose first poll it has not noted yet."""


def deployment_of(task_queue: str) -> str:
    """The name under which Temporal keeps the releases of a queue's workers."""
    return f"countersign-{task_queue}".replace(".", "-")


@dataclass(frozen=True, slots=True)
class Releases:
    """The releases of one task queue's workers. All raise RPCError where Temporal does not answer."""

    client: Client
    task_queue: str

    async def become_current(self, release: WorkerDeploymentVersion, *, alone: bool) -> bool:
        """Have new workflows, and those that move with the times, given to this release.

        False where the server does not know it yet. Whose workers are not `alone` leaves a newer release in place.
        """
        try:
            known = await self._known()
            if known is None or (not alone and _is_newer(known, than=release)):
                return known is not None
            await self.client.workflow_service.set_worker_deployment_current_version(
                SetWorkerDeploymentCurrentVersionRequest(
                    namespace=self.client.namespace,
                    deployment_name=release.deployment_name,
                    build_id=release.build_id,
                    identity=self.client.identity,
                    ignore_missing_task_queues=True,
                )
            )
        except RPCError as error:
            if error.status in _UNKNOWN:
                return False
            raise
        return True

    async def current(self) -> str:
        """The build that is current; empty where none is."""
        known = await self._known()
        return known.routing_config.current_deployment_version.build_id if known else ""

    async def waiting_for_others(self, build_id: str) -> AsyncIterator[Found]:
        """Open workflows that are pinned to another release than this one."""
        name = deployment_of(self.task_queue)
        query = (
            f"TaskQueue = '{self.task_queue}' AND ExecutionStatus = 'Running'"
            " AND TemporalWorkflowVersioningBehavior = 'Pinned'"
            f" AND TemporalWorkerDeploymentVersion != '{name}:{build_id}'"
        )
        async for found in self.client.list_workflows(query):
            yield found

    async def move(self, workflow: Found, release: WorkerDeploymentVersion) -> None:
        """Give its next task to this release, to which it is pinned from then on."""
        override = OneTimeVersioningOverride(release)
        await self.client.workflow_service.update_workflow_execution_options(
            UpdateWorkflowExecutionOptionsRequest(
                namespace=self.client.namespace,
                workflow_execution=WorkflowExecution(workflow_id=workflow.id, run_id=workflow.run_id),
                workflow_execution_options=WorkflowExecutionOptions(versioning_override=override._to_proto()),  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - the client offers no other way yet
                update_mask=FieldMask(paths=["versioning_override"]),
            )
        )

    async def _known(self) -> WorkerDeploymentInfo | None:
        asked = DescribeWorkerDeploymentRequest(
            namespace=self.client.namespace, deployment_name=deployment_of(self.task_queue)
        )
        try:
            return (await self.client.workflow_service.describe_worker_deployment(asked)).worker_deployment_info
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return None
            raise


def _is_newer(known: WorkerDeploymentInfo, than: WorkerDeploymentVersion) -> bool:
    """Whether the current release was first seen after this one; one that has not been seen yet is the newest."""
    current = known.routing_config.current_deployment_version.build_id
    seen = {each.deployment_version.build_id: each.create_time.ToNanoseconds() for each in known.version_summaries}
    return current in seen and than.build_id in seen and seen[current] > seen[than.build_id]


async def left_behind(address: str, namespace: str, task_queue: str) -> list[str]:
    """Ids of open workflows that wait for a release that is not the current one. Raises RuntimeError or RPCError."""
    releases = Releases(await Client.connect(address, namespace=namespace), task_queue)
    current = await releases.current()
    return [each.id async for each in releases.waiting_for_others(current)] if current else []
