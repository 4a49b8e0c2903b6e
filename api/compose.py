"""Puts the api's services together from the settings."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import httpx
from temporalio.service import RPCError

from adapters.alert_desk import AlertDesk
from adapters.answer_desk import AnswerDesk
from adapters.approval_desk import ApprovalDesk
from adapters.beside import beside
from adapters.codes import HotpCodes
from adapters.edge.idempotency import Idempotency
from adapters.handover_desk import HandoverDesk
from adapters.livekit.keys import read_key
from adapters.livekit.rooms import LiveKitRooms
from adapters.mandate_desk import MandateDesk
from adapters.masking import Masker
from adapters.models.assistant import LanguageModels
from adapters.models.helping import Help
from adapters.outside.phrases import Phrases
from adapters.passkey_desk import PasskeyDesk
from adapters.passwords import Passwords
from adapters.payee_desk import PayeeDesk
from adapters.postgres.alerts import PgAlerts
from adapters.postgres.answers import PgAnswers
from adapters.postgres.approval_list import PgApprovalList
from adapters.postgres.approvals import PgApprovals
from adapters.postgres.directory import PgDirectory
from adapters.postgres.doorstep import PgDoorstep
from adapters.postgres.elicitations import PgElicitations
from adapters.postgres.grants import PgGrants
from adapters.postgres.handovers import PgHandovers
from adapters.postgres.idempotency import PgIdempotency
from adapters.postgres.mandates import PgMandates
from adapters.postgres.outbox import PgOutbox
from adapters.postgres.passkeys import PgPasskeys
from adapters.postgres.payees import PgPayees
from adapters.postgres.payments import PgPayments
from adapters.postgres.pool import Pool, open_pool
from adapters.postgres.rail import PgRailEvents
from adapters.postgres.recovery import PgRecovery
from adapters.postgres.second_factors import PgSecondFactors
from adapters.postgres.sessions import PgSessions
from adapters.postgres.sign_ins import PgSignIns
from adapters.postgres.standing_orders import PgStandingOrders
from adapters.postgres.users import PgUsers
from adapters.rail_desk import RailDesk
from adapters.recovery_codes import RecoveryCodes
from adapters.redis.feed import EventFeed
from adapters.redis.guesses import RedisCounters
from adapters.refused_answers import RefusedAnswers
from adapters.relying_party import RelyingParty
from adapters.sealing import Sealer
from adapters.signing_keys import PublicKeys, Signer
from adapters.standing_order_desk import StandingOrderDesk
from adapters.temporal.alerts import AlertGateway
from adapters.temporal.client import connect
from adapters.temporal.codec import EncryptionCodec
from adapters.temporal.gateways import ApprovalGateway, ConversationGateway, ElicitationGateway, PaymentGateway
from adapters.temporal.mandates import MandateGateway
from adapters.temporal.rail import RailGateway
from adapters.temporal.standing_orders import StandingOrderGateway
from adapters.throttle import GuessThrottle, Limits, LocalCounters
from adapters.tokens import API_AUDIENCE, AccessTokens, GrantTokens, PageTokens, Proofs, ServiceTokenVerifier
from adapters.totp import TotpCodes
from adapters.understanding.dates.calendar import Calendar
from adapters.understanding.understander import warm_up
from api.half_codes import HalfCodes
from api.hanging_up import HangingUp
from api.redelivery import redeliver
from api.rooms import RoomTickets
from api.services import Services
from api.text_door import TextDoor
from domain.errors import UnavailableError
from runtime.models import models_plan
from runtime.outside import outside_servers
from runtime.policies import policies
from runtime.telemetry import flush

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from temporalio.client import Client

    from runtime.settings import Settings

_PROBE: timedelta = timedelta(seconds=2)


@asynccontextmanager
async def services(chosen: Settings) -> AsyncGenerator[Services]:
    """Everything opens even while the servers behind are down; requests then get a 503."""
    async with AsyncExitStack() as stack:
        stack.push_async_callback(flush)
        pool = await open_pool(chosen.database_url)
        stack.push_async_callback(pool.close)
        client = await connect(chosen.temporal_address, chosen.temporal_namespace, chosen.payload_keys_file, lazy=True)
        outbox = PgOutbox(pool)
        feed = EventFeed(chosen.redis_url, outbox.after)
        stack.push_async_callback(feed.close)
        limits = Limits((chosen.login_pair_tries, chosen.login_address_tries), chosen.login_delay_s)
        counters = RedisCounters(chosen.redis_url, limits)
        stack.push_async_callback(counters.close)
        passwords = Passwords(threads=chosen.password_threads, waiting=chosen.password_waiting)
        stack.callback(passwords.close)
        sink = await stack.enter_async_context(_carrier(chosen))
        plan = models_plan(chosen)
        calendar = Calendar(chosen.time_zone, day_first=chosen.day_first)
        models = plan and LanguageModels(plan, Masker(), chosen.redis_url, chosen.tenant_id, calendar)
        help_ = Help(models and await stack.enter_async_context(models))
        await asyncio.to_thread(warm_up)
        await asyncio.to_thread(passwords.warm_up)
        throttle = GuessThrottle(counters, LocalCounters(limits))
        rooms = LiveKitRooms(chosen.livekit_url, read_key(chosen.livekit_key_file), chosen.voice_agent_name)
        await stack.enter_async_context(rooms)
        assembled = _assembled(chosen, pool, client, feed, sink, passwords, throttle, rooms, help_)
        again = partial(
            redeliver,
            assembled.elicitations,
            assembled.desk,
            assembled.approvals,
            (assembled.mandates, assembled.payees, assembled.standing_orders),
        )
        purge = assembled.idempotency.purge_now_and_then
        for name, work in (("hanging_up", assembled.hanging_up.run), ("redelivery", again), ("purge", purge)):
            stack.callback(beside(work, name).cancel)
        yield assembled


def _carrier(chosen: Settings) -> httpx.AsyncClient:
    """For the demo's inbox; in production that is not there, and the carrier's password is not read."""
    auth = None
    if chosen.environment != "production":
        auth = (chosen.sms_account, chosen.sms_auth_file.read_text().strip())
    return httpx.AsyncClient(base_url=chosen.sms_url, auth=auth, timeout=5)


def _relying_party(chosen: Settings) -> RelyingParty:
    origins = chosen.passkey_origins or (f"http://localhost:{chosen.api_port}",)
    return RelyingParty(chosen.passkey_rp_id, chosen.passkey_rp_name, origins)


def _assembled(  # noqa: PLR0913, PLR0917 - what was opened, each its own
    chosen: Settings,
    pool: Pool,
    client: Client,
    feed: EventFeed,
    sink: httpx.AsyncClient,
    passwords: Passwords,
    throttle: GuessThrottle,
    rooms: LiveKitRooms,
    help_: Help,
) -> Services:
    directory, sessions, elicitations = PgDirectory(pool, chosen.code_channel), PgSessions(pool), PgElicitations(pool)
    conversation_gateway = ConversationGateway(client, chosen.task_queue)
    elicitation_gateway = ElicitationGateway(client)
    payment_gateway = PaymentGateway(client, chosen.task_queue)
    proofs = Proofs(Signer.from_files(chosen.proof_key_file, chosen.jwks_file), lives_s=chosen.proof_s)
    passkeys = PasskeyDesk(_relying_party(chosen), PgPasskeys(pool), directory)
    codes = HotpCodes(chosen.code_key_file)
    desk = AnswerDesk(
        *(elicitations, codes, proofs, elicitation_gateway, PgAnswers(pool)),
        passkeys=passkeys,
        refusals=RefusedAnswers(pool),
    )
    signer = Signer.from_files(chosen.access_key_file, chosen.jwks_file)
    keys = PublicKeys.from_jwks(chosen.jwks_file, "access")
    return Services(
        settings=chosen,
        access=AccessTokens(signer, keys, lives_s=chosen.access_token_s),
        grant_tokens=GrantTokens(signer, keys, chosen.issuer, lives_s=chosen.access_token_s),
        page_tokens=PageTokens(signer, keys, lives_s=chosen.access_token_s),
        grants=PgGrants(pool, lives_s=chosen.sign_in_s),
        client_seal=Sealer(chosen.code_key_file, b"mcp client "),
        service_tokens=ServiceTokenVerifier(PublicKeys.from_jwks(chosen.jwks_file, "service"), API_AUDIENCE),
        passwords=passwords,
        passkeys=passkeys,
        throttle=throttle,
        totp=TotpCodes(chosen.code_key_file),
        users=PgUsers(pool),
        sign_ins=PgSignIns(
            pool, lives_s=chosen.sign_in_s, idle_s=chosen.sign_in_idle_s, grace_s=chosen.refresh_grace_s
        ),
        second_factors=PgSecondFactors(pool),
        recovery=PgRecovery(pool),
        recovery_codes=RecoveryCodes(chosen.code_key_file),
        directory=directory,
        sessions=sessions,
        payments=PgPayments(pool),
        elicitations=elicitations,
        outbox=PgOutbox(pool),
        desk=desk,
        idempotency=_idempotency(chosen, pool),
        approvals=ApprovalDesk(
            PgApprovals(pool),
            PgApprovalList(pool),
            proofs,
            ApprovalGateway(client),
            policies(chosen),
            chosen.approval_claim_s,
        ),
        handovers=HandoverDesk(PgHandovers(pool), PgApprovals(pool), rooms, conversation_gateway),
        standing_orders=StandingOrderDesk(PgStandingOrders(pool), StandingOrderGateway(client, chosen.task_queue)),
        mandates=MandateDesk(PgMandates(pool), MandateGateway(client, chosen.task_queue)),
        alerts=AlertDesk(PgAlerts(pool, chosen.time_zone), AlertGateway(client, chosen.task_queue), Masker()),
        payees=PayeeDesk(PgPayees(pool), payment_gateway),
        rail=RailDesk(PgRailEvents(pool), RailGateway(client, chosen.task_queue), chosen.rail_webhook_file),
        conversation_gateway=conversation_gateway,
        payment_gateway=payment_gateway,
        elicitation_gateway=elicitation_gateway,
        text_door=TextDoor(
            conversation_gateway,
            sessions,
            directory,
            elicitations,
            PgDoorstep(pool),
            desk,
            HalfCodes(),
            PgOutbox(pool),
            Phrases(outside_servers(chosen).allowed().values()),
            Calendar(chosen.time_zone, day_first=chosen.day_first),
            help_,
        ),
        tickets=RoomTickets(read_key(chosen.livekit_key_file)),
        hanging_up=HangingUp(sessions, rooms),
        feed=feed,
        codec=EncryptionCodec.from_file(chosen.payload_keys_file),
        sms_sink=sink,
        ready=_Readiness(pool, client),
    )


def _idempotency(chosen: Settings, pool: Pool) -> Idempotency:
    keys = PgIdempotency(pool, kept_s=chosen.idempotency_kept_s, lease_s=chosen.idempotency_lease_s)
    return Idempotency(keys, wait_s=chosen.idempotency_wait_s)


class _Readiness:
    """Whether Postgres and Temporal answer."""

    def __init__(self, pool: Pool, client: Client) -> None:
        self._pool = pool
        self._client = client

    async def __call__(self) -> bool:
        try:
            await self._pool.row("SELECT 1 AS one")
            return await self._client.service_client.check_health(timeout=_PROBE)
        except (UnavailableError, RPCError, RuntimeError):
            return False
