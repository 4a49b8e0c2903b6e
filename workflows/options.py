"""Every time-out and retry policy of the house, in one table. Temporal owns retries; nothing below it tries twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Final, TypedDict

from temporalio.common import RetryPolicy

TASK_TIMEOUT: Final = timedelta(seconds=5)
"""How soon a workflow task of a worker that was killed is given to another."""


class ActivityOptions(TypedDict, total=False):
    """What `execute_activity` and `execute_local_activity` take alike."""

    start_to_close_timeout: timedelta
    schedule_to_close_timeout: timedelta
    retry_policy: RetryPolicy


_QUICKLY: Final = RetryPolicy(
    initial_interval=timedelta(milliseconds=100), backoff_coefficient=2, maximum_interval=timedelta(seconds=2)
)

STORE: Final = ActivityOptions(start_to_close_timeout=timedelta(seconds=10), retry_policy=_QUICKLY)
"""Reads and writes of our own database: tried until they succeed."""

WHILE_HEARD: Final = ActivityOptions(
    start_to_close_timeout=timedelta(seconds=5), schedule_to_close_timeout=timedelta(seconds=8), retry_policy=_QUICKLY
)
"""The same within a turn, where it is better to say that it can't be done than to be silent for ever."""

MONEY: Final = ActivityOptions(start_to_close_timeout=timedelta(seconds=4), retry_policy=_QUICKLY)
"""Steps of the ledger: idempotent by key, so tried until the ledger has answered. Also how long a step of a worker that
was killed is waited for."""

MONEY_AT_ONCE: Final = ActivityOptions(
    start_to_close_timeout=timedelta(seconds=1.5), schedule_to_close_timeout=timedelta(seconds=2), retry_policy=_QUICKLY
)
"""The same step while the workflow task is still open: it costs one event, and a ledger that is there answers in ms."""

TOOL_AT_ONCE: Final = ActivityOptions(
    start_to_close_timeout=timedelta(seconds=1.5), retry_policy=RetryPolicy(maximum_attempts=1)
)
"""A bank tool that only reads, or knows a repeat, within the turn's own workflow task: no queue to wait for."""

DELIVER: Final = ActivityOptions(
    start_to_close_timeout=timedelta(seconds=10),
    schedule_to_close_timeout=timedelta(seconds=60),
    retry_policy=_QUICKLY,
)
"""Messages to a person: given up when nobody would still be waiting."""

TOOL: Final = ActivityOptions(
    start_to_close_timeout=timedelta(seconds=4),
    schedule_to_close_timeout=timedelta(seconds=12),
    retry_policy=_QUICKLY,
)
"""Bank tools, while the customer holds the line."""

LOOKUP: Final = ActivityOptions(
    start_to_close_timeout=timedelta(seconds=2.5), schedule_to_close_timeout=timedelta(seconds=6), retry_policy=_QUICKLY
)
"""Bank tools that only read: with TOOL_AT_ONCE before, given up while a front still waits for the turn's reply."""

OUTSIDE: Final = ActivityOptions(
    start_to_close_timeout=timedelta(seconds=61), retry_policy=RetryPolicy(maximum_attempts=1)
)
"""Tools of other servers: asked once, within the time that the configuration gives each."""

RAIL: Final = ActivityOptions(
    start_to_close_timeout=timedelta(seconds=10), retry_policy=RetryPolicy(maximum_attempts=1)
)
"""The rail, asked once: what becomes of a time-out is the payment's own story. Longer than the client's own patience
for each of the questions that it may take."""

RAIL_AGAIN: Final = timedelta(seconds=1)
"""When the rail is asked after a worker died over it, or our own database could not be reached."""

RAIL_POST_AGAIN: Final = timedelta(minutes=5)
"""When a ledger is asked again that would not post what has been paid."""

PRESENCE_START: Final = timedelta(seconds=3)
"""A voice worker that does not take up its own presence within this is gone."""

PRESENCE_RETRY: Final = RetryPolicy(initial_interval=timedelta(milliseconds=100), maximum_attempts=2)

REDISPATCH: Final = ActivityOptions(
    start_to_close_timeout=timedelta(seconds=5),
    schedule_to_close_timeout=timedelta(seconds=30),
    retry_policy=RetryPolicy(initial_interval=timedelta(milliseconds=200), maximum_interval=timedelta(seconds=1)),
)

REDISPATCH_WAIT: Final = timedelta(seconds=2)
"""How long a new agent may take to join before another one is asked for."""

REDISPATCH_TRIES: Final = 60
