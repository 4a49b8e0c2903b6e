"""Wires the worker: every activity with its adapters, the workflows, the relay beside them."""

from __future__ import annotations

import asyncio
import signal
from contextlib import AsyncExitStack
from datetime import time, timedelta
from typing import TYPE_CHECKING, Any

import structlog
from temporalio import activity, workflow
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.worker import PollerBehaviorAutoscaling, UnsandboxedWorkflowRunner, Worker, WorkerDeploymentConfig

from activities.alerts import Alerts
from activities.approvals import Approvals
from activities.conversation import Desk, Timings
from activities.elicitations import Questions
from activities.handovers import Handovers
from activities.mandates import Mandates
from activities.outside import Outside
from activities.payments import Payments
from activities.presence import Watchdog
from activities.rail import Rails
from activities.standing_orders import OrderTimes, StandingOrders
from activities.verifications import Verifications
from adapters.alert_feed import AlertFeed
from adapters.alert_post import AlertPost
from adapters.beside import beside
from adapters.calendar import RuleCalendar
from adapters.codes import HotpCodes
from adapters.courier import Courier
from adapters.holds import Sweep
from adapters.livekit.keys import read_key
from adapters.livekit.rooms import LiveKitRooms
from adapters.mail import MailServer, SmtpMail
from adapters.masking import Masker
from adapters.mcp_client import McpTools
from adapters.notices import Notices
from adapters.outside.servers import OutsideServers
from adapters.postgres.alerts import PgAlerts
from adapters.postgres.announcer import PgAnnouncer
from adapters.postgres.answers import PgAnswers
from adapters.postgres.approvals import PgApprovals
from adapters.postgres.directory import PgDirectory
from adapters.postgres.elicitations import PgElicitations
from adapters.postgres.handovers import PgHandovers
from adapters.postgres.holds import PgHolds
from adapters.postgres.ledger import PgLedger
from adapters.postgres.mandates import PgMandates
from adapters.postgres.outbox import PgOutbox
from adapters.postgres.outcomes import PgOutcomes
from adapters.postgres.pool import Pool, open_pool
from adapters.postgres.rail import PgRailBooks
from adapters.postgres.sessions import PgSessions
from adapters.postgres.standing_orders import PgStandingOrders
from adapters.postgres.verifications import PgVerifications
from adapters.rail import HttpRail
from adapters.redis.stream import EventStream
from adapters.relay import Relay
from adapters.sms import TwilioSms
from adapters.temporal.alerts import AlertGateway
from adapters.temporal.client import connect
from adapters.temporal.crash_points import CrashPoints
from adapters.temporal.gateways import PaymentGateway
from adapters.temporal.releases import Releases, deployment_of
from adapters.tokens import ProofChecker, PublicKeys, ServiceTokens, Signer
from domain.errors import UnavailableError
from runtime.outside import outside_servers
from runtime.policies import policies
from temporal_worker.build import build_id
from temporal_worker.health import serve_health
from temporal_worker.takeover import Takeover
from workflows.alert import AlertWorkflow
from workflows.approval import ApprovalWorkflow
from workflows.conversation import ConversationWorkflow
from workflows.elicitation import ElicitationWorkflow
from workflows.mandate import MandateWorkflow
from workflows.payment import PaymentWorkflow
from workflows.rail_return import RailReturnWorkflow
from workflows.standing_order import StandingOrderWorkflow
from workflows.verification import VerificationWorkflow

if TYPE_CHECKING:
    from collections.abc import Callable

    from temporalio.client import Client

    from runtime.settings import Settings

WORKFLOWS = (
    ConversationWorkflow,
    PaymentWorkflow,
    ElicitationWorkflow,
    ApprovalWorkflow,
    MandateWorkflow,
    VerificationWorkflow,
    AlertWorkflow,
    RailReturnWorkflow,
    StandingOrderWorkflow,
)
_log = structlog.get_logger(__name__)


