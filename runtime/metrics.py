"""Where counts go: to the collector that spans go to, and nowhere without one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from opentelemetry.sdk.metrics import MeterProvider

_EVERY_MS: Final = 15_000
_EXPORT_S: Final = 2.0


def provider(service: str, endpoint: str) -> MeterProvider:
    """Sends this process's counts to an OTLP endpoint (`http://host:port`) now and then, and at its end."""
    # the exporter costs 0.2 s to import and is off unless configured
    from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter  # noqa: PLC0415
    from opentelemetry.sdk.metrics import MeterProvider  # noqa: PLC0415
    from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader  # noqa: PLC0415
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415

    exporter = OTLPMetricExporter(endpoint=f"{endpoint.rstrip('/')}/v1/metrics", timeout=_EXPORT_S)
    reader = PeriodicExportingMetricReader(exporter, export_interval_millis=_EVERY_MS)
    return MeterProvider([reader], resource=Resource.create({"service.name": f"countersign-{service}"}))
