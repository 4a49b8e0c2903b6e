"""Inquiries as they are typed: api → conversation workflow → tool, beside a bare update on the same Temporal."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, cast
from uuid import uuid4

import httpx
from redis.asyncio import Redis
from temporalio.client import Client, WorkflowHandle
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from adapters.redis.stream import connect as redis
from adapters.temporal.client import connect
from bench.peer import BareConversation
from bench.report import percentile, table
from runtime.settings import Settings

_ROUNDS: Final = 60
_WARM_UP: Final = 3
_QUEUE: Final = "bench-inquiries"
_ASKED: Final = {
    "balance": "what's my balance",
    "transactions": "show me my last five transactions",
    "spending": "how much did I spend at City Power last month",
    "loans": "when is my next loan payment due",
    "credit": "what is my credit limit",
    "scheduled": "what payments are coming up",
}
"""One sentence a tool. `cards` is not among them: it is told to nobody but who shows a code, and is not remembered."""
_GOALS: Final = {"cached": "≤ 50", "uncached": "≤ 120"}
_BARE: Final = "bare update"
_Took = dict[tuple[str, str], list[float]]


@dataclass(frozen=True)
class Desk:
    """A customer's open text conversation, and the tools' own count of what they remembered."""

    api: httpx.AsyncClient
    tools: httpx.AsyncClient
    kept: Redis
    session_id: str

    async def asked(self, text: str) -> float:
        """Milliseconds from sending the words to having the reply."""
        started = time.perf_counter()
        answer = await self.api.post(f"/api/conversations/{self.session_id}/turns", json={"text": text})
        took = 1000 * (time.perf_counter() - started)
        answer.raise_for_status()
        return took

    async def forget(self) -> None:
        """As if nobody had asked for a while."""
        found = cast("AsyncIterator[str]", self.kept.scan_iter("countersign:inquiry:*", count=1000))
        if keys := [key async for key in found]:
            await self.kept.delete(*keys)

    async def counted(self) -> tuple[int, int]:
        """Answers that were remembered, and those that were not."""
        found: dict[str, Any] = (await self.tools.get("/health")).json()["inquiries"]
        return found["hits"], found["misses"]


@asynccontextmanager
async def _desk(chosen: Settings) -> AsyncGenerator[Desk]:
    async with (
        httpx.AsyncClient(base_url=chosen.api_url, timeout=20) as api,
        httpx.AsyncClient(base_url=chosen.mcp_url) as tools,
        redis(chosen.redis_url) as kept,
    ):
        login = {"username": "maya", "password": chosen.demo_password}
        token = (await api.post("/api/login", json=login)).json()["access_token"]
        api.headers["Authorization"] = f"Bearer {token}"
        opened = (await api.post("/api/conversations", json={"new": True})).json()
        yield Desk(api, tools, kept, opened["session_id"])


async def _bare(handle: WorkflowHandle[BareConversation, None]) -> float:
    started = time.perf_counter()
    await handle.execute_update(BareConversation.turn, "what's my balance")
    return 1000 * (time.perf_counter() - started)


async def _round(desk: Desk, handle: WorkflowHandle[BareConversation, None]) -> dict[tuple[str, str], float]:
    """Each in turn, so that a noisy machine is noisy for all."""
    took: dict[tuple[str, str], float] = {}
    for tool, text in _ASKED.items():
        await desk.forget()
        took[tool, "uncached"] = await desk.asked(text)
        took[tool, "cached"] = await desk.asked(text)
        took[tool, _BARE] = await _bare(handle)
    return took


async def _measured(desk: Desk, handle: WorkflowHandle[BareConversation, None]) -> tuple[_Took, int, int]:
    for _ in range(_WARM_UP):
        await _round(desk, handle)
    took: _Took = defaultdict(list)
    hits, misses = await desk.counted()
    for _ in range(_ROUNDS):
        for key, each in (await _round(desk, handle)).items():
            took[key].append(each)
    later = await desk.counted()
    return took, later[0] - hits, later[1] - misses


def _rows(took: _Took) -> list[list[object]]:
    bare = [each for (_, how), values in took.items() if how == _BARE for each in values]
    rows: list[list[object]] = []
    for how, goal in _GOALS.items():
        every = [each for (_, found), values in took.items() if found == how for each in values]
        rows += [_row(f"{tool}, {how}", took[tool, how], bare, goal) for tool in _ASKED]
        rows.append(_row(f"all, {how}", every, bare, goal))
    return [*rows, _row(_BARE, bare, bare, "")]


def _row(name: str, values: list[float], bare: list[float], goal: str) -> list[object]:
    p50, p95 = percentile(values, 0.5), percentile(values, 0.95)
    ratios = (f"{p50 / percentile(bare, 0.5):.2f}", f"{p95 / percentile(bare, 0.95):.2f}")
    return [name, len(values), p50, p95, *ratios, goal]


async def run(chosen: Settings) -> None:
    """Print the tables."""
    client: Client = await connect(chosen.temporal_address, chosen.temporal_namespace, chosen.payload_keys_file)
    worker = Worker(
        client, task_queue=_QUEUE, workflows=[BareConversation], workflow_runner=UnsandboxedWorkflowRunner()
    )
    async with _desk(chosen) as desk, worker:
        handle = await client.start_workflow(BareConversation.run, id=f"bare-{uuid4()}", task_queue=_QUEUE)
        took, hits, misses = await _measured(desk, handle)
        await handle.terminate()
    columns = ["", "turns", "p50 ms", "p95 ms", "p50 to a bare update's", "p95 to it", "goal, p95 ms"]
    table("An inquiry typed → answered, one by one", columns, _rows(took))
    share = f"{hits / max(1, hits + misses):.2f}"
    title = "Answers remembered; each was asked for twice, and forgotten once: 0.50 is all of them"
    table(title, ["", "hits", "misses", "ratio"], [["inquiries", hits, misses, share]])
