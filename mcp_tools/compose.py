"""Puts the tools together from the settings."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import httpx
from temporalio.service import RPCError

from adapters.alert_desk import AlertDesk
from adapters.edge.idempotency import Idempotency
from adapters.edge.limiter import Limiter
from adapters.edge.places import Places
from adapters.http_clients.answer_door import AnswerDoor
from adapters.mandate_desk import MandateDesk
from adapters.masking import Masker
from adapters.postgres.alerts import PgAlerts
from adapters.postgres.elicitations import PgElicitations
from adapters.postgres.grants import PgOpenGrants
from adapters.postgres.idempotency import PgIdempotency
from adapters.postgres.inquiries import PgInquiries
from adapters.postgres.mandates import PgMandates
from adapters.postgres.payments import PgPayments
from adapters.postgres.pool import Pool, open_pool
from adapters.postgres.progress import PgProgress
from adapters.postgres.sessions import PgSessions
from adapters.postgres.standing_orders import PgStandingOrders
from adapters.postgres.verifications import PgVerifications
from adapters.redis.inquiries import RedisAnswers
from adapters.refused_requests import RefusedRequests
from adapters.standing_order_desk import StandingOrderDesk
from adapters.temporal.alerts import AlertGateway
from adapters.temporal.client import connect
from adapters.temporal.gateways import ElicitationGateway, PaymentGateway
from adapters.temporal.mandates import MandateGateway
from adapters.temporal.standing_orders import StandingOrderGateway
from adapters.temporal.verifications import VerificationGateway
from adapters.tokens import MCP_AUDIENCE, GrantTokens, PublicKeys, ServiceTokenVerifier
from adapters.verification_desk import VerificationDesk
from domain.errors import UnavailableError
from mcp_tools.app import Outside, application
from mcp_tools.bank import Alerts, Bank, Cards, Mandates, Payments, Reads, StandingOrders
from mcp_tools.counter import Counter
from mcp_tools.following import Following
from mcp_tools.guard import Guard
from mcp_tools.memory import Memory

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from fastapi import FastAPI
    from temporalio.client import Client

    from runtime.settings import Settings

_PROBE: Final = timedelta(seconds=2)
_DOOR_S: Final = 12.0


@asynccontextmanager
async def tools(chosen: Settings) -> AsyncGenerator[FastAPI]:
    """The application; it opens even while the servers behind are down, and then answers 503."""
    async with AsyncExitStack() as stack:
        pool = await open_pool(chosen.database_url)
        stack.push_async_callback(pool.close)
        client = await connect(chosen.temporal_address, chosen.temporal_namespace, chosen.payload_keys_file, lazy=True)
        door = await stack.enter_async_context(httpx.AsyncClient(base_url=chosen.api_url, timeout=_DOOR_S))
        identity = VerificationDesk(PgVerifications(pool), VerificationGateway(client, chosen.task_queue))
        zone = ZoneInfo(chosen.time_zone)
        inquiries = PgInquiries(pool, zone)

        def today() -> date:
            return datetime.now(zone).date()

        bank = Bank(
            Reads(inquiries, today),
            Payments(
                PaymentGateway(client, chosen.task_queue),
                PgPayments(pool),
                PgElicitations(pool),
                ElicitationGateway(client),
                AnswerDoor(door),
            ),
            Mandates(MandateDesk(PgMandates(pool), MandateGateway(client, chosen.task_queue))),
            Cards(inquiries, identity),
            Alerts(AlertDesk(PgAlerts(pool, chosen.time_zone), AlertGateway(client, chosen.task_queue), Masker())),
            StandingOrders(StandingOrderDesk(PgStandingOrders(pool), StandingOrderGateway(client, chosen.task_queue))),
            _memory(chosen, inquiries, today, stack),
        )
        verifier = ServiceTokenVerifier(PublicKeys.from_jwks(chosen.jwks_file, "service"), MCP_AUDIENCE)

        async def ready() -> bool:
            return await _answering(pool, client)

        counter = _counter(chosen, pool)
        stack.push_async_callback(counter.limiter.close)
        purge = asyncio.create_task(counter.idempotency.purge_now_and_then(), name="purge")
        stack.callback(purge.cancel)
        tokens = GrantTokens(None, PublicKeys.from_jwks(chosen.jwks_file, "access"), chosen.issuer)
        guard = Guard(verifier, PgSessions(pool), tokens, PgOpenGrants(pool, chosen.sign_in_idle_s))
        yield application(bank, guard, counter, _outside(chosen, pool), ready, chosen.rate_anonymous)


def _outside(chosen: Settings, pool: Pool) -> Outside:
    return Outside(
        following=Following(PgProgress(pool)),
        resource=chosen.mcp_resource,
        issuer=chosen.issuer,
        keys_file=chosen.rounds_keys_file,
        wait_s=chosen.mcp_wait_s,
    )


def _memory(
    chosen: Settings, inquiries: PgInquiries, today: Callable[[], date], stack: AsyncExitStack
) -> Memory | None:
    if not chosen.inquiry_cache_s:
        return None
    answers = RedisAnswers(chosen.redis_url, chosen.payload_keys_file, chosen.inquiry_cache_s)
    stack.push_async_callback(answers.close)
    return Memory(answers, inquiries.revision_of, today)


def _counter(chosen: Settings, pool: Pool) -> Counter:
    keys = PgIdempotency(pool, kept_s=chosen.idempotency_kept_s, lease_s=chosen.idempotency_lease_s)
    idempotency = Idempotency(keys, wait_s=chosen.idempotency_wait_s)
    return Counter(
        Limiter(chosen.redis_url), idempotency, chosen.rate_tools, Places(chosen.tools_at_once), RefusedRequests(pool)
    )


async def _answering(pool: Pool, client: Client) -> bool:
    try:
        await pool.row("SELECT 1 AS one")
        return await client.service_client.check_health(timeout=_PROBE)
    except (UnavailableError, RPCError, RuntimeError):
        return False
