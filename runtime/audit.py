"""The whole audit of the ledger: the database's checks in one snapshot, then payments beside their workflows."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Final

import psycopg
from temporalio.service import RPCError

from adapters.audit.check import Check, Difference
from adapters.audit.ledger import CHECKS, look
from adapters.audit.workflows import WORKFLOWS, Workflows
from adapters.temporal.client import connect_to_read
from domain.errors import UnavailableError
from runtime.settings import Settings

_CONNECT_S: Final = 10


@dataclass(frozen=True, slots=True)
class Report:
    """What was looked at, how much of it there is, and what differs. `seconds`: how long it took."""

    checks: tuple[Check, ...]
    differences: tuple[Difference, ...]
    entries: int
    payments: int
    seconds: float


async def audit_ledger(chosen: Settings, patience_s: float, *, database_only: bool = False) -> Report:
    """Look at everything, with the rights of `chosen.database_url`.

    A payment and its workflow count as different once they were so for `patience_s`. Raises UnavailableError where
    something cannot be looked at.
    """
    began = time.monotonic()
    try:
        differences, entries, payments = await asyncio.to_thread(_ledger, chosen.database_url)
        if not database_only:
            differences += await _workflows(chosen, patience_s)
    except (psycopg.Error, RPCError) as error:
        raise UnavailableError(f"{type(error).__name__}: {error}") from error
    checks = CHECKS if database_only else (*CHECKS, WORKFLOWS)
    return Report(checks, tuple(differences), entries, payments, time.monotonic() - began)


def _ledger(url: str) -> tuple[list[Difference], int, int]:
    with psycopg.connect(url, autocommit=True, connect_timeout=_CONNECT_S) as connection:
        found = list(look(connection))
        counts = connection.execute("SELECT (SELECT count(*) FROM entries), (SELECT count(*) FROM payments)").fetchone()
    entries, payments = counts or (0, 0)
    return found, entries, payments


async def _workflows(chosen: Settings, patience_s: float) -> list[Difference]:
    client = await connect_to_read(chosen.temporal_address, chosen.temporal_namespace)
    async with await psycopg.AsyncConnection.connect(
        chosen.database_url, autocommit=True, connect_timeout=_CONNECT_S
    ) as books:
        return await Workflows(client, chosen.task_queue, books).differences(patience_s)
