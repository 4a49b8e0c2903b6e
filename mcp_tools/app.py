"""The HTTP application of the tools' server."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING

from fastapi import FastAPI
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from starlette.responses import JSONResponse
from starlette.routing import Route

from adapters.edge.body_limit import BodyLimit
from adapters.edge.headers import SecurityHeaders
from adapters.edge.problems import install
from adapters.edge.rate_limits import RateLimits
from mcp_tools.catalogue import catalogue
from mcp_tools.protocol import Endpoint
from mcp_tools.twins import twins
from runtime.telemetry import flush

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from mcp_tools.bank import Bank
    from mcp_tools.counter import Counter
    from mcp_tools.guard import Guard


def application(
    bank: Bank, guard: Guard, counter: Counter, ready: Callable[[], Awaitable[bool]], rate_anonymous: str = ""
) -> FastAPI:
    """`/mcp` speaks MCP, `/mcp/<tool>` are the twins, `/health` says whether the servers behind answer."""
    tools = catalogue(bank)
    endpoint = Endpoint(tools, guard, counter)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
        async with endpoint.sessions.run():
            yield
        await flush()

    app = FastAPI(title="Countersign tools", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.add_middleware(BodyLimit)
    app.add_middleware(RateLimits, limiter=counter.limiter, rule=guard.limit_of(rate_anonymous))
    app.add_middleware(SecurityHeaders)
    install(app)
    app.router.routes += [Route("/mcp", endpoint), Route("/mcp/", endpoint)]
    app.include_router(twins(tools, guard, counter))

    @app.get("/health")
    async def health() -> JSONResponse:
        fine = await ready()
        told = {"inquiries": asdict(bank.memory.tally)} if bank.memory else {}
        return JSONResponse({"status": "ok" if fine else "starting", **told}, 200 if fine else 503)

    FastAPIInstrumentor.instrument_app(app, excluded_urls="health", exclude_spans=["send", "receive"])
    return app