async def serve(chosen: Settings) -> None:
    """Run until SIGTERM or SIGINT; then finish what is at hand."""
    activity.logger.activity_info_on_message = False  # the fields that matter are fields
    workflow.logger.workflow_info_on_message = False
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    async with AsyncExitStack() as stack:
        polling = False
        health = await serve_health(chosen.api_host, chosen.worker_health_port, lambda: polling)
        stack.callback(health.close)
        client = await _patiently_connected(chosen)
        pool = await open_pool(chosen.database_url, min_size=2, max_size=8)
        stack.push_async_callback(pool.close)
        stack.callback(beside(lambda: _relay(chosen, pool), "relay").cancel)
        activities = await _activities(chosen, client, pool, stack)
        release = release_of(chosen)
        worker = _worker(chosen, client, activities, release)
        takeover = Takeover(Releases(client, chosen.task_queue), release, WORKFLOWS)
        async with worker:
            await takeover.begin(alone=chosen.worker_alone)
            if chosen.worker_alone:
                stack.callback(beside(takeover.run, "takeover").cancel)
            polling = True
            _log.info("worker polls", task_queue=chosen.task_queue)
            await stop.wait()


def release_of(chosen: Settings) -> WorkerDeploymentVersion:
    """This worker's release, by what it would do."""
    return WorkerDeploymentVersion(deployment_of(chosen.task_queue), build_id())


async def _patiently_connected(chosen: Settings) -> Client:
    """A client whose first connection has been made: a worker needs one, and Temporal may still be starting."""
    while True:
        try:
            return await connect(chosen.temporal_address, chosen.temporal_namespace, chosen.payload_keys_file)
        except UnavailableError:
            await asyncio.sleep(0.3)


async def _activities(chosen: Settings, client: Client, pool: Pool, stack: AsyncExitStack) -> list[Callable[..., Any]]:
    directory = PgDirectory(pool, chosen.code_channel)
    tokens = ServiceTokens(Signer.from_files(chosen.service_key_file, chosen.jwks_file), lives_s=chosen.service_token_s)
    tools = await stack.enter_async_context(McpTools(chosen.mcp_url, tokens))
    rooms = await stack.enter_async_context(
        LiveKitRooms(chosen.livekit_url, read_key(chosen.livekit_key_file), chosen.voice_agent_name)
    )
    courier = _courier(chosen, stack)
    stack.callback(beside(Notices(pool, directory, courier, chosen.relay_poll_s).run, "notices").cancel)
    _watch_the_ledger(chosen, client, pool, courier, stack)
    tables = policies(chosen)
    store = PgMandates(pool)
    payments = Payments(
        directory, PgLedger(pool), chosen.elicitation_s, tables, chosen.approval_s, chosen.approval_escalate_s, store
    )
    mandates = Mandates(directory, store, chosen.elicitation_s, tables)
    verifications = Verifications(directory, PgVerifications(pool), chosen.elicitation_s, chosen.verified_s)
    checker = ProofChecker(PublicKeys.from_jwks(chosen.jwks_file, "proof"))
    approvals = Approvals(PgApprovals(pool), checker, tables)
    questions = Questions(
        PgElicitations(pool, resend_min_s=chosen.code_resend_min_s, resends_max=chosen.code_resends_max),
        HotpCodes(chosen.code_key_file),
        courier,
        directory,
        checker,
        PgAnswers(pool),
    )
    desk = Desk(
        tools,
        directory,
        PgAnnouncer(pool),
        PgSessions(pool),
        questions.elicitations,
        PgOutcomes(pool),
        _timings(chosen),
    )
    handovers = Handovers(PgHandovers(pool))
    rails = _rails(chosen, pool, stack)
    watchdog = Watchdog(rooms)
    outside = Outside(await stack.enter_async_context(OutsideServers(outside_servers(chosen), Masker())))
    alerts = Alerts(
        directory, PgAlerts(pool, chosen.time_zone), RuleCalendar(), chosen.elicitation_s, chosen.alert_events_max
    )
    orders = StandingOrders(
        directory,
        PgStandingOrders(pool),
        PgAlerts(pool, chosen.time_zone),
        RuleCalendar(),
        _order_times(chosen),
        tables,
    )
    return [
        *(payments.screen, payments.revise, payments.hold, payments.post, payments.wait, payments.end),
        *(rails.pay, rails.give_back),
        *(mandates.screen, mandates.activate, mandates.end),
        *(verifications.screen, verifications.verify, verifications.end),
        *(approvals.open, approvals.accept, approvals.escalate, approvals.note_ignored),
        *(questions.open, questions.resend, questions.accept, questions.close, questions.note_ignored),
        *(desk.introduce, desk.find_open_question, desk.call_tool, desk.announce, desk.mark_told, desk.end_session),
        *(watchdog.bring_agent, outside.ask),
        *(alerts.open, alerts.examine, alerts.save, alerts.next_of, alerts.fire, desk.mark_alerts_told),
        *(orders.screen, orders.sign, orders.drop, orders.look, orders.settle, orders.cancel, orders.finish),
        *(handovers.open, handovers.note_refused),
    ]


