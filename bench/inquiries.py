"""Inquiries as they are typed: api → conversation workflow → tool, beside a bare update on the same Temporal."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

import httpx
from temporalio.client import Client, WorkflowHandle
from temporalio.worker import Worker

from adapters.redis.stream import connect as redis
from adapters.temporal.client import connect
from bench.peer import BareConversation
from bench.report import percentile, table
from runtime.settings import Settings
from temporal_worker.run import sandbox

_ROUNDS: Final = 20
_QUEUE: Final = "bench-inquiries"
_ASKED: Final = (
    "what's my balance",
    "show me my last five transactions",
    "how much did I spend at City Power last month",
    "when is my next loan payment due",
    "what is my credit limit",
    "what payments are coming up",
)


@dataclass(frozen=True)
class Desk:
    """A customer's open text conversation, and the tools' own count of what they remembered."""

    api: httpx.AsyncClient
    tools: httpx.AsyncClient
    session_id: str
    redis_url: str

    async def asked(self, text: str) -> float:
        """Seconds from sending the words to having the reply."""
        started = time.perf_counter()
        answer = await self.api.post(f"/api/conversations/{self.session_id}/turns", json={"text": text})
        took = time.perf_counter() - started
        answer.raise_for_status()
        return took

    async def forget(self) -> None:
        """As if nobody had asked for a while."""
        client = redis(self.redis_url)
        if keys := [key async for key in client.scan_iter("countersign:inquiry:*")]:
            await client.delete(*keys)
        await client.aclose()

    async def counted(self) -> tuple[int, int]:
        """Answers that were remembered, and those that were not."""
        found: dict[str, Any] = (await self.tools.get("/health")).json()["inquiries"]
        return found["hits"], found["misses"]


async def _desk(chosen: Settings) -> Desk:
    api = httpx.AsyncClient(base_url=chosen.api_url, timeout=20)
    login = {"username": "maya", "password": chosen.demo_password}
    token = (await api.post("/api/login", json=login)).json()["access_token"]
    api.headers["Authorization"] = f"Bearer {token}"
    opened = (await api.post("/api/conversations", json={"new": True})).json()
    return Desk(api, httpx.AsyncClient(base_url=chosen.mcp_url), opened["session_id"], chosen.redis_url)


async def _bare(handle: WorkflowHandle[BareConversation, None]) -> float:
    started = time.perf_counter()
    await handle.execute_update(BareConversation.turn, "what's my balance")
    return time.perf_counter() - started


async def _understood(desk: Desk) -> list[str]:
    """The sentences that reach a tool which remembers: whatever else a turn does is not measured here."""
    found: list[str] = []
    for text in _ASKED:
        before = sum(await desk.counted())
        await desk.asked(text)
        if sum(await desk.counted()) > before:
            found.append(text)
    return found


async def _measured(
    desk: Desk, handle: WorkflowHandle[BareConversation, None]
) -> tuple[dict[str, list[float]], int, int]:
    took: dict[str, list[float]] = {"cached": [], "uncached": [], "bare update": []}
    texts = await _understood(desk)
    hits, misses = await desk.counted()
    for _ in range(_ROUNDS):  # in turn, so that a noisy machine is noisy for all
        for text in texts:
            await desk.forget()
            took["uncached"].append(1000 * await desk.asked(text))
            took["cached"].append(1000 * await desk.asked(text))
            took["bare update"].append(1000 * await _bare(handle))
    later = await desk.counted()
    return took, later[0] - hits, later[1] - misses


async def run(chosen: Settings) -> None:
    """Print the tables."""
    client: Client = await connect(chosen.temporal_address, chosen.temporal_namespace, chosen.payload_keys_file)
    desk = await _desk(chosen)
    worker = Worker(client, task_queue=_QUEUE, workflows=[BareConversation], workflow_runner=sandbox())
    async with worker:
        handle = await client.start_workflow(BareConversation.run, id=f"bare-{uuid4()}", task_queue=_QUEUE)
        took, hits, misses = await _measured(desk, handle)
        await handle.terminate()
    await desk.api.aclose()
    await desk.tools.aclose()
    peer = percentile(took["bare update"], 0.95)
    rows: list[list[object]] = []
    for name, goal in (("cached", "≤ 50"), ("uncached", "≤ 120"), ("bare update", "")):
        p95 = percentile(took[name], 0.95)
        rows.append([name, len(took[name]), percentile(took[name], 0.5), p95, f"{p95 / peer:.2f}", goal])
    columns = ["", "turns", "p50 ms", "p95 ms", "p95 to a bare update's", "goal, p95 ms"]
    table("An inquiry typed → answered, one by one", columns, rows)
    share = f"{hits / max(1, hits + misses):.2f}"
    title = "Answers remembered; each was asked for twice, and forgotten once"
    table(title, ["", "hits", "misses", "ratio"], [["inquiries", hits, misses, share]])
