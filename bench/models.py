"""What our way to a model adds to a bare call of the same server: to the first words, and to an understanding.

The server is the tests' stand-in in a process of its own, whose first words are a whole sentence. Ours: covering,
classifier, budget in Redis, breaker, LiteLLM's Router, its thread, the look at the sentence. Bare: the openai library.
Limit: 15 ms.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import statistics
import tempfile
import time
from contextlib import aclosing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from openai import AsyncOpenAI

from adapters.masking import Masker
from adapters.models.assistant import LanguageModels
from adapters.models.complexity import is_complex
from adapters.models.plan import read_plan
from bench.complexity.learn import accuracy, sentences
from bench.report import console, percentile, table
from domain.suggestion import State
from domain.understanding import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from multiprocessing.connection import Connection

    from runtime.settings import Settings

_CALLS: Final = 150
_LIMIT_MS: Final = 15.0
_QUESTION: Final = "so tell me what on earth is compound interest"
_PARAPHRASE: Final = "could Sarah maybe see a twenty from me before lunch"
_PLAN: Final = """
deployments: {{one: {{model: openai/one, api_base: {url}/v1, price: {{input: "1", output: "1"}}}}}}
groups: {{small: [one]}}
tenants: {{default: {{usd: "1000"}}}}
"""


def _serve(told: Connection) -> None:
    from tests.fakes.model_server import ModelServer, Says  # noqa: PLC0415 - of that process
    from tests.serving import serving  # noqa: PLC0415

    whole = Says('{"intent": "pay", "slots": {"payee": "[PAYEE_1]", "amount": "20.00"}}')
    server = ModelServer(always=lambda body: Says("Interest.") if body.get("stream") else whole)
    with serving(server.app()) as url:
        told.send(url)
        told.recv()


@contextmanager
def _server() -> Iterator[str]:
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(there,), daemon=True)
    process.start()
    try:
        yield here.recv()
    finally:
        here.send("end")
        process.join(5)


def run(chosen: Settings) -> None:
    """Print the tables."""
    with _server() as url, tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "models.yaml").write_text(_PLAN.format(url=url))
        asyncio.run(_measure(chosen, url, Path(folder) / "models.yaml"))
    _classifier()


async def _measure(chosen: Settings, url: str, file: Path) -> None:
    models = LanguageModels(read_plan(file, lambda _: ""), Masker(), chosen.redis_url, "bench")
    begun = time.perf_counter()
    async with models, AsyncOpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0) as bare:
        await models.loaded()
        console.print(f"models loaded in {time.perf_counter() - begun:.1f} s, in their own thread")
        words, state = Vocabulary(("Sarah Chen",)), State()
        rows = [
            await _row("to the first words", lambda: _bare_first(bare), lambda: _first(models)),
            await _row(
                "an understanding", lambda: _bare_whole(bare), lambda: models.understand(_PARAPHRASE, words, state)
            ),
        ]
    table("One call, ms", ("", "bare p50", "ours p50", "bare p95", "ours p95", "added p50", "ratio"), rows)
    kept = float(str(rows[0][5])) <= _LIMIT_MS
    console.print(f"added to the first words: limit {_LIMIT_MS} ms, {'kept' if kept else 'NOT kept'}")


async def _row(
    name: str, bare: Callable[[], Awaitable[object]], ours: Callable[[], Awaitable[object]]
) -> tuple[object, ...]:
    """Both ways in turn, so that whatever else the machine does slows both."""
    taken: tuple[list[float], list[float]] = ([], [])
    for number in range(_CALLS + 10):
        for kept, call in zip(taken, (bare, ours), strict=True):
            begun = time.perf_counter()
            await call()
            if number >= 10:
                kept.append(1000 * (time.perf_counter() - begun))
    medians = [statistics.median(each) for each in taken]
    worst = [percentile(each, 0.95) for each in taken]
    return (name, *medians, *worst, round(medians[1] - medians[0], 1), medians[1] / medians[0])


async def _bare_first(client: AsyncOpenAI) -> None:
    asked = [{"role": "user", "content": _QUESTION}]
    stream = await client.chat.completions.create(model="one", messages=asked, stream=True)  # type: ignore[arg-type]
    async with stream:
        async for _ in stream:
            return


async def _first(models: LanguageModels) -> None:
    async with aclosing(models.answer(_QUESTION, ("Sarah Chen",))) as said:
        async for _ in said:
            return


async def _bare_whole(client: AsyncOpenAI) -> None:
    asked = [{"role": "user", "content": _PARAPHRASE}]
    await client.chat.completions.create(model="one", messages=asked)  # type: ignore[arg-type]


def _classifier() -> None:
    held_out = sentences("held_out.txt")
    begun = time.perf_counter()
    for text, _ in held_out:
        is_complex(text)
    each_us = 1e6 * (time.perf_counter() - begun) / len(held_out)
    rows = [(name, len(sentences(name)), 100 * accuracy(sentences(name))[0]) for name in ("train.txt", "held_out.txt")]
    table("Complexity classifier", ("", "sentences", "right %"), rows)
    console.print(f"{each_us:.0f} microseconds a sentence; {len(accuracy(held_out)[1])} held-out sentences misjudged")
