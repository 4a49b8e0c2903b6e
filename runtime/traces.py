"""Where spans go, and what of them may leave the process: nobody's words, names, amounts or codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from opentelemetry.trace import Link, Status
from temporalio.contrib.opentelemetry import create_tracer_provider

from adapters.models.telemetry import ATTRIBUTES as MODEL_ATTRIBUTES
from adapters.temporal.traces import ElicitationLinks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from opentelemetry.trace import TracerProvider
    from opentelemetry.util.types import AttributeValue

ALLOWED: Final = frozenset(
    {
        # ids and pseudonyms
        "temporalWorkflowID", "temporalRunID", "temporalActivityID", "temporalUpdateID",
        "session_id", "turn_id", "payment_id", "elicitation_id", "jsonrpc.request.id",
        # what was asked of whom; a path only as its pattern, a statement only with its placeholders
        "http.method", "http.route", "http.status_code", "http.request.method", "http.response.status_code",
        "mcp.method.name", "mcp.protocol.version", "gen_ai.operation.name", "gen_ai.tool.name",
        "db.system.name", "db.query.text",
        "tool", "intent", "provider", "by", "channel", "state",
        *MODEL_ATTRIBUTES,
        # how it went
        "code", "error.type", "exception.type", "rpc.response.status_code",
    }
)  # fmt: skip
"""The only attributes that leave a process with its spans."""

_EXPORT_S: Final = 2.0
"""A collector that hangs holds back the exporter's own thread for so long, and the end of a process no longer."""


def provider(service: str, endpoint: str) -> TracerProvider:
    """The process's source of spans; they leave it only where there is an OTLP endpoint (`http://host:port`).

    Without one, spans are ids and nothing else: log lines carry them, and a turn is spared what nobody would read.
    """
    resource = Resource.create({"service.name": f"countersign-{service}"})
    made = create_tracer_provider(None if endpoint else ALWAYS_OFF, resource)
    if endpoint:
        # the exporter costs 0.2 s to import and is off unless configured
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415

        made.add_span_processor(ElicitationLinks())
        exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces", timeout=_EXPORT_S)
        made.add_span_processor(BatchSpanProcessor(Sieve(exporter)))
    return made


class Sieve(SpanExporter):
    """Hands on what is on the list; messages of exceptions and of failures are not."""

    def __init__(self, inner: SpanExporter) -> None:
        self._inner = inner

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Called by the exporter's thread."""
        return self._inner.export([sifted(span) for span in spans])

    def shutdown(self) -> None:
        """Called at the process's end."""
        self._inner.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Called at the process's end."""
        return self._inner.force_flush(timeout_millis)


def sifted(span: ReadableSpan) -> ReadableSpan:
    """The span with its names, times and ties, and nothing of it that is not on the list."""
    return ReadableSpan(
        name=span.name,
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes=_allowed(span.attributes),
        events=[Event(event.name, _allowed(event.attributes), event.timestamp) for event in span.events],
        links=[Link(link.context) for link in span.links],
        kind=span.kind,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _allowed(attributes: Mapping[str, AttributeValue] | None) -> dict[str, AttributeValue]:
    return {name: value for name, value in (attributes or {}).items() if name in ALLOWED}