def _watch_the_ledger(chosen: Settings, client: Client, pool: Pool, courier: Courier, stack: AsyncExitStack) -> None:
    """Beside the relay: the ledger's events to the alerts, what these have to say, and holds that were forgotten."""
    gateway = AlertGateway(client, chosen.task_queue)
    directory = PgDirectory(pool, chosen.code_channel)
    feed = AlertFeed(pool, gateway, chosen.relay_poll_s)
    post = AlertPost(pool, directory, courier, gateway, chosen.code_channel, chosen.relay_poll_s)
    sweep = Sweep(PgHolds(pool), PaymentGateway(client, chosen.task_queue), chosen.hold_sweep_s)
    for name, work in (("alert feed", feed.run), ("alert post", post.run), ("holds", sweep.run)):
        stack.callback(beside(work, name).cancel)


def _courier(chosen: Settings, stack: AsyncExitStack) -> Courier:
    sms = TwilioSms(chosen.sms_url, chosen.sms_from, chosen.sms_account, chosen.sms_auth_file.read_text().strip())
    stack.push_async_callback(sms.close)
    password = chosen.smtp_auth_file.read_text().strip() if chosen.smtp_user else ""
    server = MailServer(chosen.smtp_host, chosen.smtp_port, chosen.smtp_security, chosen.smtp_user, password)
    return Courier(sms, SmtpMail(server, chosen.smtp_from))


def _rails(chosen: Settings, pool: Pool, stack: AsyncExitStack) -> Rails:
    rail = HttpRail(chosen.rail_url, chosen.rail_auth_file.read_text().strip(), chosen.rail_timeout_s)
    stack.push_async_callback(rail.close)
    return Rails(rail, PgRailBooks(pool, chosen.rail_tries), chosen.rail_again_s, chosen.rail_again_most_s)


def _timings(chosen: Settings) -> Timings:
    return Timings(
        turn_wait_s=chosen.turn_wait_ms / 1000,
        presence_heartbeat_s=chosen.presence_heartbeat_s,
        idle_s=chosen.session_idle_s,
        turns_kept=chosen.conversation_turns_kept,
        events_max=chosen.conversation_events_max,
    )


def _order_times(chosen: Settings) -> OrderTimes:
    return OrderTimes(
        at=time.fromisoformat(chosen.order_at),
        late_days=chosen.order_late_days,
        tries=chosen.order_tries,
        retry_s=chosen.order_retry_s,
        elicitation_s=chosen.elicitation_s,
        events_max=chosen.order_events_max,
    )


def _worker(
    chosen: Settings,
    client: Client,
    activities: list[Callable[..., Any]],
    release: WorkerDeploymentVersion,
) -> Worker:
    return Worker(
        client,
        task_queue=chosen.task_queue,
        workflows=WORKFLOWS,
        activities=activities,
        workflow_runner=UnsandboxedWorkflowRunner(),  # docs/adr/0034: every test has them in the sandbox
        interceptors=[CrashPoints()] if chosen.crash_dir else [],
        max_cached_workflows=chosen.workflow_cache,
        max_concurrent_workflow_tasks=chosen.workflow_tasks,
        # a killed worker's sticky tasks go to another after this; shorter, and a busy worker loses its own
        sticky_queue_schedule_to_start_timeout=timedelta(seconds=4),
        workflow_task_poller_behavior=PollerBehaviorAutoscaling(initial=8, maximum=32),
        activity_task_poller_behavior=PollerBehaviorAutoscaling(initial=4, maximum=16),
        graceful_shutdown_timeout=timedelta(seconds=3),
        deployment_config=WorkerDeploymentConfig(
            release,
            use_worker_versioning=True,
            default_versioning_behavior=VersioningBehavior.AUTO_UPGRADE,
        ),
    )


async def _relay(chosen: Settings, pool: Pool) -> None:
    stream = EventStream(chosen.redis_url)
    try:
        await Relay(PgOutbox(pool), stream, chosen.relay_poll_s).run()
    finally:
        await stream.close()
