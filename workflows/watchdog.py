"""Brings a new voice agent into a room whose customer is there and whose worker is not."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from temporalio import workflow
from temporalio.exceptions import FailureError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from activities.presence import Presence, PresenceWatch, Watchdog
    from workflows import options

if TYPE_CHECKING:
    from collections.abc import Callable


async def watch_agent(watch: PresenceWatch, queue: str, heartbeat: timedelta, needless: Callable[[], bool]) -> None:
    """Wait while the agent is there; once it is not, ask for another until one has joined or nobody is left.

    `needless`: another agent has joined, or the conversation is over. How the agent came to its end does not matter:
    a call that broke off and a worker that was stopped leave the customer as lonely as one that was killed.
    """
    await _until_gone(watch, queue, heartbeat)
    for _ in range(options.REDISPATCH_TRIES):
        if needless() or not await _bring(watch):
            return
        try:
            await workflow.wait_condition(needless, timeout=options.REDISPATCH_WAIT)
        except TimeoutError:
            continue
        return


async def _until_gone(watch: PresenceWatch, queue: str, heartbeat: timedelta) -> None:
    """A missed heartbeat is asked about once more: it may be Temporal's server that was away, not the agent."""
    try:
        await workflow.execute_activity_method(
            Presence.hold_presence,
            watch,
            task_queue=queue,
            heartbeat_timeout=heartbeat,
            schedule_to_start_timeout=options.PRESENCE_START,
            start_to_close_timeout=timedelta(days=1),
            retry_policy=options.PRESENCE_RETRY,
            summary="the voice agent is in the room",
        )
    except FailureError as failure:
        if is_cancelled_exception(failure):
            raise


async def _bring(watch: PresenceWatch) -> bool:
    try:
        return await workflow.execute_activity_method(
            Watchdog.bring_agent, watch, **options.REDISPATCH, summary="bring a new voice agent"
        )
    except FailureError as failure:
        if is_cancelled_exception(failure):
            raise
        return True
