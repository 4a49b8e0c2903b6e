"""What is measured of models, under OpenTelemetry's names for them (`gen_ai.*`), and only here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import structlog
from opentelemetry import metrics

if TYPE_CHECKING:
    from opentelemetry.trace import Span

    from adapters.models.engine import Used

_log = structlog.get_logger(__name__)

OPERATION: Final = "gen_ai.operation.name"
PROVIDER: Final = "gen_ai.provider.name"
MODEL: Final = "gen_ai.request.model"
TOKENS_IN: Final = "gen_ai.usage.input_tokens"
TOKENS_OUT: Final = "gen_ai.usage.output_tokens"
# what the conventions have no name for
ROUTE: Final = "countersign.model.route"
FALLBACK: Final = "countersign.model.fallback"
COST: Final = "countersign.model.cost_micro_usd"
TENANT: Final = "tenant_id"
OUTCOME: Final = "countersign.model.outcome"
ATTRIBUTES: Final = frozenset({OPERATION, PROVIDER, MODEL, TOKENS_IN, TOKENS_OUT, ROUTE, FALLBACK, COST, OUTCOME})
"""May leave a process with its spans: none of them holds a word that anybody said."""

_METER: Final = metrics.get_meter("countersign.models")
_FIRST_TOKEN: Final = _METER.create_histogram(
    "gen_ai.server.time_to_first_token", "s", "From the question to the first words of its answer"
)
_DURATION: Final = _METER.create_histogram("gen_ai.client.operation.duration", "s", "One call to a model, in all")
_COST: Final = _METER.create_counter("countersign.model.cost", "{micro_usd}", "By tenant and deployment")
_FALLBACKS: Final = _METER.create_counter("countersign.model.fallbacks", "{call}", "Answered by another than the first")
_ROUTES: Final = _METER.create_counter("countersign.model.routes", "{call}", "Where the classifier sent a question")
_FAILURES: Final = _METER.create_counter("countersign.model.failures", "{call}", "By their reason")


def routed(route: str, operation: str) -> None:
    """The classifier has chosen."""
    _ROUTES.add(1, {ROUTE: route, OPERATION: operation})


def first_token(seconds: float, route: str) -> None:
    """An answer has begun."""
    _FIRST_TOKEN.record(seconds, {ROUTE: route})


def failed(operation: str, reason: str, span: Span) -> None:
    """A call came to nothing."""
    span.set_attribute(OUTCOME, reason)
    _FAILURES.add(1, {OPERATION: operation, OUTCOME: reason})
    _log.warning("model_failed", name=operation, reason=reason)


def used(  # noqa: PLR0913 - what a call was, and what it took
    span: Span, operation: str, tenant: str, what: Used, *, fallback: bool, seconds: float
) -> None:
    """A call has ended, with what it took."""
    span.set_attributes(
        {
            PROVIDER: what.deployment,
            TOKENS_IN: what.tokens_in,
            TOKENS_OUT: what.tokens_out,
            COST: what.cost_micro,
            FALLBACK: fallback,
        }
    )
    about = {OPERATION: operation, PROVIDER: what.deployment}
    _DURATION.record(seconds, about)
    _COST.add(what.cost_micro, about | {TENANT: tenant})
    if fallback:
        _FALLBACKS.add(1, about)
    _log.info(
        "model_answered",
        name=operation,
        provider=what.deployment,
        tenant_id=tenant,
        tokens_in=what.tokens_in,
        tokens_out=what.tokens_out,
        cost_micro=what.cost_micro,
        fallback=fallback,
        ms=round(seconds * 1000),
    )
