"""Brings a new voice agent into a room whose customer is there and whose worker is not."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from activities.presence import Presence, PresenceWatch, Watchdog
    from workflows import options

if TYPE_CHECKING:
    from collections.abc import Callable


async def watch_agent(watch: PresenceWatch, queue: str, heartbeat: timedelta, superseded: Callable[[], bool]) -> None:
    """Wait while the agent heartbeats; if it falls silent, ask for another until one has joined or nobody is left."""
    if await _left_in_good_order(watch, queue, heartbeat):
        return
    for _ in range(options.REDISPATCH_TRIES):
        if superseded() or not await _bring(watch):
            return
        try:
            await workflow.wait_condition(superseded, timeout=options.REDISPATCH_WAIT)
        except TimeoutError:
            continue
        return


async def _left_in_good_order(watch: PresenceWatch, queue: str, heartbeat: timedelta) -> bool:
    try:
        await workflow.execute_activity_method(
            Presence.hold_presence,
            watch,
            task_queue=queue,
            heartbeat_timeout=heartbeat,
            schedule_to_start_timeout=options.PRESENCE_START,
            start_to_close_timeout=timedelta(days=1),
            retry_policy=RetryPolicy(maximum_attempts=1),
            summary="the voice agent is in the room",
        )
    except ActivityError as failure:
        if is_cancelled_exception(failure):
            raise
        return False
    return True


async def _bring(watch: PresenceWatch) -> bool:
    try:
        return await workflow.execute_activity_method(
            Watchdog.bring_agent, watch, **options.REDISPATCH, summary="bring a new voice agent"
        )
    except ActivityError as failure:
        if is_cancelled_exception(failure):
            raise
        return True
