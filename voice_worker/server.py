"""The worker itself: takes calls from LiveKit, vouches for them to Temporal, tells whether it is well."""

from __future__ import annotations

import asyncio
import uuid
from typing import TYPE_CHECKING, Final

import structlog
from aiohttp import web
from livekit.agents import AgentServer, JobContext, JobExecutorType

from adapters.livekit.keys import read_key
from adapters.tokens import ServiceTokens, Signer
from runtime.loading import loading
from voice_worker.call import Call
from voice_worker.context import Temporal, WorkerContext
from voice_worker.models import Models
from voice_worker.patience import Patience, insist
from voice_worker.presence import LiveCalls, presence_worker

if TYPE_CHECKING:
    from collections.abc import Callable

    from adapters.models.assistant import LanguageModels
    from runtime.settings import Settings
    from voice_worker.front import Words

_log = structlog.get_logger(__name__)
MOST_CALLS: Final = 32
_LOAD_LIMIT: Final = 0.99
_FOREVER_S: Final = 365 * 86_400.0


def worker_context(settings: Settings, words: Words) -> WorkerContext:
    """Load the models and the keys. Takes about two seconds."""
    tokens = ServiceTokens(Signer.from_files(settings.service_key_file, settings.jwks_file))
    return WorkerContext(
        settings=settings,
        models=Models.load(),
        tokens=tokens,
        calls=LiveCalls(),
        queue=f"voice-{uuid.uuid4().hex}",
        words=words,
        temporal=Temporal(settings),
    )


def agent_server(worker: WorkerContext) -> AgentServer:
    """LiveKit's side. Load is counted in calls: on a busy small machine the CPU says nothing."""
    key = read_key(worker.settings.livekit_key_file)
    server = AgentServer(
        job_executor_type=JobExecutorType.THREAD,
        num_idle_processes=0,
        load_fnc=lambda: min(1.0, len(worker.calls) / MOST_CALLS),
        load_threshold=_LOAD_LIMIT,
        ws_url=worker.settings.livekit_url,
        api_key=key.key,
        api_secret=key.secret,
        host="127.0.0.1",
        port=0,  # the library's own health page; ours is below
        drain_timeout=5,
    )

    async def serve_call(context: JobContext) -> None:
        try:
            await Call(context, worker).run()
        except Exception:
            _log.exception("call_failed", job_id=context.job.id)
            raise
        finally:
            context.shutdown("the call is over")

    server.rtc_session(serve_call, agent_name=worker.settings.voice_agent_name)
    return server


async def serve(settings: Settings, words: Words) -> None:
    """Run until cancelled."""
    # what was loaded stays for good: to look through it at every collection would stop all calls for a second
    with loading():
        worker = await asyncio.to_thread(worker_context, settings, words)
    server = agent_server(worker)
    ready = asyncio.Event()
    server.on("worker_registered", _setter(ready))
    health = await _health(settings.api_host, settings.voice_health_port, ready)
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(server.run())
            group.create_task(_vouch(worker))
            if words.help.models is not None:
                group.create_task(_help(words.help.models, ready))
    finally:
        await health.cleanup()
        await server.aclose()
        worker.models.close()


def _setter(event: asyncio.Event) -> Callable[..., None]:
    def happened(*_about: object) -> None:
        event.set()

    return happened


async def _help(models: LanguageModels, ready: asyncio.Event) -> None:
    """Language models load when calls can be taken: until then they would only make everybody wait."""
    await ready.wait()
    async with models:
        await asyncio.Event().wait()


async def _vouch(worker: WorkerContext) -> None:
    client = await insist(worker.temporal.client, lambda: None, Patience(give_up_s=_FOREVER_S))
    await presence_worker(client, worker.queue, worker.calls).run()


async def _health(host: str, port: int, ready: asyncio.Event) -> web.AppRunner:
    async def health(_: web.Request) -> web.Response:
        if ready.is_set():
            return web.json_response({"status": "ok"})
        return web.json_response({"status": "starting"}, status=503)

    app = web.Application()
    app.router.add_get("/health", health)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, host, port).start()
    return runner
