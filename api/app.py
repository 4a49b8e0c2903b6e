"""The api as one HTTP application."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from fastapi import FastAPI
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor

from adapters.edge.body_limit import BodyLimit
from adapters.edge.cors import Cors
from adapters.edge.headers import SecurityHeaders
from adapters.edge.keyed_requests import KeyedRequests
from adapters.edge.limiter import Limiter
from adapters.edge.problems import install
from adapters.edge.rate_limits import RateLimits
from adapters.edge.strict_json import StrictJson
from api.documented import document
from api.html import FORMS
from api.limits import caller_of, idempotency_of, limit_of
from api.routers import (
    accounts,
    alerts,
    approvals,
    auth,
    codec,
    connection,
    conversations,
    elicitations,
    events,
    handovers,
    health,
    home,
    inbox,
    mandates,
    oauth,
    oauth_tokens,
    pages,
    passkeys,
    payees,
    payments,
    profile,
    rail,
    recovery,
    reference,
    reversals,
    sign_ins,
    standing_orders,
    totp,
)

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from contextlib import AbstractAsyncContextManager

    from api.services import Services
    from runtime.settings import Settings

_ROUTERS: Final = (
    *(auth, sign_ins, totp, recovery, profile, passkeys, connection, conversations),
    *(elicitations, approvals, handovers, accounts, payees, payments, reversals, mandates, standing_orders, alerts),
    *(rail, events, codec, health, home, reference),
    *(oauth, oauth_tokens, pages),
)


def application(chosen: Settings, resources: AbstractAsyncContextManager[Services]) -> FastAPI:
    """`resources` opens what the requests need, and closes it at the end."""
    limiter = Limiter(chosen.redis_url)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
        async with resources as services:
            app.state.services = services
            try:
                yield
            finally:
                await limiter.close()

    app = FastAPI(title="Countersign", version="0.1.0", lifespan=lifespan, docs_url=None, redoc_url=None)
    install(app)
    app.add_middleware(KeyedRequests, edge="api", idempotency_of=idempotency_of, caller_of=caller_of)
    app.add_middleware(StrictJson, forms=FORMS)
    app.add_middleware(BodyLimit)
    app.add_middleware(RateLimits, limiter=limiter, rule=limit_of(chosen))
    app.add_middleware(Cors, origins=chosen.cors_origins, special={"/codec/": [chosen.temporal_ui_url]})
    app.add_middleware(SecurityHeaders)  # the outermost: what the others answer carries them too
    for module in _ROUTERS:
        app.include_router(module.router)
    if chosen.environment != "production":
        app.include_router(inbox.router)
    document(app)
    FastAPIInstrumentor.instrument_app(app, excluded_urls="health,api/events$", exclude_spans=["send", "receive"])
    return app
