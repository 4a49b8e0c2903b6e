"""The HTTP application of the tools' server."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
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
from mcp_tools.challenge import Challenges, metadata
from mcp_tools.countersigning import Countersigning
from mcp_tools.endpoint import Endpoint
from mcp_tools.protocol import Speaker
from mcp_tools.rounds import boundary
from mcp_tools.twins import twins
from runtime.telemetry import flush

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable
    from pathlib import Path

    from mcp_tools.bank import Bank
    from mcp_tools.counter import Counter
    from mcp_tools.following import Following
    from mcp_tools.guard import Guard


@dataclass(frozen=True, slots=True)
class Outside:
    """What MCP clients that are not the bank's own need: who gives them tokens, and how far their calls have come.

    `resource`: the tools' canonical URI; `issuer`: the api's address; `keys_file`: the ring that seals their rounds;
    `wait_s`: how long one round waits for the bank's page.
    """

    following: Following
    resource: str
    issuer: str
    keys_file: Path
    wait_s: float


def application(  # noqa: PLR0913, PLR0917 - what was opened, each its own
    bank: Bank,
    guard: Guard,
    counter: Counter,
    outside: Outside,
    ready: Callable[[], Awaitable[bool]],
    rate_anonymous: str = "",
) -> FastAPI:
    """`/mcp` speaks MCP, `/mcp/<tool>` are the twins, `/health` says whether the servers behind answer."""
    tools = catalogue(bank, outside.following)
    countersigning = Countersigning(bank.payments.door, bank.payments.elicitations, outside.issuer, outside.wait_s)
    endpoint = Endpoint(Speaker(tools, counter, countersigning, boundary(outside.keys_file)), guard, outside.resource)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
        async with endpoint.running():
            yield
        await flush()

    app = FastAPI(title="Countersign tools", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.add_middleware(BodyLimit)
    app.add_middleware(RateLimits, limiter=counter.limiter, rule=guard.limit_of(rate_anonymous))
    app.add_middleware(Challenges, resource=outside.resource)
    app.add_middleware(SecurityHeaders)
    install(app)
    app.router.routes += [Route("/mcp", endpoint), Route("/mcp/", endpoint)]
    app.include_router(metadata(outside.resource, outside.issuer))
    app.include_router(twins(tools, guard, counter))

    @app.get("/health")
    async def health() -> JSONResponse:
        fine = await ready()
        told = {"inquiries": asdict(bank.memory.tally)} if bank.memory else {}
        return JSONResponse({"status": "ok" if fine else "starting", **told}, 200 if fine else 503)

    FastAPIInstrumentor.instrument_app(app, excluded_urls="health", exclude_spans=["send", "receive"])
    return app
