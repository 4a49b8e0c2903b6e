"""Traces and logs from the first line: one trace a turn, JSON logs that carry its id, and nobody's personal data."""

from __future__ import annotations

import asyncio
import logging
import sys
from typing import TYPE_CHECKING, Any, Final

import structlog
from opentelemetry import metrics, trace
from opentelemetry.sdk.metrics import MeterProvider
from temporalio.contrib.opentelemetry import ReplaySafeTracerProvider

from runtime.metrics import provider as meters
from runtime.settings import Settings, settings
from runtime.traces import provider

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from structlog.typing import Processor

ALLOWED: Final = frozenset(
    {
        # what happened, where, how bad
        "event", "level", "logger", "timestamp", "service", "exception", "code", "status", "reason", "error", "errors",
        "kind", "state", "stage", "method", "path", "route", "name", "tool", "intent", "by", "confidence", "channel",
        "platform", "provider", "version", "attempt", "signal", "url", "host", "port", "pid",
        # what ties lines together: ids and pseudonyms
        "trace_id", "span_id", "payment_id", "mandate_id", "elicitation_id", "session_id", "room_name", "agent_id",
        "verification_id", "alert_id", "order_id", "job_id", "turn_id", "response_id", "workflow_id", "workflow_run_id",
        "workflow_type", "run_id", "activity_id", "activity_type", "task_queue", "namespace", "customer_ref",
        "tenant_id", "seq", "after", "worker_id", "epoch",
        # how much, how long
        "count", "tries", "limit", "size", "bytes", "calls", "ms", "latency_ms", "duration_ms", "seconds", "queue",
        # where a spoken turn's time went
        "guess_ms", "guessed_ms", "decided_ms", "committed_ms", "sent_ms", "replied_ms", "asked_ms", "ready_ms",
        "sounding_ms",
        # what a language model took
        "tokens_in", "tokens_out", "cost_micro", "fallback",
    }
)  # fmt: skip
"""The only fields that leave a process in its log. Words spoken, names, amounts and codes have no field here."""

_QUIET: Final = ("httpx", "httpcore", "httpx2", "asyncio", "mcp", "livekit", "livekit.agents", "uvicorn.access")


def tracer() -> trace.Tracer:
    """The tracer for the product's own spans."""
    return trace.get_tracer("countersign")


def setup(service: str, using: Settings | None = None) -> None:
    """Configure logs and traces of this process. Spans leave it only where an OTLP endpoint is set."""
    chosen = using or settings()
    trace.set_tracer_provider(provider(service, chosen.otlp_endpoint))
    if chosen.otlp_endpoint:
        metrics.set_meter_provider(meters(service, chosen.otlp_endpoint))
    _setup_logs(service, chosen.log_level)


async def flush() -> None:
    """Send what spans and counts are left: a server that a signal stops ends with it, and no exit handler runs."""
    provider = trace.get_tracer_provider()
    if isinstance(provider, ReplaySafeTracerProvider):
        await asyncio.to_thread(provider.force_flush)
    if isinstance(counts := metrics.get_meter_provider(), MeterProvider):
        await asyncio.to_thread(counts.force_flush)


def _setup_logs(service: str, level: str) -> None:
    def add_service(_logger: object, _method: str, fields: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        fields["service"] = service
        return fields

    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.ExtraAdder(),
        add_service,
        add_trace,
        structlog.processors.format_exc_info,
        only_allowed,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    # a workflow that leaves the worker's memory is closed in another context than it was begun in: harmless, and loud
    logging.getLogger("opentelemetry.context").setLevel(logging.CRITICAL)


def add_trace(_logger: object, _method: str, fields: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Add the ids of the span that is current, so that a line can be found from a trace and back."""
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        fields["trace_id"] = f"{context.trace_id:032x}"
        fields["span_id"] = f"{context.span_id:016x}"
    return fields


def only_allowed(_logger: object, _method: str, fields: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop every field that is not on the list: fail closed, for a log is read by more people than a ledger."""
    for name in [name for name in fields if name not in ALLOWED and not name.startswith("_")]:
        del fields[name]
    return fields
