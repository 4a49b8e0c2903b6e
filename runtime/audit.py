"""The whole audit of the ledger: the database's checks in one snapshot, then payments beside workflows and rail."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import psycopg
from temporalio.service import RPCError

from adapters.audit.check import Check, Difference
from adapters.audit.ledger import CHECKS, look, look_again
from adapters.audit.statement import STATEMENT, Statement
from adapters.audit.workflows import KINDS, Workflows
from adapters.rail import HttpRail
from adapters.temporal.client import connect_to_read
from domain.errors import UnavailableError
from runtime.settings import Settings

_CONNECT_S: Final = 10


class Beside(StrEnum):
    """What the database is compared with."""

    WORKFLOWS = "workflows"
    RAIL = "rail"


@dataclass(frozen=True, slots=True)
class Report:
    """What was looked at, how much of it there is, and what differs. `seconds`: how long it took."""

    checks: tuple[Check, ...]
    differences: tuple[Difference, ...]
    entries: int
    payments: int
    seconds: float


async def audit_ledger(
    chosen: Settings, patience_s: float, beside: Collection[Beside] = (Beside.WORKFLOWS, Beside.RAIL)
) -> Report:
    """Look at everything, with the rights of `chosen.database_url` and `chosen.rail_statement_file`.

    A payment and its workflow, or what the rail says of it, count as different once they were so for `patience_s`.
    Raises UnavailableError where something cannot be looked at, FileNotFoundError without the rail's token.
    """
    began = time.monotonic()
    checks = CHECKS
    try:
        differences, entries, payments = await asyncio.to_thread(_ledger, chosen.database_url, patience_s)
        if Beside.WORKFLOWS in beside:
            checks = (*checks, *(kind.check for kind in KINDS))
            differences += await _workflows(chosen, patience_s)
        if Beside.RAIL in beside:
            checks = (*checks, STATEMENT)
            differences += await _statement(chosen, patience_s)
    except (psycopg.Error, sqlite3.Error, RPCError) as error:
        raise UnavailableError(f"{type(error).__name__}: {error}") from error
    return Report(checks, tuple(differences), entries, payments, time.monotonic() - began)


def _ledger(url: str, patience_s: float) -> tuple[list[Difference], int, int]:
    with psycopg.connect(url, autocommit=True, connect_timeout=_CONNECT_S) as connection:
        found = list(look_again(connection, [*look(connection)], patience_s))
        counts = connection.execute("SELECT (SELECT count(*) FROM entries), (SELECT count(*) FROM payments)").fetchone()
    entries, payments = counts or (0, 0)
    return found, entries, payments


async def _workflows(chosen: Settings, patience_s: float) -> list[Difference]:
    client = await connect_to_read(chosen.temporal_address, chosen.temporal_namespace)
    found: list[Difference] = []
    async with await _books(chosen) as books:
        for kind in KINDS:
            found += await Workflows(client, chosen.task_queue, books, kind).differences(patience_s)
    return found


async def _statement(chosen: Settings, patience_s: float) -> list[Difference]:
    rail = HttpRail(chosen.rail_url, chosen.rail_statement_file.read_text().strip(), _CONNECT_S)
    try:
        async with await _books(chosen) as books:
            return await Statement(rail, books).differences(patience_s)
    finally:
        await rail.close()


async def _books(chosen: Settings) -> psycopg.AsyncConnection:
    return await psycopg.AsyncConnection.connect(chosen.database_url, autocommit=True, connect_timeout=_CONNECT_S)
