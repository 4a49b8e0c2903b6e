"""Workers of tests come and go by the hundred: none is a release that had to become the current one first."""

from __future__ import annotations

from dataclasses import replace

from temporalio.worker import UnsandboxedWorkflowRunner, WorkflowInstance, WorkflowInstanceDetails


class Unversioned(UnsandboxedWorkflowRunner):
    """In it no workflow names how it goes over to a new release: Temporal takes that from versioned workers alone."""

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        return super().create_instance(replace(det, defn=replace(det.defn, versioning_behavior=None)))
