"""Where counts go: to the collector that spans go to, and nowhere without one."""

from __future__ import annotations

from opentelemetry import metrics


def export(service: str, endpoint: str) -> None:
    """Have this process's counts sent to an OTLP endpoint (`http://host:port`) every minute."""
    # the exporter costs 0.2 s to import and is off unless configured
    from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter  # noqa: PLC0415
    from opentelemetry.sdk.metrics import MeterProvider  # noqa: PLC0415
    from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader  # noqa: PLC0415
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415

    reader = PeriodicExportingMetricReader(OTLPMetricExporter(endpoint=f"{endpoint.rstrip('/')}/v1/metrics", timeout=2))
    resource = Resource.create({"service.name": f"countersign-{service}"})
    metrics.set_meter_provider(MeterProvider([reader], resource=resource))
