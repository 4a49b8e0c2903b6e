"""Sign-ins at a steady rate, for as long as standard input stays open: what else the machine has to do meanwhile.

python bench/logins.py RATE      RATE a minute; prints {"logins", "refused", "seconds", "p95_ms"} at the end.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time

import httpx
from report import percentile

from runtime.settings import settings

_AT_ONCE = 32


async def pour(rate: float) -> dict[str, float]:
    """Sign maya in `rate` times a minute until nobody holds standard input open any more."""
    body = {"username": "maya", "password": settings().demo_password}
    gate, took, refused = asyncio.Semaphore(_AT_ONCE), list[float](), 0
    ended = asyncio.create_task(asyncio.to_thread(sys.stdin.read))

    async def sign_in(api: httpx.AsyncClient) -> None:
        nonlocal refused
        async with gate:
            begun = time.perf_counter()
            answer = await api.post("/api/login", json=body)
            took.append(1000 * (time.perf_counter() - begun))
            refused += not answer.is_success

    started = time.perf_counter()
    async with httpx.AsyncClient(base_url=settings().api_url, timeout=60) as api, asyncio.TaskGroup() as group:
        count = 0
        while not ended.done():
            group.create_task(sign_in(api))
            count += 1
            await asyncio.sleep(max(0.0, started + count * 60 / rate - time.perf_counter()))
        seconds = time.perf_counter() - started
        done = len(took) - refused
    return {"logins": done, "refused": refused, "seconds": seconds, "p95_ms": percentile(took, 0.95)}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(pour(float(sys.argv[1])))))
