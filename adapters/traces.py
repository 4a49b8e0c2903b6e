"""What this product adds to traces, and how a trace goes on from one of its processes to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from opentelemetry import propagate, trace

if TYPE_CHECKING:
    from collections.abc import MutableMapping

TRACER: Final = trace.get_tracer("countersign")
"""For the product's own spans; it follows whichever provider the process sets."""


def carry(headers: MutableMapping[str, str]) -> None:
    """Add the current span to an HTTP request (W3C trace context), so that its server's spans hang below it."""
    propagate.inject(headers)


def traced() -> bool:
    """Whether there is a span to hang another one below: a loop that nobody asked for starts no traces."""
    return trace.get_current_span().is_recording()
