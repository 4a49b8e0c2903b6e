"""The calls that this worker has, and the activity that vouches for them: see activities/presence.py."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from temporalio.worker import Worker

from activities.presence import Presence

if TYPE_CHECKING:
    from temporalio.client import Client


class LiveCalls:
    """Implements `activities.presence.Registry`. Jobs run in threads of their own, so it is guarded."""

    def __init__(self) -> None:
        self._calls: set[tuple[str, str]] = set()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        """How many calls there are."""
        return len(self._calls)

    def enter(self, session_id: str, agent_id: str) -> None:
        """A call has begun."""
        with self._lock:
            self._calls.add((session_id, agent_id))

    def leave(self, session_id: str, agent_id: str) -> None:
        """A call is over."""
        with self._lock:
            self._calls.discard((session_id, agent_id))

    def is_live(self, session_id: str, agent_id: str) -> bool:
        """Whether this agent's job still runs in this worker."""
        return (session_id, agent_id) in self._calls


def presence_worker(client: Client, queue: str, calls: LiveCalls) -> Worker:
    """A Temporal worker for this process's own queue; it runs activities only."""
    presence = Presence(calls)
    return Worker(client, task_queue=queue, activities=[presence.hold_presence], max_concurrent_activities=100)
