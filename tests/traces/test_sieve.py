"""What leaves the process with a span, whoever wrote it."""

from __future__ import annotations

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from runtime.traces import Sieve

SAID = "pay Sarah Chen 25.00 with 482917"


def test_a_span_keeps_its_place_and_loses_what_was_said() -> None:
    sent = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(Sieve(sent)))
    tracer = provider.get_tracer("t")
    with tracer.start_as_current_span("turn") as above:
        about = {"payment_id": "p-1", "http.target": SAID, "lk.user_transcript": SAID}
        with pytest.raises(LookupError), tracer.start_as_current_span("tool_response", attributes=about):
            raise LookupError(SAID)

    span = sent.get_finished_spans()[0]

    assert (span.name, dict(span.attributes or {})) == ("tool_response", {"payment_id": "p-1"})
    assert span.parent is not None
    assert span.parent.span_id == above.get_span_context().span_id
    assert [dict(event.attributes or {}) for event in span.events] == [{"exception.type": "LookupError"}]
    assert (span.status.status_code, span.status.description) == (StatusCode.ERROR, None)
    assert SAID not in span.to_json()
    provider.shutdown()
