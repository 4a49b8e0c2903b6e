"""Loops that end when they are told to."""

from __future__ import annotations

import asyncio


def heed_cancellation() -> None:
    """Raise CancelledError where the current task was cancelled.

    Before Python 3.12 `asyncio.wait_for`, which psycopg and redis-py wait with, drops a cancellation that arrives
    together with its result (python/cpython#86296): a loop around it would go on for ever.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
