"""Plays schedules side by side on the real servers while workers die and connections break, and judges them."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Final
from uuid import uuid4

import psycopg
from opentelemetry import trace
from psycopg.rows import dict_row
from temporalio.contrib.opentelemetry import create_tracer_provider

from adapters.postgres.pool import open_pool
from adapters.temporal.client import connect
from domain.errors import UnavailableError
from domain.payments import PaymentRequest
from runtime.audit import Beside, Report, audit_ledger
from runtime.settings import Settings
from tests.auditing import PATIENCE_S
from tests.bank import assert_books_agree
from tests.interleavings import judge
from tests.interleavings.acts import ACTS
from tests.interleavings.play import Board, Play
from tests.interleavings.schedule import Schedule
from tests.interleavings.town import Desks, found_town, move_in
from tests.interleavings.work import Place, started

if TYPE_CHECKING:
    from collections.abc import Sequence
    from multiprocessing.context import ForkServerProcess

    from runtime.local.stack import Stack
    from tests.conftest import Database

VAIN: Final = "waited in vain"
CALM: Final[tuple[str, ...]] = ()
_SEVER: Final = """
    SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE datname = current_database() AND usename IN ('countersign_worker', 'countersign_api')
"""

if isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider):
    trace.set_tracer_provider(create_tracer_provider())


@dataclass
class Figures:
    """What was run."""

    schedules: int = 0
    messages: int = 0
    codes: Counter[str] = field(default_factory=Counter[str])
    ends: Counter[str] = field(default_factory=Counter[str])
    disasters: Counter[str] = field(default_factory=Counter[str])

    def __str__(self) -> str:
        ends = ", ".join(f"{count} {state}" for state, count in self.ends.most_common())
        codes = ", ".join(f"{code} {count}" for code, count in self.codes.most_common())
        return (
            f"interleavings: {self.schedules} schedules, {self.messages} messages, "
            f"{self.disasters['kill']} workers killed, {self.disasters['sever']} times all connections cut\n"
            f"  ended: {ends}\n  answers: {codes}"
        )


class Workers:
    """Two, one of which forgets nearly every workflow at once; whichever is killed is replaced."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._running: list[tuple[ForkServerProcess, int]] = [(started(place, size), size) for size in (500, 10)]

    def kill_one(self, which: int) -> None:
        """SIGKILL, and another in its place."""
        process, size = self._running[which % 2]
        process.kill()
        process.join()
        process.close()
        self._running[which % 2] = (started(self._place, size), size)

    def stop(self) -> None:
        for process, _ in self._running:
            process.kill()
            process.join()
            process.close()


@dataclass
class Arena:
    """Everything that a round needs."""

    database: Database
    desks: Desks
    workers: Workers
    owner: psycopg.Connection
    figures: Figures = field(default_factory=Figures)

    async def round(self, schedules: Sequence[Schedule], disasters: Sequence[str] = CALM) -> list[tuple[Schedule, str]]:
        """Play these at once; the schedules that went wrong, with what was wrong."""
        customers = [move_in(self.owner, each) for each in schedules]
        ids = [each.payment_id for each in customers]
        async with await psycopg.AsyncConnection.connect(
            self.database.owner_url, autocommit=True, row_factory=dict_row
        ) as watcher:
            board = Board(watcher)
            plays = [Play(each, self.desks, board, ACTS) for each in customers]
            watching = asyncio.create_task(board.watch(ids))
            happening = asyncio.create_task(self._happen(disasters))
            await asyncio.gather(*(play.run() for play in plays))
            await happening
            watching.cancel()
        if not disasters:
            for play in plays:
                play.wrong += [f"{told.what} {VAIN}" for told in play.told if told.code == "service_unavailable"]
        return await self._judged(plays, ids)

    async def _happen(self, disasters: Sequence[str]) -> None:
        for number, disaster in enumerate(disasters):
            await asyncio.sleep(0.7)
            self.figures.disasters[disaster] += 1
            if disaster == "kill":
                self.workers.kill_one(number)
            else:
                self.owner.execute(_SEVER)

    async def audited(self) -> Report:
        """The whole audit, once all is over: of these books, and of the workflows on this task queue."""
        place = self.desks.place
        chosen = Settings(database_url=self.database.audit_url, temporal_address=place.temporal, task_queue=place.queue)
        return await audit_ledger(chosen, PATIENCE_S, [Beside.WORKFLOWS])

    async def _judged(self, plays: list[Play], ids: list[str]) -> list[tuple[Schedule, str]]:
        results = await asyncio.gather(*(play.ended() for play in plays), return_exceptions=True)
        await self._children_end(ids)
        records = judge.read(self.database.owner_url, ids)
        wrong: list[tuple[Schedule, str]] = []
        for play, result in zip(plays, results, strict=True):
            found = records.get(play.payment_id)
            self.figures.ends[found.state if found else "never begun"] += 1
            if found_wrong := list(judge.faults(play, found, result)):
                wrong.append((play.customer.plays, f"{play.payment_id}: {'; '.join(found_wrong)}"))
        self.figures.schedules += len(plays)
        self.figures.messages += sum(len(play.told) for play in plays)
        self.figures.codes += Counter(told.code or "ok" for play in plays for told in play.told)
        assert_books_agree(self.owner)
        await self._events_are_dense()
        return wrong

    async def _children_end(self, ids: list[str]) -> None:
        """A question that outlives its payment is closed a moment later."""
        for _ in range(100):
            row = self.owner.execute(
                "SELECT count(*) FROM elicitations WHERE payment_id = ANY(%s) AND closed_at IS NULL", [ids]
            ).fetchone()
            if row == (0,):
                return
            await asyncio.sleep(0.1)

    async def _events_are_dense(self) -> None:
        while self.owner.execute("SELECT FROM sequence_outbox(500)").fetchone() is not None:
            pass
        row = self.owner.execute("SELECT count(*), coalesce(max(seq), 0), count(seq) FROM outbox").fetchone()
        assert row is not None
        assert row[0] == row[1] == row[2]


def disasters(number: int, seed: int) -> list[str]:
    """Every second round is calm, so that nobody is excused there by a bank that is away."""
    if number % 2 == 0:
        return []
    return Random(seed + number).choices(["kill", "kill", "sever"], k=3)  # noqa: S311 - no secret


async def _open(desks: Desks, owner: psycopg.Connection) -> None:
    """Return once payments are served: a worker takes a while to begin."""
    first = move_in(owner, Schedule(amount="15.00"))
    while True:
        with suppress(UnavailableError):
            await desks.payments.begin(PaymentRequest(first.payment_id, first.user_id, "15.00", "Shop"))
            return


@asynccontextmanager
async def arena(stack: Stack, database: Database) -> AsyncIterator[Arena]:
    """Open while the block runs."""
    stack.start(["temporal"])
    keys: Path = stack.site.layout.keys
    temporal = stack.env["COUNTERSIGN_TEMPORAL_ADDRESS"]
    place = Place(temporal, database.worker_url, keys, f"interleavings-{uuid4().hex}")
    api, worker = await open_pool(database.api_url, 1, 10), await open_pool(database.worker_url, 1, 2)
    workers = Workers(place)
    try:
        with psycopg.connect(database.owner_url, autocommit=True) as owner:
            found_town(owner)
            client = await connect(temporal, "default", keys / "payload.json")
            desks = Desks(client, place, api, worker)
            await _open(desks, owner)
            yield Arena(database, desks, workers, owner)
    finally:
        workers.stop()
        await api.close()
        await worker.close()
